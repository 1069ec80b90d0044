import { currentChain } from '../../src/attribution/call-sites.ts';
import { giverOfText } from '../../src/attribution/chain.ts';
import { noteLoaded, principalOfFile } from '../../src/attribution/packages.ts';
import { claimScripts } from '../../src/attribution/script-identity.ts';
import type { Principal } from '../../src/behavior.ts';
import { isCompiler } from '../../src/classification/roles.ts';
import { isAbsolute, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { pinOptions } from '../net/pin-options.ts';
import { distrust } from './borrowed-names.ts';
import { fileOf } from './specifiers.ts';

/** True for a package that compiles for others. */
export function compilesForOthers({ kind, name }: Principal): boolean {
  return kind === 'package' && isCompiler(name);
}

/** Where a function of `vm` takes the name of the script from, and which one it gives by itself. */
export interface NameOfScript {
  readonly at: number;
  readonly option: 'filename' | 'identifier';
  readonly otherwise: string;
}

/**
 * The caller compiles text: the script's name is its own choice. Options are replaced in `args` by ones that answer
 * otherwise the second time no more.
 */
export function claimCompiled(args: unknown[], { at, option, otherwise }: NameOfScript): void {
  const given = args[at];
  let name: unknown = given;
  if (typeof given === 'object' && given !== null) {
    const pinned = pinOptions(given as Record<string, unknown>, [option]);
    if (pinned !== given) args[at] = pinned;
    name = pinned[option];
  }
  claim(typeof name === 'string' ? name : otherwise);
}

/** The same for a module that no loader has asked for. */
export function claim(name: string): void {
  const compiler = giverOfText(currentChain());
  if (compiler.kind === 'unattributed') return;
  const file = fileOf(name);
  if (compilesForOthers(compiler)) {
    // A test runner loads packages past Node's loader: they are loaded all the same.
    if (file !== undefined && isAbsolute(file)) noteLoaded(file);
    return;
  }
  if (file !== undefined && isAbsolute(file)) {
    if (principalOfFile(file) === compiler) return;
    // What the text imports, it imports as this file.
    distrust(file);
  }
  claimScripts(name, compiler);
}

/** What `getCallSites` takes to be told of the code as it runs. */
export const withoutSourceMaps = { sourceMap: false };

/** Whether Node's loader itself made the call that `sites`, captured in the function it called, begins with. */
export function isCalledByNode(sites: readonly { readonly scriptName: string }[]): boolean {
  return StringPrototypeStartsWith(sites[1]?.scriptName ?? '', 'node:internal/modules/');
}
