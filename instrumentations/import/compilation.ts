import Module from 'node:module';
import vm from 'node:vm';
import { noteTextFile } from '../../src/attribution/call-sites.ts';
import { senseFailed } from '../../src/perception.ts';
import { ReflectApply, SafeSet } from '../../src/primordials.ts';
import { disguise, type Patcher } from '../sense.ts';
import { beforeCompile } from './commonjs-edges.ts';
import { observeCall, observeClass } from './observe.ts';

const MAX_EXPECTED = 8192;
const expected = new SafeSet<string>();

/** The loader has resolved this file: compiling a module of this name once is loading it. */
export function expectCompile(path: string): void {
  if (expected.size >= MAX_EXPECTED) expected.clear();
  expected.add(path);
}

function noteText(file: string): void {
  try {
    noteTextFile(file);
  } catch (failure) {
    senseFailed('import', failure);
  }
}

/* Ways of turning a string into running code, other than `eval` and `new Function`, which nobody can wrap. */
const VM_FUNCTIONS = [
  'runInThisContext',
  'runInContext',
  'runInNewContext',
  'compileFunction',
  'createScript',
] as const;
const VM_CLASSES = ['Script', 'SourceTextModule'] as const;

/**
 * Code that comes from no file. Templates and test runners do it too: the act is told, not judged.
 */
export function patchCompilation(patch: Patcher): void {
  for (let i = 0; i < VM_FUNCTIONS.length; i++) {
    const name = VM_FUNCTIONS[i] as string;
    const act = { sense: 'code', operation: 'eval', target: `vm.${name}` } as const;
    patch.method(vm, name, (original) => observeCall(original, () => act));
  }
  for (let i = 0; i < VM_CLASSES.length; i++) {
    const name = VM_CLASSES[i] as string;
    const act = { sense: 'code', operation: 'eval', target: `vm.${name}` } as const;
    patch.method(vm, name, (original) => {
      const wrapper = observeClass(original, () => act);
      patch.method(original.prototype, 'constructor', () => wrapper);
      return wrapper;
    });
  }
  // The loader compiles every CommonJS file with it; require-from-string and its like compile a string.
  const act = { sense: 'code', operation: 'eval', target: 'Module._compile' } as const;
  patch.method(Module.prototype, '_compile', (original) => {
    const told = observeCall(original, () => act);
    const wrapper = {
      wrapper(this: unknown, code: unknown, file: unknown, format: unknown) {
        beforeCompile(code, format);
        const isLoading = typeof file === 'string' && expected.delete(file);
        if (!isLoading && typeof file === 'string') noteText(file);
        return ReflectApply((isLoading ? original : told) as never, this, arguments as never) as unknown;
      },
    }.wrapper;
    return disguise(wrapper as never, original);
  });
}
