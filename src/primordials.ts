/**
 * The JavaScript and Node functions the immune system relies on, taken before any other code can replace them.
 *
 * Everything that runs on the path from an act to its finding uses these instead of methods looked up on a prototype:
 * otherwise one `Map.prototype.get = …` in a dependency would blind it. The idea and the names are Node's own
 * (lib/internal/per_context/primordials.js).
 */
import fs from 'node:fs';
import path from 'node:path';
import util from 'node:util';

const { apply, construct, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { setPrototypeOf } = Reflect;

export const ReflectApply = apply;
export const ReflectConstruct = construct;
const { prototype: inherited } = Object;
/**
 * `Reflect.defineProperty` with a descriptor that inherits nothing: `Object.prototype.get = …` would make it invalid, and so
 * keep us from putting back what we have changed. To change the prototype of each costs more than all the rest.
 */
export function ReflectDefineProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
  const isPolluted =
    'get' in inherited ||
    'set' in inherited ||
    'value' in inherited ||
    'writable' in inherited ||
    'enumerable' in inherited ||
    'configurable' in inherited;
  if (isPolluted) setPrototypeOf(descriptor, null);
  return defineProperty(target, key, descriptor);
}
export const ReflectGetOwnPropertyDescriptor = getOwnPropertyDescriptor;
export const ReflectOwnKeys = ownKeys;
export const ReflectGetPrototypeOf = getPrototypeOf;
export const ReflectSetPrototypeOf = setPrototypeOf;
export const ReflectDeleteProperty = deleteProperty;

const { bind, call } = Function.prototype;
type Uncurried<T, R> = T extends (...args: infer A) => infer Q ? (self: R, ...args: A) => Q : never;
/** Turns a method into a function whose first argument is `this`, immune to later changes of `call` and `apply`. */
export const uncurryThis = bind.bind(call) as unknown as <R, T extends (this: R, ...args: never[]) => unknown>(
  method: T,
) => Uncurried<OmitThisParameter<T>, R>;

/* A class whose instances answer from frozen own copies of the built-in methods. */
function makeSafe(unsafe: { prototype: object }, safe: { prototype: object }): void {
  for (const key of ownKeys(unsafe.prototype)) {
    if (getOwnPropertyDescriptor(safe.prototype, key) !== undefined) continue;
    const descriptor = getOwnPropertyDescriptor(unsafe.prototype, key);
    if (descriptor !== undefined) defineProperty(safe.prototype, key, descriptor);
  }
  Object.setPrototypeOf(safe.prototype, null);
  Object.freeze(safe.prototype);
}

/** A Map that later changes of `Map.prototype` do not reach. Iterate with `forEach`, not `for…of`. */
export class SafeMap<K, V> extends Map<K, V> {}
/** A Set that later changes of `Set.prototype` do not reach. Iterate with `forEach`, not `for…of`. */
export class SafeSet<T> extends Set<T> {}
/** A WeakMap that later changes of `WeakMap.prototype` do not reach. */
export class SafeWeakMap<K extends object, V> extends WeakMap<K, V> {}
/** A WeakSet that later changes of `WeakSet.prototype` do not reach. */
export class SafeWeakSet<T extends object> extends WeakSet<T> {}
makeSafe(WeakSet, SafeWeakSet);
makeSafe(Map, SafeMap);
makeSafe(Set, SafeSet);
makeSafe(WeakMap, SafeWeakMap);

/* For a Set that somebody else made: a SafeSet answers by itself. */
export const FunctionPrototypeToString = uncurryThis<object, () => string>(Function.prototype.toString);
export const SetPrototypeHas = uncurryThis<ReadonlySet<unknown>, (value: unknown) => boolean>(Set.prototype.has);
export const StringPrototypeStartsWith = uncurryThis<string, typeof String.prototype.startsWith>(
  String.prototype.startsWith,
);
export const StringPrototypeEndsWith = uncurryThis<string, typeof String.prototype.endsWith>(String.prototype.endsWith);
export const StringPrototypeIncludes = uncurryThis<string, typeof String.prototype.includes>(String.prototype.includes);
export const StringPrototypeIndexOf = uncurryThis<string, typeof String.prototype.indexOf>(String.prototype.indexOf);
export const StringPrototypeLastIndexOf = uncurryThis<string, typeof String.prototype.lastIndexOf>(
  String.prototype.lastIndexOf,
);
export const StringPrototypeSlice = uncurryThis<string, typeof String.prototype.slice>(String.prototype.slice);
export const StringPrototypeCharCodeAt = uncurryThis<string, typeof String.prototype.charCodeAt>(
  String.prototype.charCodeAt,
);
export const StringPrototypeToLowerCase = uncurryThis<string, typeof String.prototype.toLowerCase>(
  String.prototype.toLowerCase,
);
export const StringPrototypeTrim = uncurryThis<string, typeof String.prototype.trim>(String.prototype.trim);

const split = uncurryThis<string, (separator: string, limit?: number) => string[]>(
  String.prototype.split as (separator: string, limit?: number) => string[],
);
export const StringPrototypeSplit = split;
export const ArrayPrototypePush = uncurryThis<unknown[], (...items: unknown[]) => number>(Array.prototype.push);
export const ArrayPrototypeSlice = uncurryThis<readonly unknown[], typeof Array.prototype.slice>(
  Array.prototype.slice,
) as <T>(self: readonly T[], start?: number, end?: number) => T[];
export const ArrayPrototypeJoin = uncurryThis<readonly unknown[], (separator?: string) => string>(Array.prototype.join);
/* `regexp.exec` reads no user-visible property; `test`, `match` and `replace` call a replaceable `exec`. */
export const RegExpPrototypeExec = uncurryThis<RegExp, (text: string) => RegExpExecArray | null>(RegExp.prototype.exec);

const encode = encodeURIComponent;
const decode = decodeURIComponent;
/** `encodeURIComponent`; empty for text with half a character (a lone surrogate). */
export function encodeURIComponentOf(text: string): string {
  try {
    return encode(text);
  } catch {
    return '';
  }
}
/** `decodeURIComponent`; `undefined` for what it does not take. */
export function decodeURIComponentOf(text: string): string | undefined {
  try {
    return decode(text);
  } catch {
    return undefined;
  }
}
export const JSONParse = JSON.parse;
export const JSONStringify = JSON.stringify;
export const ArrayIsArray = Array.isArray;
export const DateNow = Date.now;
export const DatePrototypeToISOString = uncurryThis<Date, () => string>(Date.prototype.toISOString);
export const DateConstructor = Date;
export const NumberPrototypeToString = uncurryThis<number, (radix?: number) => string>(Number.prototype.toString);
export const NumberPrototypeToFixed = uncurryThis<number, (digits?: number) => string>(Number.prototype.toFixed);
export const StringPrototypePadStart = uncurryThis<string, typeof String.prototype.padStart>(String.prototype.padStart);
export const ObjectFreeze = Object.freeze;
export const ObjectHasOwn = Object.hasOwn;
/** The arrays' prototype: not empty only when somebody wants to catch what others store. */
export const ArrayPrototype = Array.prototype as unknown[];
/** The prototype of the arrays' prototype. */
export const ObjectPrototype = Object.prototype as Record<string, unknown>;
export const MathAbs = Math.abs;
export const MathFloor = Math.floor;
export const MathImul = Math.imul;
export const MathMin = Math.min;
export const MathMax = Math.max;
export const MathLog = Math.log;
export const MathExp = Math.exp;
export const ErrorConstructor = Error;
export const RangeErrorConstructor = RangeError;
export const hrtimeBigint = process.hrtime.bigint;

/* util.getCallSites ignores Error.prepareStackTrace and Error.stackTraceLimit, so nobody can forge what it says. */
export const getCallSites = util.getCallSites;

/* File functions as they were before the fs sense, or anybody else, wrapped them. */
export const { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync } = fs;
export const { readdirSync, rmSync, statSync, unlinkSync, writeFileSync, writeSync } = fs;
export const realpathSync = fs.realpathSync;
/* About 4 µs: one call of the file system. */
export const realpathNative = fs.realpathSync.native as (path: string) => string;
export const { basename, dirname, isAbsolute, join, resolve: resolvePath } = path;

/* Promises and ticks: a sense looks on without being noticed, also when somebody replaced `Promise.prototype.then`. */
export const PromisePrototypeThen = uncurryThis<Promise<unknown>, typeof Promise.prototype.then>(
  Promise.prototype.then,
) as <T, U, V>(self: Promise<T>, onFulfilled?: (value: T) => U, onRejected?: (reason: unknown) => V) => Promise<U | V>;
export const PromiseReject = Promise.reject.bind(Promise) as <T>(reason: unknown) => Promise<T>;
export const nextTick = process.nextTick.bind(process) as typeof process.nextTick;
/* Node caches it, so asking is cheap; a mocked or monkey-patched `process.cwd` does not change what a path means. */
export const processCwd = process.cwd;
/* How a builtin is obtained without the module loader, as it was before the import sense wrapped it. */
export const getBuiltinModule = process.getBuiltinModule.bind(process) as (id: string) => object | undefined;
export const SymbolPrototypeDescription = uncurryThis<symbol, () => string | undefined>(
  getOwnPropertyDescriptor(Symbol.prototype, 'description')?.get as () => string | undefined,
);
