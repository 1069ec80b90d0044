import { AsyncLocalStorage } from 'node:async_hooks';
import { runAs } from '../../src/attribution/async-origin.ts';
import { currentChain } from '../../src/attribution/call-sites.ts';
import type { Chain } from '../../src/behavior.ts';
import { senseFailed } from '../../src/perception.ts';
import type { RequestAct } from './flow.ts';

/* Which fetch(), WebSocket or EventSource a request of Node's own undici belongs to: it asks a few microtasks later. */
const calls = new AsyncLocalStorage<RequestAct>();

/** The call of a web global beneath which the current code runs, if any. */
export function webCallNow(): RequestAct | undefined {
  return calls.getStore();
}

/** Runs `fn` so that requests made beneath it, however late, are known to belong to `call` and to its caller. */
export function runWebCall<T>(call: RequestAct, fn: () => T): T {
  let chain: Chain | undefined;
  try {
    chain = currentChain();
  } catch (failure) {
    senseFailed('net', failure);
  }
  return runAs(chain, () => calls.run(call, fn));
}
