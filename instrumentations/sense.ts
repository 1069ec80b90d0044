import diagnosticsChannel from 'node:diagnostics_channel';
import nodeModule from 'node:module';
import { noteWatched } from '../src/attribution/lending.ts';
import type { Sense } from '../src/behavior.ts';
import { holdPost, holdSubscription, watchPost } from '../src/canary.ts';
import { senseFailed } from '../src/perception.ts';
import {
  ArrayPrototypePush,
  FunctionPrototypeToString,
  ReflectApply,
  ReflectConstruct,
  ReflectDefineProperty,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  ReflectOwnKeys,
  ReflectSetPrototypeOf,
  SafeSet,
  StringPrototypeEndsWith,
  StringPrototypeStartsWith,
} from '../src/primordials.ts';

/* Taken now: an import of a builtin follows whatever its exports are replaced by. */
const { syncBuiltinESMExports } = nodeModule;
const { channel, subscribe, unsubscribe } = diagnosticsChannel;

// biome-ignore lint/complexity/noBannedTypes: any function at all can be wrapped
export type AnyFunction = Function;

/** What a sense uses to attach itself to Node; everything it does can be undone. */
export interface Patcher {
  /**
   * Replaces `owner[name]` (a method, class or accessor-backed function) by `wrap(original)`.
   * The wrapper takes over `name`, `length`, `prototype` and every own property, so that nobody sees a difference.
   * A missing or non-function property is left alone: Node versions differ.
   */
  method<T extends AnyFunction>(owner: object, name: string | symbol, wrap: (original: T) => T): void;
  /**
   * Runs `patchValue` once, when `owner[name]`, an accessor behind which Node loads a part of itself, is first read.
   * What it patches is undone with everything else.
   */
  whenRead(owner: object, name: string, patchValue: (value: object) => void): void;
  /** Subscribes to a diagnostics channel. */
  channel(name: string, onMessage: (message: unknown) => void): void;
  /** Runs when the sense is switched off. */
  onDisable(undo: () => void): void;
}

/** One sense of the process: patched while anybody (an instrumentation, `activate`) wants it. */
export interface SwitchableSense {
  readonly sense: Sense;
  readonly enabled: boolean;
  enable(owner: object): void;
  disable(owner: object): void;
  /** Switches it off whoever wants it. */
  disableAll(): void;
}

/**
 * Gives `wrapper` the looks of `original`: `name`, `length`, `prototype` and every own property
 * (`fs.exists[util.promisify.custom]`, `fs.realpath.native`).
 */
export function disguise<T extends AnyFunction>(wrapper: T, original: AnyFunction): T {
  const keys = ReflectOwnKeys(original);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const descriptor = ReflectGetOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) ReflectDefineProperty(wrapper, key, descriptor);
  }
  // Whether a function is async, or what a class extends, is asked of its prototype.
  const parent = ReflectGetPrototypeOf(original);
  if (ReflectGetPrototypeOf(wrapper) !== parent) ReflectSetPrototypeOf(wrapper, parent);
  noteWatched(wrapper);
  return wrapper;
}

let onSwitchedOff: (sense: Sense) => void = () => {};

/** Who is told, before it happens, that a sense is switched off whoever wants it. */
export function watchSwitchingOff(listener: (sense: Sense) => void): void {
  onSwitchedOff = listener;
}

/** A function is the constructor of its prototype, which would otherwise lead to the original. Answers how to undo it. */
function becomeConstructor(wrapper: AnyFunction, original: AnyFunction): () => void {
  const { prototype } = original as { prototype?: unknown };
  if (typeof prototype !== 'object' || prototype === null) return () => {};
  const descriptor = ReflectGetOwnPropertyDescriptor(prototype, 'constructor');
  if (descriptor === undefined || descriptor.value !== original) return () => {};
  ReflectDefineProperty(prototype, 'constructor', { ...descriptor, value: wrapper });
  return () => {
    const now = ReflectGetOwnPropertyDescriptor(prototype, 'constructor');
    if (now !== undefined && now.value === wrapper) ReflectDefineProperty(prototype, 'constructor', descriptor);
  };
}

/** Methods through which what others send passes: left as they are, and looked at whether they still are. */
export function watchWays(patch: Patcher, owner: object, names: readonly string[]): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name in owner) patch.onDisable(watchPost('net', owner, name));
  }
}

let together = false;

/** Shows ES modules what was patched. It looks at every export of Node, so at the end of `patchTogether` it is done once. */
export function publishPatches(): void {
  if (!together) syncBuiltinESMExports();
}

/** Runs what patches many things. */
export function patchTogether(patchAll: () => void): void {
  together = true;
  try {
    patchAll();
  } finally {
    together = false;
    publishPatches();
  }
}

const ProxyConstructor = Proxy;
/* A trap is looked for in what the handler inherits as well: `Object.prototype.apply = …` would be one. */
const NO_TRAPS = { __proto__: null } as object;
const { prototype: promises } = Promise;

/**
 * Code looks at the text of a function: is it native, is it a class. A Proxy says that it is native, and is shown as what
 * it leads to. Not `then`: it is too hot for a Proxy.
 */
function asTold<T extends AnyFunction>(owner: object, wrapper: T, original: T): T {
  if (owner === promises || wrapper === original || isOrdinary(original)) return wrapper;
  const text = FunctionPrototypeToString(original);
  let told = wrapper;
  if (isNative(text)) told = new ProxyConstructor(wrapper, NO_TRAPS);
  else if (StringPrototypeStartsWith(text, 'class') && !isNative(FunctionPrototypeToString(wrapper))) {
    told = new ProxyConstructor(original, {
      __proto__: null,
      construct: (_, args, target) =>
        ReflectConstruct(wrapper as never, args as never, (target === told ? wrapper : target) as never) as object,
    } as ProxyHandler<T>);
  }
  if (told !== wrapper) noteWatched(told);
  return told;
}

/* Most are functions of Node's own, in strict mode: told by their properties, because to read a text takes microseconds. */
function isOrdinary(fn: AnyFunction): boolean {
  return (
    ReflectGetOwnPropertyDescriptor(fn, 'prototype')?.writable === true &&
    ReflectGetOwnPropertyDescriptor(fn, 'arguments') === undefined
  );
}

function isNative(text: string): boolean {
  return StringPrototypeEndsWith(text, '[native code] }');
}

/** Replaces a method by `wrap(original)`. Answers how to undo it; `undefined` where it is no method, or nobody may. */
export function replaceMethod<T extends AnyFunction>(
  sense: Sense,
  owner: object,
  name: string | symbol,
  wrap: (original: T) => T,
): (() => void) | undefined {
  const descriptor = ReflectGetOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value as T | undefined;
  if (descriptor?.configurable !== true || typeof original !== 'function') return undefined;
  const value = asTold(owner, wrap(original), original);
  ReflectDefineProperty(owner, name, { ...descriptor, value });
  const restore = becomeConstructor(value, original);
  const release = holdPost(sense, owner, name, value, original);
  return () => {
    release();
    // Somebody who wrapped us later keeps their wrapper; ours beneath it stays a pass-through.
    const now = ReflectGetOwnPropertyDescriptor(owner, name);
    if (now !== undefined && now.value === value) ReflectDefineProperty(owner, name, descriptor);
    restore();
  };
}

/**
 * Makes a sense out of a function that attaches it. Patches are plain wrappers, not shimmer's: shimmer removes an
 * existing wrapper of the same function, so the official instrumentation and ours would erase each other.
 */
export function defineSense(sense: Sense, install: (patch: Patcher) => void): SwitchableSense {
  const owners = new SafeSet<object>();
  let undo: (() => void)[] = [];

  const patcher: Patcher = {
    method(owner, name, wrap) {
      const descriptor = ReflectGetOwnPropertyDescriptor(owner, name);
      if (descriptor?.configurable !== true) return;
      const { get: read } = descriptor;
      if (read === undefined) {
        const restore = replaceMethod(sense, owner, name, wrap);
        if (restore !== undefined) ArrayPrototypePush(undo, restore);
        return;
      }
      // Accessor-backed (fs.ReadStream): asked only when somebody asks, because the getter may load or warn. The setter
      // stays Node's, and what was set through it is answered as it is.
      let original: unknown;
      let wrapped: unknown;
      const get = disguise(
        {
          get(this: unknown) {
            const now = ReflectApply(read, this, []);
            if (typeof now !== 'function' || (original !== undefined && now !== original)) return now;
            if (original === undefined) {
              original = now;
              wrapped = now;
              try {
                wrapped = wrap(now as never);
              } catch (failure) {
                senseFailed(sense, failure);
              }
            }
            return wrapped;
          },
        }.get,
        read,
      );
      ReflectDefineProperty(owner, name, { ...descriptor, get });
      ArrayPrototypePush(undo, () => {
        if (ReflectGetOwnPropertyDescriptor(owner, name)?.get === get) ReflectDefineProperty(owner, name, descriptor);
      });
    },
    whenRead(owner, name, patchValue) {
      const descriptor = ReflectGetOwnPropertyDescriptor(owner, name);
      if (descriptor === undefined) return;
      const { get: read } = descriptor;
      if (read === undefined || !descriptor.configurable) {
        const value = (owner as Record<string, unknown>)[name];
        if (typeof value === 'object' && value !== null) patchValue(value);
        return;
      }
      let wasRead = false;
      const get = disguise(
        {
          get(this: unknown) {
            const value = ReflectApply(read, this, []);
            if (!wasRead && typeof value === 'object' && value !== null) {
              wasRead = true;
              try {
                patchValue(value);
              } catch (failure) {
                senseFailed(sense, failure);
              }
            }
            return value;
          },
        }.get,
        read,
      );
      ReflectDefineProperty(owner, name, { ...descriptor, get });
      ArrayPrototypePush(undo, () => {
        wasRead = true;
        if (ReflectGetOwnPropertyDescriptor(owner, name)?.get === get) ReflectDefineProperty(owner, name, descriptor);
      });
    },
    channel(name, onMessage) {
      subscribe(name, onMessage);
      const release = holdSubscription(sense, name, channel(name), onMessage);
      ArrayPrototypePush(undo, () => {
        release();
        unsubscribe(name, onMessage);
      });
    },
    onDisable(action) {
      ArrayPrototypePush(undo, action);
    },
  };

  return {
    sense,
    get enabled() {
      return owners.size > 0;
    },
    enable(owner) {
      owners.add(owner);
      if (owners.size > 1 || undo.length > 0) return;
      install(patcher);
      publishPatches();
    },
    disable(owner) {
      if (owners.delete(owner) && owners.size === 0) uninstall();
    },
    disableAll() {
      owners.clear();
      if (undo.length === 0) return;
      onSwitchedOff(sense);
      uninstall();
    },
  };

  function uninstall(): void {
    for (let i = undo.length - 1; i >= 0; i--) undo[i]?.();
    undo = [];
    publishPatches();
  }
}
