import type { Principal } from '../behavior.ts';
import { ReflectApply, ReflectConstruct, SafeWeakSet } from '../primordials.ts';

/*
 * A function of Node that somebody hands on (`setTimeout(fs.unlinkSync, …)`, `promise.then(fs.readFileSync)`,
 * `fs.readFileSync.bind(fs, file)`) runs when nothing of theirs is on the stack. Only functions that are watched matter,
 * and only when they are handed on as they are; whoever wraps them in a function of their own is on the stack.
 */

// biome-ignore lint/complexity/noBannedTypes: any function at all can be handed on
type AnyFunction = Function;

const watched = new SafeWeakSet<object>();

/** From now on, handing this function on is noticed. */
export function noteWatched(fn: AnyFunction): void {
  watched.add(fn);
}

/** True for a function that a sense has put in the place of one of Node's, or one lent. */
export function isWatched(fn: unknown): boolean {
  try {
    return watched.has(fn as object);
  } catch {
    return false; // asked in the host's own calls: nothing may come out
  }
}

let lenders: readonly Principal[] | undefined;

/** Who handed on the function that is running, nearest first; they stand in front of whoever is on the stack. */
export function lendersNow(): readonly Principal[] | undefined {
  return lenders;
}

/** The same function, which while it runs acts for those who handed it on. */
export function lend(fn: AnyFunction, by: readonly Principal[]): AnyFunction {
  const lent = function (this: unknown, ...args: unknown[]): unknown {
    const before = lenders;
    lenders = by;
    try {
      const target = new.target as AnyFunction | undefined;
      if (target === undefined) return ReflectApply(fn as never, this, args);
      return ReflectConstruct(fn as never, args, (target === lent ? fn : target) as never);
    } finally {
      lenders = before;
    }
  };
  watched.add(lent);
  return lent;
}
