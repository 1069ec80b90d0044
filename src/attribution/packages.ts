import fs from 'node:fs';
import type { Principal } from '../behavior.ts';
import { printable } from '../classification/text.ts';
import {
  ArrayPrototypeJoin,
  JSONParse,
  ObjectFreeze,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  readFileSync,
  SafeMap,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} from '../primordials.ts';

import { LINEAGE, parseLineage } from './lineage.ts';
import { carrierOfNamesake } from './namesakes.ts';

const NODE_MODULES = '/node_modules/';
/** Directories remembered; beyond this the table starts anew. */
const MAX_DIRECTORIES = 50_000;
/** Distinct imports remembered for one principal. */
const MAX_IMPORTS = 1_000;
const MAX_ADOPTED_FILES = 4_096;
const MAX_ADOPTED_TREES = 1_024;

/** Packages told apart: names of scripts can be made up without end. */
const MAX_PACKAGES = 20_000;

const none: ReadonlySet<string> = new SafeSet<string>();

function special(key: string, kind: Principal['kind'], root = '', dependencies = none): Principal {
  return ObjectFreeze({ key, kind, name: key, version: '', root, dependencies });
}

/** Nobody we can name. */
export const UNATTRIBUTED: Principal = special('<unattributed>', 'unattributed');

let app: Principal = special('<app>', 'app');
/**
 * Who answers for files of no package: the application; in a lifecycle script the package being installed; in a process
 * that a package started, that package.
 */
let main: Principal = app;
let installing: Principal | undefined;

const principals = new SafeMap<string, Principal>();
let byRoot = new SafeMap<string, Principal | null>();
let byDirectory = new SafeMap<string, Principal | null>();
const imports = new SafeMap<string, Set<string>>();
/** Files of no package, outside the application, belong to whoever imported them first. */
const adopted = new SafeMap<string, Principal>();

/** The application, as a principal. */
export function appPrincipal(): Principal {
  return app;
}

const tools = new SafeMap<string, Principal>();
const agents = new SafeMap<string, Principal>();
/** Tools, and agents, told apart; a model that invents names must not fill the memory. */
const MAX_TOOLS = 1_000;
/** Characters of a name that are kept: it stands in lock files and attributes. */
const MAX_TOOL_NAME = 128;

/** Interns a tool of an AI agent; beyond the first 1,000 names all are `tool:*`. */
export function toolPrincipal(name: string): Principal {
  return named(tools, 'tool', name);
}

/** Interns an AI agent, or the MCP server whose tools are at work; bounded like tools. */
export function agentPrincipal(name: string): Principal {
  return named(agents, 'agent', name);
}

function named(known: Map<string, Principal>, kind: 'tool' | 'agent', given: string): Principal {
  let principal = known.get(given);
  if (principal === undefined) {
    if (known.size >= MAX_TOOLS && given !== '*') return named(known, kind, '*');
    principal = special(`${kind}:${StringPrototypeSlice(printable(given), 0, MAX_TOOL_NAME)}`, kind);
    known.set(given, principal);
  }
  return principal;
}

/** Where a principal came from when only its key is known; `undefined` when it was never seen. */
export function principalByKey(key: string): Principal | undefined {
  return key === '<app>' ? app : principals.get(key);
}

/**
 * Tells which folder is the application's, and in an npm, pnpm or yarn lifecycle script which package is being
 * installed: its script answers for everything that belongs to no package.
 */
export function setAppRoot(root: string, env: NodeJS.ProcessEnv = {}): void {
  // What the application declares it may import, like every package: it is no trait of it.
  app = special('<app>', 'app', root, declaredDependencies(readManifest(root)));
  byRoot.clear();
  byDirectory = new SafeMap();
  installing = lifecyclePackage(env);
  main = installing ?? startingPackage(env) ?? app;
}

/** The package whose lifecycle script this process runs. */
export function beingInstalled(): Principal | undefined {
  return installing;
}

/** Who answers for code without a file: `node -e`, a worker made from text. */
export function mainPrincipal(): Principal {
  return main;
}

/* The folder tells the name, as everywhere; only what is installed can be told. */
function startingPackage(env: NodeJS.ProcessEnv): Principal | undefined {
  const lineage = parseLineage(env[LINEAGE]);
  if (lineage === undefined) return undefined;
  const owner = ownerOf(`${toSlashes(lineage.root)}/package.json`);
  return owner?.kind === 'package' ? owner : undefined;
}

function lifecyclePackage(env: NodeJS.ProcessEnv): Principal | undefined {
  if (env.npm_lifecycle_event === undefined) return undefined;
  // Yarn 1 does not say where the manifest is; a script starts in its package's folder.
  const manifest = env.npm_package_json ?? `${process.cwd()}/package.json`;
  const path = toSlashes(manifest);
  if (StringPrototypeIndexOf(path, NODE_MODULES) < 0) return undefined;
  const owner = principalOfFile(path);
  return owner.kind === 'package' ? owner : undefined;
}

/* `node -e` and a worker made from text, as Node calls them in the working directory. */
const EVALUATED = /[\\/]\[(?:worker )?eval\d*\]$/;

/**
 * Whose module a file is. Text that was evaluated lies in no package, whatever folder Node says: it is the work of whoever
 * started this process or thread. A package's file of such a name is the package's.
 */
export function principalOfModule(file: string): Principal {
  const principal = principalOfFile(file);
  return principal.kind !== 'package' && RegExpPrototypeExec(EVALUATED, file) !== null ? main : principal;
}

export function toSlashes(path: string): string {
  return StringPrototypeIndexOf(path, '\\') < 0 ? path : ArrayPrototypeJoin(StringPrototypeSplit(path, '\\'), '/');
}

function directoryOf(path: string): string {
  const slash = StringPrototypeLastIndexOf(path, '/');
  return slash <= 0 ? '/' : StringPrototypeSlice(path, 0, slash);
}

/** The package, or the application, that an absolute path belongs to. Cached by directory. */
export function principalOfFile(path: string): Principal {
  if (adopted.size > 0) {
    const parent = adopted.get(path);
    if (parent !== undefined) return parent;
  }
  if (adoptedTrees.size > 0) {
    const parent = ownerOfTree(adoptedTrees, path);
    if (parent !== undefined) return parent;
  }
  return ownerOf(path) ?? main;
}

/** Whose folder it lies in, whoever wrote it: a package manager writes all that it installs. */
export function packageByFolder(path: string): Principal | undefined {
  const owner = ownerOf(path);
  return owner?.kind === 'package' && owner.root !== '' ? owner : undefined;
}

/** The package of a manifest that a package manager has just written; its folder was met before it had a version. */
export function packageOfManifest(file: string): Principal | undefined {
  const path = toSlashes(file);
  const root = directoryOf(path);
  const at = StringPrototypeLastIndexOf(root, NODE_MODULES);
  if (at < 0) return packageByFolder(path);
  const manifest = readManifest(root);
  if (typeof manifest?.version !== 'string') return packageByFolder(path);
  const owner = intern(StringPrototypeSlice(root, at + NODE_MODULES.length), manifest.version, root, manifest);
  byRoot.set(root, owner);
  return owner;
}

/** `undefined` for a file of no package outside the application. */
function ownerOf(file: string): Principal | undefined {
  const path = toSlashes(file);
  if (isPnpRuntime(path)) return intern(PNP, '0.0.0', path, undefined);
  const directory = directoryOf(path);
  let owner = byDirectory.get(directory);
  if (owner === undefined) {
    owner = findOwner(path, directory) ?? null;
    if (byDirectory.size >= MAX_DIRECTORIES) byDirectory = new SafeMap();
    byDirectory.set(directory, owner);
  }
  return owner ?? undefined;
}

function findOwner(path: string, directory: string): Principal | undefined {
  const at = StringPrototypeLastIndexOf(path, NODE_MODULES);
  if (at >= 0) {
    const start = at + NODE_MODULES.length;
    let end = StringPrototypeIndexOf(path, '/', start);
    // 64 is '@': a scoped name takes two segments
    if (StringPrototypeCharCodeAt(path, start) === 64 && end > 0) end = StringPrototypeIndexOf(path, '/', end + 1);
    // 46 is '.': node_modules/.cache and the like hold generated code of no package
    if (end < 0 || StringPrototypeCharCodeAt(path, start) === 46) return undefined;
    // The folder's name counts, not the manifest's: a manifest can claim to be anybody.
    return installedPackage(StringPrototypeSlice(path, 0, end), StringPrototypeSlice(path, start, end));
  }
  for (let folder = directory; ; folder = directoryOf(folder)) {
    if (folder === app.root) return app;
    const owner = linkedPackage(folder);
    if (owner !== undefined) return owner;
    if (folder === '/' || StringPrototypeIndexOf(folder, '/') < 0) return undefined;
  }
}

/* What Yarn writes beside the application's manifest stands between every package and the file system. */
const PNP = '@yarnpkg/pnp';
function isPnpRuntime(path: string): boolean {
  const isNamedSo = StringPrototypeEndsWith(path, '/.pnp.cjs') || StringPrototypeEndsWith(path, '/.pnp.loader.mjs');
  return isNamedSo && StringPrototypeIndexOf(path, NODE_MODULES) < 0;
}

interface Manifest {
  name?: unknown;
  version?: unknown;
}

function readManifest(root: string): Manifest | undefined {
  try {
    const manifest = JSONParse(readManifestText(`${root}/package.json`)) as unknown;
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    // No manifest here, or one that Node would not read either.
    return undefined;
  }
}

/* Only Yarn's own fs reads what lies in an archive, and it may have come after us. */
function readManifestText(path: string): string {
  return StringPrototypeIndexOf(path, '.zip/') < 0 ? readFileSync(path, 'utf8') : fs.readFileSync(path, 'utf8');
}

function installedPackage(root: string, name: string): Principal {
  let owner = byRoot.get(root);
  if (owner == null) {
    const manifest = readManifest(root);
    const version = typeof manifest?.version === 'string' ? manifest.version : '0.0.0';
    const carrier = carrierOfNamesake(root, name, version);
    owner =
      (carrier === undefined ? undefined : ownerOf(`${carrier}/package.json`)) ?? intern(name, version, root, manifest);
    rememberRoot(root, owner);
  }
  return owner;
}

/** A workspace or `npm link`ed package: a folder outside node_modules whose manifest has a name and a version. */
function linkedPackage(folder: string): Principal | undefined {
  let owner = byRoot.get(folder);
  if (owner === undefined) {
    const manifest = readManifest(folder);
    const { name, version } = manifest ?? {};
    if (typeof name !== 'string' || typeof version !== 'string') owner = null;
    // A manifest above the application's folder (a monorepo's own) is still the application.
    else if (StringPrototypeStartsWith(`${app.root}/`, `${folder}/`)) owner = app;
    else owner = intern(name, version, folder, manifest);
    rememberRoot(folder, owner);
  }
  return owner ?? undefined;
}

/* All packages beyond the first 20,000. */
const overflow: Principal = ObjectFreeze({
  key: '*@0.0.0',
  kind: 'package' as const,
  name: '*',
  version: '0.0.0',
  root: '',
  dependencies: none,
});

function rememberRoot(root: string, owner: Principal | null): void {
  if (byRoot.size >= MAX_DIRECTORIES) byRoot = new SafeMap();
  byRoot.set(root, owner);
}

function intern(name: string, version: string, root: string, manifest: Manifest | undefined): Principal {
  const key = `${name}@${version}`;
  const known = principals.get(key);
  // The same version installed twice (nested copies) is one principal; traits are relative to whichever root acts.
  if (known !== undefined && known.root === root) return known;
  if (known === undefined && principals.size >= MAX_PACKAGES) return overflow;
  const principal: Principal = ObjectFreeze({
    key,
    kind: 'package' as const,
    name,
    version,
    root,
    dependencies: declaredDependencies(manifest),
  });
  principals.set(key, principal);
  return principal;
}

const DEPENDENCY_FIELDS = ['dependencies', 'peerDependencies', 'optionalDependencies', 'devDependencies'] as const;

function declaredDependencies(manifest: Manifest | undefined): ReadonlySet<string> {
  const names = new SafeSet<string>();
  for (let i = 0; i < DEPENDENCY_FIELDS.length; i++) {
    const field = (manifest as Record<string, unknown> | undefined)?.[DEPENDENCY_FIELDS[i] as string];
    if (typeof field !== 'object' || field === null) continue;
    const keys = ReflectOwnKeys(field);
    for (let k = 0; k < keys.length; k++) names.add(keys[k] as string);
  }
  return names;
}

/**
 * Remembers that a file imported something: `node:http`, a package name, or an absolute path.
 * Edges tell who uses whom, which a call stack alone cannot.
 */
export function noteImport(parentPath: string | undefined, target: string): void {
  noteImportOf(parentPath === undefined ? main : principalOfFile(parentPath), target);
}

/** The same, where the importer is known without a file. */
export function noteImportOf(parent: Principal, target: string): void {
  let known = imports.get(parent.key);
  if (known === undefined) {
    known = new SafeSet<string>();
    imports.set(parent.key, known);
  }
  const absolute = StringPrototypeCharCodeAt(target, 0) === 47 || StringPrototypeIndexOf(target, ':\\') === 1;
  if (!absolute) {
    if (known.size < MAX_IMPORTS) known.add(target);
    return;
  }
  const owner = ownerOf(target);
  if (owner === undefined) {
    if (parent.kind === 'package' && adopted.size < MAX_ADOPTED_FILES && !adopted.has(target)) {
      adopted.set(target, parent);
    }
  } else if (owner.kind === 'app' && parent.kind === 'package') {
    if (written.get(target) === parent || ownerOfTree(writtenTrees, target) === parent) adopt(target, parent);
  } else if (owner !== parent && owner.kind === 'package' && known.size < MAX_IMPORTS) {
    known.add(owner.name);
  }
}

/** What this file, or the text behind this URL, does from now on, `owner` does: it put the code there. */
export function adopt(place: string, owner: Principal): void {
  if (adopted.size < MAX_ADOPTED_FILES && !adopted.has(place)) adopted.set(place, owner);
}

/** Who answers for a place that lies in no package of its own. */
export function adopterOf(place: string): Principal | undefined {
  return adopted.get(place);
}

const written = new SafeMap<string, Principal>();
/* The same for folders that were put there whole. */
const adoptedTrees = new SafeMap<string, Principal>();
const writtenTrees = new SafeMap<string, Principal>();

function ownerOfTree(trees: Map<string, Principal>, path: string): Principal | undefined {
  if (trees.size === 0) return undefined;
  for (let folder = directoryOf(path); folder.length > 1; folder = directoryOf(folder)) {
    const owner = trees.get(folder);
    if (owner !== undefined) return owner;
    if (StringPrototypeIndexOf(folder, '/') < 0) return undefined;
  }
  return undefined;
}

/**
 * A package has written, linked or moved something to this path. In another package's folder the code is the writer's;
 * in the application's it is, when the writer loads it itself (a build writes much that the application then runs).
 * `isTree`: a folder may have been put there with all it holds.
 */
export function noteWritten(path: string, by: Principal, isTree: boolean): void {
  if (by.kind !== 'package') return;
  const owner = ownerOf(path);
  if (owner === by) return;
  if (owner?.kind === 'package') {
    adopt(path, by);
    if (isTree && adoptedTrees.size < MAX_ADOPTED_TREES) adoptedTrees.set(path, by);
  } else if (owner?.kind === 'app') {
    if (written.size < MAX_ADOPTED_FILES) written.set(path, by);
    if (isTree && writtenTrees.size < MAX_ADOPTED_TREES) writtenTrees.set(path, by);
  }
}

/** True for a package that was never seen importing anything: what it can do it was handed by somebody. */
export function importsNothing({ kind, key }: Principal): boolean {
  return kind === 'package' && imports.get(key) === undefined;
}

let onLoaded: ((principal: Principal) => void) | undefined;

/** Who wants to know of every package that is loaded, also of one that does nothing else; costs a manifest a package. */
export function watchLoaded(listener: ((principal: Principal) => void) | undefined): void {
  onLoaded = listener;
}

/** A file is being loaded, whoever asked for it. */
export function noteLoaded(path: string): void {
  if (onLoaded !== undefined) onLoaded(principalOfFile(path));
}

/** True when `user` declares `used` in its manifest or was seen importing it. */
export function uses(user: Principal, used: Principal): boolean {
  return user.dependencies.has(used.name) || imports.get(user.key)?.has(used.name) === true;
}

const POWERFUL = ['node:http', 'node:https', 'node:http2', 'node:net', 'node:tls', 'node:dgram', 'node:child_process'];

/** True when the package was seen importing a builtin through which it could act on behalf of its callers. */
export function importsPowerfulBuiltin(principal: Principal): boolean {
  const known = imports.get(principal.key);
  if (known === undefined) return false;
  for (let i = 0; i < POWERFUL.length; i++) if (known.has(POWERFUL[i] as string)) return true;
  return false;
}
