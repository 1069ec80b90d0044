/**
 * The preload, `node --require diogenesis-otel/register` or `--import`: activates, and starts a NodeSDK configured from
 * `OTEL_*` when the application has none. Reached only on a Node that is new enough (scripts/build.mjs puts a check in
 * front); fails open.
 */
import { isMainThread } from 'node:worker_threads';
import { fileOfLostOptions } from '../instrumentations/child-process/propagate.ts';
import { current } from './activate.ts';
import { activatePreloaded } from './api.ts';
import { complain } from './response/outlets.ts';
import { startOwnSdk } from './telemetry/own-sdk.ts';

/** Calls `listener` once this process has looked at so much that V8 has compiled what that takes. */
export function onceWarm(listener: () => void): void {
  const runtime = current()?.runtime;
  if (runtime !== undefined) runtime.onceWarm = listener;
}

try {
  activatePreloaded();
  const runtime = current()?.runtime;
  if (runtime !== undefined) {
    const file = isMainThread ? fileOfLostOptions() : undefined;
    if (file !== undefined)
      complain(`NODE_OPTIONS of ${file} is not in effect: write "diogenesis run -- node ..." for it`);
    startOwnSdk(complain, (start) => {
      runtime.onEarlyFinding = start;
    });
  }
} catch (error) {
  complain(`could not start (${String(error)}); the application runs without it`);
}
