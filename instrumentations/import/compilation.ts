import Module from 'node:module';
import vm from 'node:vm';
import { isInternalThread } from 'node:worker_threads';
import { currentChain, noteTextFile } from '../../src/attribution/call-sites.ts';
import { adopt, principalOfFile } from '../../src/attribution/packages.ts';
import { endClaims } from '../../src/attribution/script-identity.ts';
import type { Act, Principal } from '../../src/behavior.ts';
import { noteReplacedWays } from '../../src/canary.ts';
import { anyInterposer, interposedByModule } from '../../src/interposition.ts';
import { perceive, senseFailed } from '../../src/perception.ts';
import { getCallSites, ReflectApply, SafeSet } from '../../src/primordials.ts';
import { isSourceOf } from '../fs/implied.ts';
import { disguise, type Patcher } from '../sense.ts';
import { beforeCompile } from './commonjs-edges.ts';
import {
  claim,
  claimCompiled,
  compilesForOthers,
  isCalledByNode,
  type NameOfScript,
  withoutSourceMaps,
} from './compiled-names.ts';
import { endResolution } from './loads.ts';
import { onBuiltin } from './module-watch.ts';
import { beforeWrapping } from './module-wrap.ts';
import { observeCall, observeClass } from './observe.ts';

const MAX_EXPECTED = 8192;
const expected = new SafeSet<string>();

/** The loader has resolved this file: compiling a module of this name once is loading it. */
export function expectCompile(path: string): void {
  if (expected.size >= MAX_EXPECTED) expected.clear();
  expected.add(path);
  endClaims(path);
}

/* Others may hand the loader's name on other text. */
function isCalledByLoader(file: string, sites: readonly { readonly scriptName: string }[]): boolean {
  try {
    if (!isCalledByNode(sites)) {
      const caller = currentChain().members[0] as Principal;
      if (!compilesForOthers(caller)) return false;
    }
    endClaims(file);
  } catch (failure) {
    senseFailed('import', failure);
  }
  return true;
}

function noteText(file: string): void {
  try {
    claim(file);
    noteTextFile(file);
  } catch (failure) {
    senseFailed('import', failure);
  }
}

function afterRun(file: string): void {
  try {
    noteReplacedWays();
    if (!anyInterposer()) return;
    const name = interposedByModule(file);
    if (name === undefined) return;
    perceive({ sense: 'code', operation: 'replace', target: name, principal: principalOfFile(file) })?.end();
  } catch (failure) {
    senseFailed('import', failure);
  }
}

/* Ways of turning a string into running code, other than `eval` and `new Function`, which nobody can wrap. */
const ANONYMOUS = 'evalmachine.<anonymous>';
const VM_FUNCTIONS: readonly (readonly [name: string, script: NameOfScript])[] = [
  ['runInThisContext', { at: 1, option: 'filename', otherwise: ANONYMOUS }],
  ['runInContext', { at: 2, option: 'filename', otherwise: ANONYMOUS }],
  ['runInNewContext', { at: 2, option: 'filename', otherwise: ANONYMOUS }],
  ['compileFunction', { at: 2, option: 'filename', otherwise: '' }],
  ['createScript', { at: 1, option: 'filename', otherwise: ANONYMOUS }],
];
const VM_CLASSES: readonly (readonly [name: string, script: NameOfScript])[] = [
  ['Script', { at: 1, option: 'filename', otherwise: ANONYMOUS }],
  ['SourceTextModule', { at: 1, option: 'identifier', otherwise: '' }],
];

/* What is typed into a REPL is called REPL1, REPL2 …, and compiled past the public functions. */
function patchRepl(patch: Patcher, repl: object): void {
  patch.method(repl, 'REPLServer', (original) => observeClass(original, startRepl));
  patch.method(repl, 'start', (original) => observeCall(original, startRepl));
}

function startRepl(): Act | undefined {
  const starter = currentChain().members[0] as Principal;
  if (starter.kind !== 'package') return undefined;
  adopt('REPL', starter);
  return { sense: 'code', operation: 'eval', target: 'repl' };
}

/**
 * Code that comes from no file. Templates and test runners do it too: the act is told, not judged.
 */
export function patchCompilation(patch: Patcher): void {
  for (let i = 0; i < VM_FUNCTIONS.length; i++) {
    const [name, script] = VM_FUNCTIONS[i] as (typeof VM_FUNCTIONS)[number];
    const act = { sense: 'code', operation: 'eval', target: `vm.${name}` } as const;
    patch.method(vm, name, (original) =>
      observeCall(original, (args) => {
        claimCompiled(args, script);
        return act;
      }),
    );
  }
  for (let i = 0; i < VM_CLASSES.length; i++) {
    const [name, script] = VM_CLASSES[i] as (typeof VM_CLASSES)[number];
    const act = { sense: 'code', operation: 'eval', target: `vm.${name}` } as const;
    patch.method(vm, name, (original) =>
      observeClass(original, (args) => {
        claimCompiled(args, script);
        return act;
      }),
    );
  }
  patch.onDisable(onBuiltin('repl', (repl) => patchRepl(patch, repl)));
  // The loader compiles every CommonJS file with it; require-from-string and its like compile a string.
  const act = { sense: 'code', operation: 'eval', target: 'Module._compile' } as const;
  patch.method(Module.prototype, '_compile', (original) => {
    const told = observeCall(original, () => act);
    const wrapper = {
      wrapper(this: unknown, code: unknown, file: unknown, format: unknown) {
        beforeCompile(code, format);
        endResolution();
        try {
          beforeWrapping(file);
        } catch (failure) {
          senseFailed('import', failure);
        }
        // What the loader has just read from the file is the file's, whoever has it compiled: to look at the stack for
        // every module costs a tenth of a bare start. Captured here, where the caller is the second frame.
        let isLoading = true;
        try {
          isLoading =
            typeof file === 'string' &&
            // Node's own threads (hooks of the loader) resolve past hooks: there is no telling what was resolved.
            (expected.delete(file) || isInternalThread) &&
            (isSourceOf(file, code) || isCalledByLoader(file, getCallSites(2, withoutSourceMaps)));
          if (!isLoading && typeof file === 'string') noteText(file);
        } catch (failure) {
          senseFailed('import', failure);
        }
        const exported = ReflectApply((isLoading ? original : told) as never, this, arguments as never) as unknown;
        if (isLoading) afterRun(file as string);
        return exported;
      },
    }.wrapper;
    return disguise(wrapper as never, original);
  });
}
