import { nearestMember } from '../../src/attribution/call-sites.ts';
import {
  adopt,
  adopterOf,
  mainPrincipal,
  noteImport,
  noteImportOf,
  noteLoaded,
  principalOfModule,
  toSlashes,
} from '../../src/attribution/packages.ts';
import type { Act, Principal } from '../../src/behavior.ts';
import { Habituation } from '../../src/habituation.ts';
import { perceive, senseFailed } from '../../src/perception.ts';
import {
  RegExpPrototypeExec,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../../src/primordials.ts';
import { expectLoad } from '../fs/implied.ts';
import { isAnyBorrowed, isBorrowed } from './borrowed-names.ts';
import { expectCompile } from './compilation.ts';
import { HARMLESS_BUILTINS } from './harmless-builtins.ts';
import { fileOf, installedFolderOf, isInstalled, isOwnFile, packageOfSpecifier } from './specifiers.ts';

const LOAD = 1;
const EVAL = 2;
const READ = 4;
const CODE_FILE = /\.(?:[cm]?[jt]s|node|wasm)$/;
const habits = new Habituation('import');

interface Importer {
  readonly path: string;
  readonly principal: Principal;
}
/* The imports of one module come together. */
let lastUrl: string | undefined;
let lastImporter: Importer | undefined;

function importerOf(parent: string | undefined | null): Importer | undefined {
  if (parent === undefined || parent === null) return undefined;
  if (parent === lastUrl) return lastImporter;
  const file = fileOf(parent);
  lastUrl = parent;
  lastImporter = file === undefined ? undefined : { path: file, principal: principalOfModule(file) };
  return lastImporter;
}

let lastParent = '';
let lastFolder = '';

/* Whether a file lies in the same installed package as its importer, by the look of their paths. */
function isOfPackageOf(parent: string | undefined | null, path: string): boolean {
  if (typeof parent !== 'string') return false;
  if (parent !== lastParent) {
    lastFolder = installedFolderOf(fileOf(parent) ?? '');
    lastParent = parent;
  }
  return isOwnFile(path, lastFolder);
}

/** Forgets whose the last module was: the application's root has changed. */
export function forgetImporter(): void {
  lastUrl = undefined;
}

/**
 * One import edge, after it was resolved. Every edge is noted (who uses whom); an act is only what not every package may
 * do: a builtin that reaches the machine, a package that is not declared, a file of somebody else, code from a URL.
 * Answers the error with which the import must fail.
 */
export function onEdge(specifier: string, parent: string | undefined | null, url: string): Error | undefined {
  try {
    if (StringPrototypeStartsWith(url, 'node:')) return onBuiltinEdge(parent, url);
    const path = fileOf(url);
    if (path !== undefined) return onFile(specifier, parent, path);
    // A file of another host, or one whose name Node rejects: it is not loaded.
    return StringPrototypeStartsWith(url, 'file://') ? undefined : onForeignCode(parent, url);
  } catch (failure) {
    senseFailed('import', failure);
    return undefined;
  }
}

/** A file was asked for. Tools that load it themselves then call the loader's functions. */
export function onResolution(url: string): void {
  try {
    const path = fileOf(url);
    if (path !== undefined) expectCompile(path);
  } catch (failure) {
    senseFailed('import', failure);
  }
}

function onFile(specifier: string, parent: string | undefined | null, path: string): Error | undefined {
  expectLoad(path);
  expectCompile(path);
  noteLoaded(path);
  // A package's own files tell nothing of who uses whom: by far the most edges end here, without reading its manifest.
  if (!isAnyBorrowed() && isOfPackageOf(parent, path)) return undefined;
  const importer = importerOf(parent);
  // An entry point: named on the command line, or made by a worker or a test runner.
  if (importer === undefined) {
    noteImport(undefined, path);
    return undefined;
  }
  const { principal } = importer;
  const slashed = toSlashes(path);
  if (isOwnFile(slashed, principal.root)) {
    if (!isBorrowed(importer.path)) return undefined;
    return act(importer, path);
  }
  const name = packageOfSpecifier(specifier);
  const target = name !== undefined && isInstalled(slashed) ? name : path;
  noteImport(importer.path, target);
  // `imports` maps and links may lead elsewhere, but the folder of a declared name is npm's affair.
  if (name !== undefined && principal.dependencies.has(name) && !isBorrowed(importer.path)) return undefined;
  // JSON and whatever a hook makes of other files is data, and may be somebody's secret.
  if (target === path && RegExpPrototypeExec(CODE_FILE, path) === null) {
    const refusal = report({ sense: 'fs', operation: 'read', target: path }, importer, READ);
    if (refusal !== undefined) return refusal;
  }
  return act(importer, target);
}

function onBuiltinEdge(parent: string | undefined | null, url: string): Error | undefined {
  if (HARMLESS_BUILTINS.has(url)) return undefined;
  const importer = importerOf(parent);
  // The stack tells more than a parent does when the builtin was asked for with process.getBuiltinModule.
  if (parent !== null) noteImport(importer?.path, url);
  // `require.main.require('fs')` is the main module's edge, and somebody else's import.
  const caller = nearestCaller();
  if (caller !== undefined && caller !== importer?.principal) noteImportOf(caller, url);
  return act(importer, url, typeof parent === 'string' ? adopterOf(parent) : undefined);
}

/* `data:`, `blob:`, `https:` and what another hook resolves: no file holds this code. */
function onForeignCode(parent: string | undefined | null, url: string): Error | undefined {
  const colon = StringPrototypeIndexOf(url, ':');
  const target = colon < 0 ? url : StringPrototypeSlice(url, 0, colon + 1);
  const importer = importerOf(parent);
  const isBelieved = importer !== undefined && !isBorrowed(importer.path);
  const by = isBelieved ? importer.principal : typeof parent === 'string' ? adopterOf(parent) : undefined;
  // What a thread begins with nobody imports.
  const owner = by ?? nearestCaller() ?? (parent === undefined ? mainPrincipal() : undefined);
  if (owner !== undefined) adopt(url, owner);
  return report({ sense: 'code', operation: 'eval', target }, importer, EVAL, owner);
}

function nearestCaller(): Principal | undefined {
  const nearest = nearestMember(onEdge);
  return nearest?.kind === 'package' ? nearest : undefined;
}

function act(importer: Importer | undefined, target: string, otherwise?: Principal): Error | undefined {
  return report({ sense: 'import', operation: 'load', target }, importer, LOAD, otherwise);
}

/** @param otherwise Who answers where no file says who imports. */
function report(act: Act, importer: Importer | undefined, bit: number, otherwise?: Principal): Error | undefined {
  const trusted = importer !== undefined && !isBorrowed(importer.path);
  const principal = trusted ? importer.principal : importer === undefined ? otherwise : undefined;
  const key = `${principal?.key ?? ''}\n${act.target}`;
  if (principal !== undefined && habits.met(key, bit)) return undefined;
  const perception = perceive(principal === undefined ? act : { ...act, principal });
  if (perception === undefined) return undefined;
  const { refusal } = perception;
  perception.end(refusal);
  if (refusal === undefined && principal !== undefined && perception.habituated) habits.admit(key, bit);
  return refusal;
}
