import { senseFailed } from '../../src/perception.ts';
import {
  nextTick,
  PromisePrototypeThen,
  PromiseReject,
  ReflectApply,
  ReflectOwnKeys,
  SymbolPrototypeDescription,
} from '../../src/primordials.ts';
import { type AnyFunction, disguise } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { type Attention, attend } from './attention.ts';
import type { Form, FsFunction } from './functions.ts';
import { isHabitual } from './habits.ts';
import { carry, isCarried, noteSource, type Opening, putDown, takeOpening, takeSource } from './implied.ts';
import { accessOf, BIT } from './operations.ts';
import { absolutePath, pathOf } from './paths.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Wraps one form of one function. Two functions come out: what runs for a habituated path, which looks the path up and
 * hands the call on without touching its arguments, and what runs for all others.
 */
export function wrapFsFunction<T extends AnyFunction>(fn: FsFunction, form: Form, original: T): T {
  const run = original as unknown as Method;
  const attentive = attentively(fn, form, run);
  return disguise(habitually(fn, form, run, attentive), original) as unknown as T;
}

/*
 * The hot path. Methods, not arrow functions, because `this` is handed on; `arguments` because V8 forwards it to
 * Reflect.apply without ever making it. One literal for each way of looking up, so that each stays monomorphic.
 */
function habitually(fn: FsFunction, form: Form, original: Method, attentive: Method): Method {
  const [first, second] = fn.paths;
  if (form === 'sync' && fn.name === 'realpath') return unlessLoading(original, attentive);
  if (first === undefined || fn.walks !== undefined || form === 'stream' || first.as !== undefined) return attentive;
  const bit = BIT[first.operation];
  if (fn.access === 'flags') {
    return {
      wrapper(path: unknown, flags: unknown) {
        // What readFileSync opens is looked up and counted once.
        if (typeof path === 'string' && (isCarried(path) || hasHabitualAccess(path, flags))) {
          return ReflectApply(original, this, arguments as never);
        }
        return ReflectApply(attentive, this, arguments as never);
      },
    }.wrapper as Method;
  }
  if (fn.through === true) {
    const isReading = form === 'sync' && fn.name === 'readFile';
    return {
      wrapper(path: unknown, options: unknown) {
        if (isReading && options === 'utf8') {
          // Node reads text without any other function of fs. For the loader it is source text, once a module.
          if (takeSource(path)) {
            const text = ReflectApply(original, this, arguments as never);
            noteSource(path, text);
            return text;
          }
          const isKnown = typeof path === 'string' && isHabitual(path, bit);
          return ReflectApply(isKnown ? original : attentive, this, arguments as never);
        }
        if (typeof path === 'string' && !hasFlag(options) && isHabitual(path, bit)) {
          const before = carry(path);
          try {
            return ReflectApply(original, this, arguments as never);
          } finally {
            putDown(before);
          }
        }
        return ReflectApply(attentive, this, arguments as never);
      },
    }.wrapper as Method;
  }
  if (second !== undefined) {
    const secondBit = BIT[second.operation];
    return {
      wrapper(path: unknown, other: unknown) {
        if (
          typeof path === 'string' &&
          typeof other === 'string' &&
          isHabitual(path, bit) &&
          isHabitual(other, secondBit)
        ) {
          return ReflectApply(original, this, arguments as never);
        }
        return ReflectApply(attentive, this, arguments as never);
      },
    }.wrapper as Method;
  }
  return {
    wrapper(path: unknown) {
      if (typeof path === 'string' && isHabitual(path, bit)) return ReflectApply(original, this, arguments as never);
      return ReflectApply(attentive, this, arguments as never);
    },
  }.wrapper as Method;
}

/*
 * The loader resolves the links of every module with a cache of its own, which it passes under a symbol. Somebody who
 * copies the symbol learns unseen what a link leads to, and nothing else.
 */
let loaderKey: symbol | undefined;

function unlessLoading(original: Method, attentive: Method): Method {
  return {
    wrapper(_path: unknown, options: unknown) {
      const isLoading = typeof options === 'object' && options !== null && hasLoaderKey(options);
      return ReflectApply(isLoading ? original : attentive, this, arguments as never);
    },
  }.wrapper as Method;
}

function hasLoaderKey(options: object): boolean {
  try {
    if (loaderKey !== undefined && (options as Record<symbol, unknown>)[loaderKey] !== undefined) return true;
    const keys = ReflectOwnKeys(options);
    const key = keys.length === 1 ? keys[0] : undefined;
    if (typeof key !== 'symbol' || SymbolPrototypeDescription(key) !== 'realpathCacheKey') return false;
    loaderKey = key;
    return true;
  } catch (failure) {
    senseFailed('fs', failure);
    return false;
  }
}

/* readFile can write when its options say so. */
function hasFlag(options: unknown): boolean {
  try {
    return typeof options === 'object' && options !== null && (options as { flag?: unknown }).flag !== undefined;
  } catch {
    return true; // a getter of the caller's that throws: Node will meet it too
  }
}

function hasHabitualAccess(path: string, flags: unknown): boolean {
  try {
    if (flags === 'r' || flags === undefined) return isHabitual(path, BIT.read);
    const access = accessOf(flags);
    return (
      ((access & BIT.read) === 0 || isHabitual(path, BIT.read)) &&
      ((access & BIT.write) === 0 || isHabitual(path, BIT.write))
    );
  } catch (failure) {
    senseFailed('fs', failure);
    return false;
  }
}

function attentively(fn: FsFunction, form: Form, original: Method): Method {
  switch (form) {
    case 'callback':
      return fn.name === 'open' ? openWithCallback(fn, original) : withCallback(fn, original);
    case 'promise':
    case 'blob':
      return withPromise(fn, original);
    case 'iterates':
      return iterating(fn, original);
    default:
      return synchronous(fn, original);
  }
}

/* The call itself, during which Node's calls on the same path are part of it. */
function callThrough(fn: FsFunction, original: Method, self: unknown, args: unknown[]): unknown {
  if (fn.through !== true) return ReflectApply(original, self, args);
  const before = carry(args[0]);
  try {
    return ReflectApply(original, self, args);
  } finally {
    putDown(before);
  }
}

function synchronous(fn: FsFunction, original: Method): Method {
  // What was returned goes on walking the tree: a recursive watcher.
  const walksOn = fn.name === 'watch';
  return {
    wrapper(...args: unknown[]) {
      const attention = attend(fn, args, true);
      if (attention === undefined) {
        if (fn.through !== true) return ReflectApply(original, this, args);
        const before = carry(args[0]);
        try {
          return ReflectApply(original, this, args);
        } finally {
          putDown(before);
        }
      }
      if (attention.refusal !== undefined) {
        attention.end(attention.refusal);
        if (fn.name === 'exists') return false;
        throw attention.refusal;
      }
      try {
        const result = attention.isTold
          ? callTelling(attention, () => callThrough(fn, original, this, args))
          : callThrough(fn, original, this, args);
        attention.end(undefined, walksOn);
        return result;
      } finally {
        attention.end();
      }
    },
  }.wrapper as Method;
}

function withCallback(fn: FsFunction, original: Method): Method {
  return {
    wrapper(...args: unknown[]) {
      const attention = attend(fn, args, true);
      if (attention === undefined) return callThrough(fn, original, this, args);
      return callBackTo(attention, fn, original, this, args);
    },
  }.wrapper as Method;
}

/* fs.open is also how Node opens the file of a stream, whose making has been told of already. */
function openWithCallback(fn: FsFunction, original: Method): Method {
  return {
    wrapper(...args: unknown[]) {
      const opening = openingOf(args[0], args[1]);
      const attention = opening === undefined ? attend(fn, args, true) : opening.attention;
      if (attention === undefined) return ReflectApply(original, this, args);
      return callBackTo(attention, fn, original, this, args);
    },
  }.wrapper as Method;
}

function openingOf(argument: unknown, flags: unknown): Opening | undefined {
  try {
    const path = pathOf(argument);
    return path === undefined ? undefined : takeOpening(absolutePath(path), accessOf(flags));
  } catch (failure) {
    senseFailed('fs', failure);
    return undefined;
  }
}

function callBackTo(attention: Attention, fn: FsFunction, original: Method, self: unknown, args: unknown[]): unknown {
  let at = args.length - 1;
  while (at > 0 && typeof args[at] !== 'function') at--;
  const callback = at > 0 ? (args[at] as Method) : undefined;
  const { refusal } = attention;
  if (refusal !== undefined) {
    attention.end(refusal);
    if (callback === undefined) throw refusal;
    nextTick(callback, fn.name === 'exists' ? false : refusal);
    return undefined;
  }
  if (callback !== undefined) {
    args[at] = function (this: unknown, ...results: unknown[]) {
      // fs.exists answers true or false, everybody else an error first.
      const error = results[0];
      attention.end(typeof error === 'object' && error !== null ? error : undefined);
      return ReflectApply(callback, this, results);
    };
  }
  if (attention.isTold) return callTelling(attention, () => callThrough(fn, original, self, args));
  let hasReturned = false;
  try {
    const result = callThrough(fn, original, self, args);
    hasReturned = true;
    return result;
  } finally {
    if (!hasReturned) attention.end();
  }
}

function withPromise(fn: FsFunction, original: Method): Method {
  return {
    wrapper(...args: unknown[]) {
      const attention = attend(fn, args, true);
      if (attention === undefined) return ReflectApply(original, this, args);
      if (attention.refusal !== undefined) {
        attention.end(attention.refusal);
        return PromiseReject(attention.refusal);
      }
      const promise = callTelling(attention, () => ReflectApply(original, this, args) as Promise<unknown>);
      // The derived promise is what the caller gets: a handler on the original would count as theirs, and an
      // unhandled rejection would go unnoticed.
      return PromisePrototypeThen(
        promise,
        (value) => {
          attention.end();
          return value;
        },
        (error) => {
          attention.end(error);
          throw error;
        },
      );
    },
  }.wrapper as Method;
}

/* fs.promises.watch and glob answer an iterator that does nothing until it is asked. */
function iterating(fn: FsFunction, original: Method): Method {
  return {
    wrapper(...args: unknown[]) {
      const attention = attend(fn, args, true);
      if (attention === undefined) return ReflectApply(original, this, args);
      if (attention.refusal !== undefined) {
        attention.end(attention.refusal);
        return refuseIteration(attention.refusal);
      }
      const iterator = callTelling(attention, () => ReflectApply(original, this, args));
      attention.end(undefined, true);
      return iterator;
    },
  }.wrapper as Method;
}

// biome-ignore lint/correctness/useYield: it fails before it could
async function* refuseIteration(refusal: Error): AsyncGenerator<never> {
  throw refusal;
}
