import { AsyncLocalStorage } from 'node:async_hooks';
import type { Chain } from '../behavior.ts';

/*
 * Where Node loses the caller's stack (the built-in fetch runs on microtasks of its own), the sense that saw the call
 * remembers who made it. The storage is private: nobody else can enter or leave it.
 */
const origins = new AsyncLocalStorage<Chain | 'own'>();
const { run, getStore } = AsyncLocalStorage.prototype;
const runIn = run.bind(origins) as <T>(store: Chain | 'own', fn: () => T) => T;
const storeOf = getStore.bind(origins) as () => Chain | 'own' | undefined;

/** Runs `fn`, and everything it starts asynchronously, on behalf of `chain`. */
export function runAs<T>(chain: Chain | undefined, fn: () => T): T {
  return chain === undefined ? fn() : runIn(chain, fn);
}

/** Runs our own work (an exporter of ours): its acts are not the application's. */
export function runAsOwn<T>(fn: () => T): T {
  return runIn('own', fn);
}

/** On whose behalf the current asynchronous work runs, where a sense has remembered it. */
export function originNow(): Chain | undefined {
  const store = storeOf();
  return store === 'own' ? undefined : store;
}

/** True inside `runAsOwn`. */
export function isOwnWork(): boolean {
  return storeOf() === 'own';
}
