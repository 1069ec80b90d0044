import { AsyncLocalStorage } from 'node:async_hooks';
import { nextTick, PromisePrototypeThen } from '../primordials.ts';
import type { Finding } from './finding.ts';

/* Findings that wait for the code that is running to return. */
const MAX_WAITING = 256;
/* What a finding has brought about, at any depth. Private: nobody else can enter or leave it. */
const told = new AsyncLocalStorage<true>();
const { getStore, run } = AsyncLocalStorage.prototype;
const runAsTold = run.bind(told, true) as (fn: () => void) => void;
const isToldWork = getStore.bind(told) as () => true | undefined;
const on = process.on.bind(process);
const off = process.off.bind(process);

/**
 * Hands findings to a function of the application, once the code that is running has returned: in the middle of an act it
 * would stand on the stack of whoever is accused, and answer for it. What it does, and everything that this starts, calls
 * it no more: one finding of its own would otherwise bring the next.
 */
export function callbackOutlet(
  onFinding: (finding: Finding) => unknown,
  failed: (error: unknown) => void,
): (finding: Finding) => void {
  // Neither the request nor the tool during which it happened is at work in there.
  const inRoot = AsyncLocalStorage.snapshot();
  let waiting: Finding[] = [];
  const hand = (finding: Finding): void => {
    try {
      const answer = onFinding(finding);
      if (answer instanceof Promise) PromisePrototypeThen(answer, undefined, failed);
    } catch (error) {
      failed(error);
    }
  };
  const handAll = (): void => {
    const findings = waiting;
    waiting = [];
    off('exit', handAll);
    inRoot(runAsTold, () => {
      for (let i = 0; i < findings.length; i++) hand(findings[i] as Finding);
    });
  };
  return (finding) => {
    if (isToldWork() === true || waiting.length >= MAX_WAITING) return;
    waiting[waiting.length] = finding;
    if (waiting.length > 1) return;
    nextTick(handAll);
    // `process.exit` leaves no time for a tick.
    on('exit', handAll);
  };
}
