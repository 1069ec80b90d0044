import Module from 'node:module';
import { attribute, currentChain } from '../../src/attribution/call-sites.ts';
import { adopt } from '../../src/attribution/packages.ts';
import type { Chain, Principal } from '../../src/behavior.ts';
import { isWrapper } from '../../src/classification/wrappers.ts';
import { tampered } from '../../src/perception.ts';
import { ReflectApply, SafeSet } from '../../src/primordials.ts';
import type { AnyFunction } from '../sense.ts';
import { compilesForOthers } from './compiled-names.ts';

/*
 * What `Module.wrap` and `Module.wrapper` put around the text of a CommonJS file runs as that file. Node lets everybody
 * change them, and nobody but the loader is told; so they are looked at before a file is compiled, some 100 ns.
 */

interface Wrapping {
  readonly wrap: AnyFunction;
  readonly wrapper: { readonly 0: unknown; readonly 1: unknown };
}

const loader = Module as unknown as Wrapping;
const { wrap, wrapper } = loader;
const head = wrapper[0];
const tail = wrapper[1];
/* Strings that say nothing of who made them are told once each. */
const MAX_TOLD = 100;
const told = new SafeSet<unknown>();

/** A file is about to be compiled by the loader: whoever puts code of theirs around it is told of, and answers for it. */
export function beforeWrapping(file: unknown): void {
  if (loader.wrap === wrap && loader.wrapper === wrapper && wrapper[0] === head && wrapper[1] === tail) return;
  const chain = currentChain();
  // Test tools do it while they load a file themselves (rewire).
  if (isTool(chain.members[0])) return;
  const maker = loader.wrap === wrap ? undefined : makerOf(loader.wrap);
  const doer = maker?.members[0];
  if (doer?.kind === 'app' || isTool(doer)) return;
  if (doer?.kind === 'package' && typeof file === 'string') adopt(file, doer);
  const key = doer?.key ?? loader.wrap;
  if (told.has(key) || told.size >= MAX_TOLD) return;
  told.add(key);
  tampered(
    doer,
    maker,
    loader.wrap === wrap ? 'Module.wrapper' : 'Module.wrap',
    'what the loader puts around the text of every CommonJS file was changed: it runs as if it were the file’s own',
  );
}

function isTool(by: Principal | undefined): boolean {
  return by !== undefined && (compilesForOthers(by) || isWrapper(by.name));
}

/* While it puts the text between its own, the function asks the text for its string: then it is on the stack. */
function makerOf(replacement: AnyFunction): Chain | undefined {
  let chain: Chain | undefined;
  const text = {
    toString() {
      chain ??= attribute(false).chain;
      return '';
    },
  };
  try {
    ReflectApply(replacement as never, Module, [text] as never);
  } catch {
    // It wants a string.
  }
  return chain;
}
