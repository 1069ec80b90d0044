import type { AsyncLocalStorage } from 'node:async_hooks';
import {
  ReflectApply,
  ReflectDefineProperty,
  ReflectDeleteProperty,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
} from '../primordials.ts';

type Run = (store: unknown, fn: unknown, ...args: unknown[]) => unknown;

/**
 * Calls `visit` inside of every `storage.run`, after the synchronous part of its function: the OpenAI Agents SDK sets the
 * span before the first `await`. Answers how to undo it.
 */
export function followRuns(storage: AsyncLocalStorage<unknown>, visit: () => void): () => void {
  const before = ReflectGetOwnPropertyDescriptor(storage, 'run');
  const original = storage.run as unknown as Run | undefined;
  if (typeof original !== 'function' || before?.get !== undefined || before?.set !== undefined) return () => {};
  let isFollowing = true;
  const value = {
    run(this: unknown, store: unknown, fn: unknown, ...args: unknown[]): unknown {
      if (!isFollowing || typeof fn !== 'function') return ReflectApply(original, this, [store, fn, ...args]);
      const within = function (this: unknown, ...given: unknown[]): unknown {
        const result = ReflectApply(fn as never, this, given as never) as unknown;
        visit();
        return result;
      };
      return ReflectApply(original, this, [store, within, ...args]);
    },
  }.run;
  const keys = ReflectOwnKeys(original);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const descriptor = ReflectGetOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) ReflectDefineProperty(value, key, descriptor);
  }
  // Not enumerable: who looks at the storage sees what was there before.
  ReflectDefineProperty(storage, 'run', before === undefined ? { ...LIKE_A_METHOD, value } : { ...before, value });
  return () => {
    // Somebody who wrapped us later keeps their wrapper; ours beneath it stays a pass-through.
    isFollowing = false;
    if (ReflectGetOwnPropertyDescriptor(storage, 'run')?.value !== value) return;
    if (before === undefined) ReflectDeleteProperty(storage, 'run');
    else ReflectDefineProperty(storage, 'run', before);
  };
}

const LIKE_A_METHOD = { configurable: true, writable: true, enumerable: false };
