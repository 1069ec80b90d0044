import { constants } from 'node:os';
import { noteDebuggerOpener } from '../../src/attribution/call-sites.ts';
import type { Act } from '../../src/behavior.ts';
import { processCwd, resolvePath, StringPrototypeSlice, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { pathOf } from '../fs/paths.ts';
import type { Patcher } from '../sense.ts';
import { onBuiltin } from './module-watch.ts';
import { observeCall, observeClass } from './observe.ts';

/** Native code: addons, libraries through node:ffi, and the bindings below every other builtin. */
export function patchNative(patch: Patcher): void {
  patch.method(process, 'dlopen', (original) => observeCall(original, (args) => dlopen(args[1])));
  patch.method(process, 'binding' as never, (original) => observeCall(original, binding));
  patch.method(process, 'kill', (original) =>
    observeCall(original, (args) => (opensDebugger(args[1]) ? openingDebugger() : undefined)),
  );
  patch.method(process, '_debugProcess' as never, (original) => observeCall(original, openingDebugger));
  patch.onDisable(
    onBuiltin('ffi', (ffi) => {
      patch.method(ffi, 'dlopen', (original) => observeCall(original, (args) => dlopen(args[0])));
      patch.method(ffi, 'DynamicLibrary', (original) => observeClass(original, (args) => dlopen(args[0])));
    }),
  );
}

/* Whose debugger is opened by it does not matter: whoever may send it may then say what runs there. */
const DEBUGGER: Act = { sense: 'import', operation: 'load', target: 'node:inspector' };
const { SIGUSR1 } = constants.signals as { SIGUSR1?: number };

function opensDebugger(signal: unknown): boolean {
  return signal === 'SIGUSR1' || (typeof signal === 'number' && signal === SIGUSR1);
}

function openingDebugger(): Act {
  noteDebuggerOpener();
  return DEBUGGER;
}

function dlopen(file: unknown): Act | undefined {
  // `null` is the process itself, whose functions are just as native.
  const path = file === null || file === undefined ? process.execPath : pathOf(file);
  if (path === undefined) return undefined;
  // The loader passes Windows paths in their `\\?\` form.
  const plain = StringPrototypeStartsWith(path, '\\\\?\\') ? StringPrototypeSlice(path, 4) : path;
  return { sense: 'native', operation: 'dlopen', target: resolvePath(processCwd(), plain) };
}

/* process.binding hands out what fs, net and child_process are made of, below every wrapper. */
function binding(args: readonly unknown[]): Act {
  return {
    sense: 'import',
    operation: 'load',
    target: `process.binding:${typeof args[0] === 'string' ? args[0] : '?'}`,
  };
}
