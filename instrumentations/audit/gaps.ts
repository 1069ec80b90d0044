import { implies, standingOf } from '../../src/attribution/call-sites.ts';
import { SafeSet, StringPrototypeStartsWith } from '../../src/primordials.ts';

/** A frame as `getCallSites` has it. */
export interface Frame {
  readonly functionName: string;
  readonly scriptName: string;
  readonly scriptId: string;
}

/*
 * Where the functions are that everybody may call. What other files of Node do by themselves (a copy of a folder, a
 * stream that opens its file) is part of something that was told when it began.
 */
const PUBLIC: ReadonlySet<string> = new SafeSet<string>([
  'node:fs',
  'node:internal/fs/promises',
  'node:child_process',
  'node:internal/child_process',
  'node:dns',
  'node:internal/dns/promises',
  'node:internal/dns/callback_resolver',
]);

/**
 * Node says that something happens; `frames` is the stack, nearest first, beginning with ours. Answers the function of
 * Node that was called, if it was called past the senses: somebody kept it from before they were attached, or got it by a
 * way of their own. `undefined` where
 * - a sense stands between it and its caller, and has told,
 * - it is part of what was told (modules being loaded, work that Node goes on with by itself),
 * - nobody but the caller says so: the channel is open to everybody.
 *
 * `deeper`: of the `asked` frames all are Node's.
 */
export function calledPastUs(
  frames: readonly Frame[],
  asked: number,
  isLent: boolean,
  isPublic: (functionName: string) => boolean,
): Frame | 'deeper' | undefined {
  let called: Frame | undefined;
  let isBegun = true;
  let i = 0;
  while (i < frames.length && standingOf(frames[i] as Frame) === 'ours') i++;
  for (; i < frames.length; i++) {
    const frame = frames[i] as Frame;
    const standing = standingOf(frame);
    if (standing === 'other') return called;
    if (standing === 'ours') {
      // Of a function that was handed on behind a Proxy, ours only says by whom; a sense stands in front of that.
      const next = frames[i + 1];
      const isOnlyLent = isLent && (next === undefined || standingOf(next) !== 'ours');
      return isOnlyLent ? called : undefined;
    }
    // `process.permission.has` only asks; where Node itself asks by it, the function that was called comes next.
    if (!implies(frame.scriptName) || frame.scriptName === 'node:internal/process/permission') continue;
    if (StringPrototypeStartsWith(frame.scriptName, 'node:internal/modules/')) return undefined;
    called = frame;
    if (!PUBLIC.has(frame.scriptName)) isBegun = false;
  }
  // Nobody is on the stack: called by a timer, a promise, an event.
  if (frames.length >= asked) return 'deeper';
  return isBegun && called !== undefined && isPublic(called.functionName) ? called : undefined;
}
