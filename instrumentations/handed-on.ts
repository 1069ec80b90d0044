import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import net from 'node:net';
import timers from 'node:timers';
import util from 'node:util';
import { currentChain, noteNamelessCaller } from '../src/attribution/call-sites.ts';
import { isWatched, lend, noteWatched } from '../src/attribution/lending.ts';
import type { Principal } from '../src/behavior.ts';
import { senseFailed } from '../src/perception.ts';
import {
  ArrayIsArray,
  ArrayPrototypeSlice,
  MathMax,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeStartsWith,
  uncurryThis,
} from '../src/primordials.ts';
import { type AnyFunction, defineSense, disguise, type Patcher } from './sense.ts';

const { call, apply } = Function.prototype;
const toSource = uncurryThis<AnyFunction, () => string>(Function.prototype.toString);
/* A function behind a Proxy is as anonymous as itself. */
const { isProxy } = util.types;

/** Where functions are handed on to be called by Node; the first arguments are the functions. */
const TAKERS: readonly (readonly [owner: object, name: string])[] = [
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [globalThis, 'queueMicrotask'],
  [timers, 'setTimeout'],
  [timers, 'setInterval'],
  [timers, 'setImmediate'],
  [process, 'nextTick'],
];

const { exec, execFile, fork, spawn } = childProcess;
const { connect, createConnection, createServer } = net;
const ENTRANCES = [exec, execFile, fork, spawn, connect, createConnection, createServer];

/**
 * Notices when a watched function itself is handed on, so that it is not called by nobody. For everything else, which is
 * nearly all there is, it costs one look-up in a WeakSet.
 */
export const handedOnSense = defineSense('code', (patch) => {
  const takeOnce = once(taking);
  const setOnce = once(setting);
  for (let i = 0; i < TAKERS.length; i++) {
    const [owner, name] = TAKERS[i] as (typeof TAKERS)[number];
    patch.method(owner, name, StringPrototypeStartsWith(name, 'set') ? setOnce : takeOnce);
  }
  patch.method(Promise.prototype, 'then', thenTaking);
  takeListeners(patch);
  patch.method(Array, 'fromAsync', mapping);
  patch.method(Function.prototype, 'bind', binding);
  patch.method(util, 'promisify', promisifying);
  // Not wrapped themselves: what they call is.
  for (let i = 0; i < ENTRANCES.length; i++) noteWatched(ENTRANCES[i] as AnyFunction);
});

/*
 * These run a dozen times in every request that a server answers, nearly always with nothing for us to do. The quick one of
 * each pair only asks that, and hands `arguments` on untouched, so that V8 need not make it: a function that passes it to
 * another one has it made in every call.
 */

/* Of what a timer calls nobody is left on the stack: who made it, if it has no name, is found out now. */
function setting<T extends AnyFunction>(original: T): T {
  const careful = carefully(original, true);
  const wrapper = {
    wrapper(this: unknown, callback: unknown) {
      let isLookedAt = false;
      try {
        isLookedAt = noteNamelessCaller(wrapper);
      } catch (failure) {
        senseFailed('code', failure);
      }
      let isPlain = !isWatched(callback) && !isProxy(callback) && !(isLookedAt && isText(callback));
      for (let i = 1; isPlain && i < arguments.length; i++) isPlain = holdsNoFunction(arguments[i]);
      return ReflectApply((isPlain ? original : careful) as never, this, arguments as never) as unknown;
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

function taking<T extends AnyFunction>(original: T): T {
  const careful = carefully(original, false);
  const wrapper = {
    wrapper(this: unknown, callback: unknown) {
      let isPlain = !isWatched(callback) && !isProxy(callback);
      for (let i = 1; isPlain && i < arguments.length; i++) isPlain = holdsNoFunction(arguments[i]);
      return ReflectApply((isPlain ? original : careful) as never, this, arguments as never) as unknown;
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

function carefully(original: AnyFunction, isTimer: boolean): AnyFunction {
  return {
    careful(this: unknown, callback: unknown) {
      const args =
        isWatched(callback) || isProxy(callback) || (isTimer && isText(callback))
          ? withLent(arguments, 0)
          : handedToNative(callback, arguments, 1);
      return ReflectApply(original as never, this, args as never) as unknown;
    },
  }.careful;
}

function holdsNoFunction(value: unknown): boolean {
  return typeof value !== 'function' && (typeof value !== 'object' || value === null || !ArrayIsArray(value));
}

function thenTaking<T extends AnyFunction>(original: T): T {
  const wrapper = {
    // biome-ignore lint/suspicious/noThenProperty: it takes the place of Promise.prototype.then
    then(this: unknown, onFulfilled: unknown, onRejected: unknown) {
      if (isWatched(onFulfilled) || isWatched(onRejected)) {
        const args = [lentByCaller(onFulfilled), lentByCaller(onRejected)];
        return ReflectApply(original as never, this, args as never) as unknown;
      }
      return ReflectApply(original as never, this, arguments as never) as unknown;
    },
  }.then;
  return disguise(wrapper as unknown as T, original);
}

/* What is one function under two names (`on` and `addListener`, the timers of the module and the global ones) stays one. */
function once(wrap: <T extends AnyFunction>(original: T) => T): <T extends AnyFunction>(original: T) => T {
  const made: { original: AnyFunction; wrapper: AnyFunction }[] = [];
  return <T extends AnyFunction>(original: T): T => {
    for (const pair of made) if (pair.original === original) return pair.wrapper as T;
    const wrapper = wrap(original);
    made.push({ original, wrapper });
    return wrapper;
  };
}

function takeListeners(patch: Patcher): void {
  const take = once(<T extends AnyFunction>(original: T): T => {
    const { careful, wrapper } = {
      careful(this: unknown, _event: unknown, listener: unknown) {
        const args = withLent(arguments, 1);
        // By this property an emitter finds a listener that is to be removed, and shows the one it was given.
        if (args[1] !== listener) (args[1] as { listener?: unknown }).listener = listener;
        return ReflectApply(original as never, this, args as never) as unknown;
      },
      wrapper(this: unknown, _event: unknown, listener: unknown) {
        return ReflectApply((isWatched(listener) ? careful : original) as never, this, arguments as never) as unknown;
      },
    };
    return disguise(wrapper as unknown as T, original);
  });
  for (const name of ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener']) {
    patch.method(EventEmitter.prototype, name, take);
  }
}

function binding<T extends AnyFunction>(original: T): T {
  const { bind, careful } = {
    bind(this: unknown, _self: unknown) {
      let isPlain = !isWatched(this);
      for (let i = 0; isPlain && i < arguments.length; i++) isPlain = holdsNoFunction(arguments[i]);
      return ReflectApply((isPlain ? original : careful) as never, this, arguments as never) as unknown;
    },
    careful(this: unknown, self: unknown) {
      if (isWatched(this)) {
        return ReflectApply(original as never, lentByCaller(this, true) as never, arguments as never) as unknown;
      }
      // `Function.prototype.call.bind(fs.readFileSync)`
      if ((this === call || this === apply) && isWatched(self)) {
        return ReflectApply(original as never, this, withLent(arguments, 0, true) as never) as unknown;
      }
      return ReflectApply(original as never, this, handedToNative(this, arguments, 0, true) as never) as unknown;
    },
  };
  return disguise(bind as unknown as T, original);
}

/* The language calls the function that maps, after each element was awaited. */
function mapping<T extends AnyFunction>(original: T): T {
  const wrapper = {
    fromAsync(this: unknown, _items: unknown, mapper: unknown) {
      const args = isWatched(mapper) ? withLent(arguments, 1) : arguments;
      return ReflectApply(original as never, this, args as never) as unknown;
    },
  }.fromAsync;
  return disguise(wrapper as unknown as T, original);
}

/* What comes out is a function of Node's, as anonymous as what went in. */
function promisifying<T extends AnyFunction>(original: T): T {
  const wrapper = {
    wrapper(this: unknown, fn: unknown) {
      const promisified = ReflectApply(original as never, this, arguments as never) as unknown;
      try {
        if (isWatched(fn) && typeof promisified === 'function') noteWatched(promisified);
      } catch (failure) {
        senseFailed('code', failure);
      }
      return promisified;
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

/*
 * `setTimeout(Reflect.apply, 1, fs.readFileSync, …)`: a function of the language calls the one it is given, and nobody
 * is on the stack. Whoever has code of their own is, and gets what they were handed.
 */
function handedToNative(
  taker: unknown,
  args: ArrayLike<unknown>,
  from: number,
  onlyNearest?: boolean,
): ArrayLike<unknown> {
  try {
    let depth = 0;
    for (let i = from; i < args.length; i++) depth = MathMax(depth, depthOfWatched(args[i], 1));
    if (depth === 0 || !isNative(taker)) return args;
    const copy = ArrayPrototypeSlice(args as unknown[]);
    for (let i = from; i < copy.length; i++) copy[i] = lentWithin(copy[i], depth, onlyNearest);
    return copy;
  } catch (failure) {
    senseFailed('code', failure);
    return args;
  }
}

/* How deep in arrays a watched function lies; 0 where there is none. */
const MAX_NESTING = 3;
const MAX_LOOKED_AT = 8;
function depthOfWatched(value: unknown, depth: number): number {
  if (typeof value === 'function') return isWatched(value) ? depth : 0;
  if (depth > MAX_NESTING || !ArrayIsArray(value) || isProxy(value)) return 0;
  let deepest = 0;
  for (let i = 0; i < value.length && i < MAX_LOOKED_AT; i++) {
    deepest = MathMax(deepest, depthOfWatched(dataAt(value, i), depth + 1));
  }
  return deepest;
}

function lentWithin(value: unknown, depth: number, onlyNearest?: boolean): unknown {
  if (typeof value === 'function') return isWatched(value) ? lentByCaller(value, onlyNearest) : value;
  if (depth <= 1 || depthOfWatched(value, 1) === 0) return value;
  const copy = ArrayPrototypeSlice(value as unknown[]);
  for (let i = 0; i < copy.length && i < MAX_LOOKED_AT; i++) copy[i] = lentWithin(copy[i], depth - 1, onlyNearest);
  return copy;
}

/* Without running a getter that somebody put there. */
function dataAt(array: unknown[], index: number): unknown {
  return ReflectGetOwnPropertyDescriptor(array, index as unknown as string)?.value;
}

/* What `new Function` makes of text: as anonymous, when a timer calls it, as a function of Node's. */
function isText(fn: unknown): boolean {
  try {
    return typeof fn === 'function' && RegExpPrototypeExec(MADE_FROM_TEXT, toSource(fn)) !== null;
  } catch {
    return false; // asked in the host's own call
  }
}
const MADE_FROM_TEXT = /^(?:async )?function\*? anonymous\(/;

function isNative(fn: unknown): boolean {
  return typeof fn === 'function' && StringPrototypeEndsWith(toSource(fn), '{ [native code] }');
}

function withLent(args: ArrayLike<unknown>, at: number, onlyNearest?: boolean): ArrayLike<unknown> {
  try {
    const copy = ArrayPrototypeSlice(args as unknown[]);
    copy[at] = lentByCaller(copy[at], onlyNearest);
    return copy;
  } catch (failure) {
    senseFailed('code', failure);
    return args;
  }
}

/*
 * The caller's whole chain where the function will run on its own. A bound function may be kept and called by anybody:
 * their chain is on the stack then, and only who bound it is not.
 */
function lentByCaller(fn: unknown, onlyNearest?: boolean): unknown {
  try {
    if (!isWatched(fn) && !isProxy(fn) && !isText(fn)) return fn;
    const { members } = currentChain();
    const by = onlyNearest === true ? [members[0] as Principal] : members;
    const lent = disguise(lend(fn as AnyFunction, by), fn as AnyFunction);
    return lent;
  } catch (failure) {
    senseFailed('code', failure);
    return fn;
  }
}
