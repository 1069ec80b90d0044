import Module from 'node:module';
import { principalOfFile } from '../../src/attribution/packages.ts';
import { senseFailed } from '../../src/perception.ts';
import { getCallSites, ReflectApply, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { pathOf } from '../fs/paths.ts';
import { disguise, type Patcher } from '../sense.ts';
import { distrust } from './borrowed-names.ts';
import { fileOfUrl } from './specifiers.ts';

/**
 * `createRequire('/app/node_modules/express/index.js')` makes a `require` whose edges carry express's name, whoever uses
 * it. A file for which somebody else made one is not believed any more: its edges are attributed by the stack.
 */
export function watchCreateRequire(patch: Patcher): void {
  patch.method(Module, 'createRequire', (original) => {
    const wrapper = {
      wrapper(this: unknown, ...args: unknown[]) {
        try {
          compareWithCaller(args[0]);
        } catch (failure) {
          senseFailed('import', failure);
        }
        return ReflectApply(original as never, this, args as never) as unknown;
      },
    }.wrapper;
    return disguise(wrapper as never, original);
  });
}

const withoutSourceMaps = { sourceMap: false };

function compareWithCaller(argument: unknown): void {
  const file = typeof argument === 'string' ? (fileOfUrl(argument) ?? argument) : pathOf(argument);
  if (file === undefined) return;
  // Frame 0 is this function, 1 the wrapper; Node has none of its own between.
  const name = getCallSites(3, withoutSourceMaps)[2]?.scriptName ?? '';
  const caller = StringPrototypeStartsWith(name, 'file:') ? fileOfUrl(name) : name;
  if (caller !== undefined && StringPrototypeStartsWith(caller, 'node:')) return;
  if (caller === undefined || principalOfFile(caller) !== principalOfFile(file)) distrust(file);
}
