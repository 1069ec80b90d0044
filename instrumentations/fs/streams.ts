import fs from 'node:fs';
import { senseFailed } from '../../src/perception.ts';
import { nextTick, ReflectApply, ReflectConstruct } from '../../src/primordials.ts';
import { type AnyFunction, disguise } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { type Attention, attend } from './attention.ts';
import type { FsFunction } from './functions.ts';
import { isHabitual } from './habits.ts';
import { expectOpening, forgetOpening, type Opening } from './implied.ts';
import { accessOf, BIT } from './operations.ts';
import { absolutePath, pathOf } from './paths.ts';

type Make = (...args: unknown[]) => unknown;
interface StreamOptions {
  fd?: unknown;
  flags?: unknown;
  fs?: { open?: unknown };
}

/** Wraps `createReadStream`, `createWriteStream`; a function, because people do write `new fs.createReadStream()`. */
export function wrapStreamFactory<T extends AnyFunction>(fn: FsFunction, original: T): T {
  return disguise(
    function (this: unknown, ...args: unknown[]) {
      return make(fn, args, () => ReflectApply(original as unknown as Make, this, args));
    } as unknown as T,
    original,
  );
}

/** Wraps `ReadStream`, `WriteStream`: called with `new`, as a base class, or as graceful-fs does with `apply`. */
export function wrapStreamClass<T extends AnyFunction>(fn: FsFunction, original: T): T {
  const wrapper = disguise(
    function (this: unknown, ...args: unknown[]) {
      const target = new.target as AnyFunction | undefined;
      return make(fn, args, () =>
        target === undefined
          ? ReflectApply(original as unknown as Make, this, args)
          : ReflectConstruct(original as never, args as never, (target === wrapper ? original : target) as never),
      );
    } as unknown as T,
    original,
  );
  return wrapper;
}

/*
 * Node opens the file one tick later with fs.open, on the same path: that call is expected, and what is under
 * observation here ends, or is refused, there.
 */
function make(fn: FsFunction, args: unknown[], original: () => unknown): unknown {
  const begun = begin(fn, args);
  if (begun === undefined) return original();
  const { target, opening } = begun;
  const { attention } = opening;
  let stream: unknown;
  try {
    stream = attention?.isTold === true ? callTelling(attention, original) : original();
  } finally {
    if (stream === undefined) {
      forgetOpening(target, opening);
      attention?.end();
    }
  }
  // The opening was scheduled before this: if it has not come by then (a destroyed stream), it never will.
  if (attention !== undefined) {
    nextTick(() => {
      if (forgetOpening(target, opening)) attention.end();
    });
  }
  return stream;
}

function begin(fn: FsFunction, args: unknown[]): { target: string; opening: Opening } | undefined {
  let attention: Attention | undefined;
  try {
    const path = opensNothing(args[1]) ? undefined : pathOf(args[0]);
    if (path === undefined) return undefined;
    // The hot path: one look-up, for a path written as a string and opened in the usual way.
    const plain = typeof args[0] === 'string' && flagsOf(args[1]) === undefined;
    const isKnown = plain && isHabitual(args[0] as string, BIT[fn.paths[0]?.operation ?? 'read']);
    attention = isKnown ? undefined : attend(fn, args, plain);
    const target = absolutePath(path);
    const flags = flagsOf(args[1]) ?? (fn.paths[0]?.operation === 'write' ? 'w' : 'r');
    const opening = { access: accessOf(flags), attention };
    expectOpening(target, opening);
    return { target, opening };
  } catch (failure) {
    senseFailed('fs', failure);
    attention?.end();
    return undefined;
  }
}

/* A stream on a descriptor, or on somebody else's file system. */
function opensNothing(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  const { fd, fs: other } = options as StreamOptions;
  return (fd !== undefined && fd !== null) || (other !== undefined && other !== null && other.open !== fs.open);
}

function flagsOf(options: unknown): unknown {
  return typeof options === 'object' && options !== null ? (options as StreamOptions).flags : undefined;
}
