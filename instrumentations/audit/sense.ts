import Module from 'node:module';
import { lendersNow } from '../../src/attribution/lending.ts';
import { perceive, senseFailed } from '../../src/perception.ts';
import { getCallSites, ReflectApply, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { type AnyFunction, defineSense, disguise } from '../sense.ts';
import { actOfCheck, isPublicFunction } from './acts.ts';
import { calledPastUs } from './gaps.ts';

/**
 * Node's permission model as a second source (`--permission-audit`): Node itself says, below every function that could be
 * replaced or kept from before us, what it was asked for. What came by a sense was told there; this one tells the rest.
 */

/** What Node checks, one diagnostics channel each. It has none for `node:sqlite`, and none in workers. */
const CHANNELS = ['fs', 'child', 'net', 'worker', 'inspector', 'wasi', 'addon', 'ffi'] as const;
const PREFIX = 'node:permission-model:';

interface Check {
  readonly permission: unknown;
  readonly resource: unknown;
}

/* Mostly a sense stands right behind Node; a stack costs by the frame. */
const FEW_FRAMES = 8;
const FRAMES = 32;
const withoutSourceMaps = { sourceMap: false };

/** Whether this process is under Node's permission model: only then Node publishes its checks. */
export function isUnderAudit(): boolean {
  return (process as { permission?: object }).permission !== undefined;
}

let onRefused: (what: string) => void = () => {};

/** Who is told that Node has refused something because of the audit. */
export function watchRefusals(listener: (what: string) => void): void {
  onRefused = listener;
}

export const auditSense = defineSense('audit', (patch) => {
  if (!isUnderAudit()) return;
  for (let i = 0; i < CHANNELS.length; i++) patch.channel(PREFIX + CHANNELS[i], onCheck);
  // Of these Node publishes nothing.
  patch.method(process, 'dlopen', (original: AnyFunction) =>
    noticing(original, () => (refusesAddons() ? 'native addons' : undefined)),
  );
  patch.method(Module, '_load' as never, (original: AnyFunction) =>
    noticing(original, (args) => (isSubpathImport(args[0]) ? 'subpath imports (#name)' : undefined)),
  );
});

function noticing(original: AnyFunction, what: (args: ArrayLike<unknown>) => string | undefined): never {
  const wrapper = {
    wrapper(this: unknown) {
      let isDone = false;
      try {
        const result = ReflectApply(original as never, this, arguments as never) as unknown;
        isDone = true;
        return result;
      } finally {
        // Not caught: of an uncaught error Node says that it comes from where it was thrown last.
        if (!isDone) refused(what(arguments));
      }
    },
  }.wrapper;
  return disguise(wrapper as never, original) as never;
}

/* `require` of a name of the package's own: Node finds none outside of what may be read. */
function isSubpathImport(request: unknown): boolean {
  return typeof request === 'string' && request[0] === '#';
}

function refusesAddons(): boolean {
  return StringPrototypeStartsWith(process.version, 'v24.');
}

function refused(what: string | undefined): void {
  try {
    if (what !== undefined) onRefused(what);
  } catch {
    // It is a courtesy.
  }
}

/* A subscriber that throws would end the process: not even the overflow of the stack may come out. */
function onCheck(message: unknown): void {
  try {
    const { permission, resource } = message as Check;
    if (typeof permission === 'string') see(permission, typeof resource === 'string' ? resource : '');
  } catch (failure) {
    try {
      senseFailed('audit', failure);
    } catch {
      // No stack is left.
    }
  }
}

function see(permission: string, resource: string): void {
  if (permission === 'Inspector' && resource !== '') refused('the inspector');
  const isLent = lendersNow() !== undefined;
  let called = calledPastUs(getCallSites(FEW_FRAMES, withoutSourceMaps), FEW_FRAMES, isLent, isPublicFunction);
  if (called === 'deeper') {
    called = calledPastUs(getCallSites(FRAMES, withoutSourceMaps), FRAMES, isLent, isPublicFunction);
  }
  // Node works on its own that deep.
  if (called === undefined || called === 'deeper') return;
  const act = actOfCheck(permission, resource, called);
  if (act !== undefined) perceive(act)?.end();
}
