import Module from 'node:module';
import { types } from 'node:util';
import { currentChain } from '../../src/attribution/call-sites.ts';
import { adopt, principalOfFile } from '../../src/attribution/packages.ts';
import type { Principal } from '../../src/behavior.ts';
import { isWrapper } from '../../src/classification/wrappers.ts';
import { perceive, senseFailed } from '../../src/perception.ts';
import { processCwd, ReflectApply, resolvePath, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { compilesForOthers } from './compiled-names.ts';
import { fileOf, packageOfSpecifier } from './specifiers.ts';

const { isAnyArrayBuffer, isUint8Array } = types;
const Bytes = Uint8Array;

type Load = (this: unknown, url: string, context: unknown, next: (...args: unknown[]) => Loaded) => Loaded;
type Loaded = { source?: unknown } | undefined;
interface Hooks {
  load?: Load;
}

/**
 * Hooks that others register: what they change of a file's source is theirs, whoever the file belongs to. Hooks that run
 * in Node's loader thread (`module.register`) are code in a thread that nobody can look into.
 */
export function watchHooksOfOthers(patch: Patcher): void {
  patch.method(Module, 'registerHooks', (original) => {
    const wrapper = {
      wrapper(this: unknown, ...args: unknown[]) {
        try {
          args[0] = watched(args[0] as Hooks);
        } catch (failure) {
          senseFailed('import', failure);
        }
        return ReflectApply(original as never, this, args as never) as unknown;
      },
    }.wrapper;
    return disguise(wrapper as never, original);
  });
  patch.method(Module, 'register' as never, (original: AnyFunction) => {
    const wrapper = {
      wrapper(this: unknown, ...args: unknown[]) {
        const refusal = tellOfThread(args[0]);
        if (refusal !== undefined) throw refusal;
        return ReflectApply(original as never, this, args as never) as unknown;
      },
    }.wrapper;
    return disguise(wrapper, original) as never;
  });
}

function watched(hooks: Hooks): Hooks {
  const load = typeof hooks === 'object' && hooks !== null ? hooks.load : undefined;
  if (typeof load !== 'function') return hooks;
  const owner = currentChain().members[0] as Principal;
  if (owner.kind !== 'package' || isWrapper(owner.name) || compilesForOthers(owner)) return hooks;
  perceive({ sense: 'code', operation: 'replace', target: 'module.load', principal: owner })?.end();
  const wrapped: Load = function (url, context, next) {
    let before: unknown;
    let bytes: Uint8Array | undefined;
    const after = ReflectApply(load, this, [
      url,
      context,
      (...args: unknown[]) => {
        const loaded = next(...args);
        try {
          before = loaded?.source;
          bytes = copyOf(before);
        } catch (failure) {
          senseFailed('import', failure);
        }
        return loaded;
      },
    ]) as Loaded;
    try {
      const source = after?.source;
      if (source !== undefined && source !== null && (source !== before || !holds(source, bytes)))
        claimFile(url, owner);
    } catch (failure) {
      senseFailed('import', failure);
    }
    return after;
  };
  return { ...hooks, load: wrapped };
}

/* Bytes can be exchanged in place. */
function copyOf(source: unknown): Uint8Array | undefined {
  const bytes = viewOf(source);
  return bytes === undefined ? undefined : new Bytes(bytes);
}

function holds(source: unknown, bytes: Uint8Array | undefined): boolean {
  const now = viewOf(source);
  if (now === undefined || bytes === undefined) return true; // text cannot be changed
  if (now.length !== bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) if (now[i] !== bytes[i]) return false;
  return true;
}

function viewOf(source: unknown): Uint8Array | undefined {
  if (isUint8Array(source)) return source;
  return isAnyArrayBuffer(source) ? new Bytes(source) : undefined;
}

function claimFile(url: string, owner: Principal): void {
  const file = fileOf(url);
  if (file !== undefined && principalOfFile(file) !== owner) adopt(file, owner);
}

function tellOfThread(specifier: unknown): Error | undefined {
  try {
    const text = typeof specifier === 'string' ? specifier : (specifier as { href?: unknown } | null)?.href;
    if (typeof text !== 'string') return undefined;
    const file = fileOf(text);
    const isPath = file !== undefined || StringPrototypeStartsWith(text, '.');
    // A package by its name: where it lies is not known yet, nor does it matter. A URL holds the code itself.
    const isPackage = packageOfSpecifier(text) !== undefined;
    const target = isPath
      ? resolvePath(processCwd(), file ?? text)
      : isPackage
        ? resolvePath(processCwd(), 'node_modules', text)
        : 'eval:';
    const perception = perceive({ sense: 'worker', operation: 'start', target });
    perception?.end(perception.refusal);
    if (perception?.refusal !== undefined) return perception.refusal;
    const owner = currentChain().members[0] as Principal;
    if (owner.kind === 'package' && !isWrapper(owner.name) && !compilesForOthers(owner)) {
      perceive({ sense: 'code', operation: 'replace', target: 'module.load', principal: owner })?.end();
    }
    return undefined;
  } catch (failure) {
    senseFailed('import', failure);
    return undefined;
  }
}
