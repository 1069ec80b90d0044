/**
 * What an act means: the resource it is done to, and the trait that a principal shows by it.
 *
 * What needs no trait, so that lock files stay small and nothing dangerous is lost:
 * - **Own files.** A package (the application) reading, listing or importing what is in its own folder, unless the file
 *   is sensitive. Writing there is a trait.
 * - **Looking.** `stat` and `watch` of anything that is not sensitive: a module resolver asks for hundreds of files that
 *   do not exist, and that a file exists is no secret. `list` counts only outside the application and `node_modules`:
 *   walking a home folder is how stealers begin.
 * - **Finding the way.** Module resolvers and bundlers read `package.json` in every folder up to the root of the disk, and
 *   some the folders themselves: in `node_modules`, in the application and above it that says nothing of a package.
 * - **Declared dependencies** and builtins that touch nothing (`builtins.ts`).
 * - **Environment variables** whose name does not say that they hold a secret.
 */
import type { Act, Principal, Resource, Sensitivity } from '../behavior.ts';
import {
  SafeMap,
  SetPrototypeHas,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { BoundedCache } from './bounded-cache.ts';
import { builtinOf, isHarmless } from './builtins.ts';
import { secretVariable } from './env-names.ts';
import { type HostMeaning, hostMeaning, listenPortName, parseEndpoint, portName } from './hosts.ts';
import { CACHE_CAPACITY, MAX_TARGET_LENGTH } from './limits.ts';
import { bounded, renderAbove, renderPath, type Style } from './path-template.ts';
import { programMeaning } from './programs.ts';
import { type CompiledRoots, compileRoots, isWithin, locate, normalisePath, type Place, type Roots } from './roots.ts';
import { sensitiveRowOf } from './sensitive-match.ts';
import { printable } from './text.ts';
import { looksSecret, maskPlatform, maskVolatile } from './volatile-parts.ts';

export type { PackageLink, Roots } from './roots.ts';

export interface Classifier {
  /** What the target of an act is. Never throws; the answer is cached by operation and target. */
  classify(act: Act): Resource;
  /** The act as a trait of `principal`; `undefined` when every package may do this. */
  traitOf(act: Act, resource: Resource, principal: Principal): string | undefined;
}

/* A resource with what traitOf needs; built once a target. */
interface Known extends Resource {
  /** The trait of anybody whose own folder this is not; `undefined` when nobody needs one. */
  readonly foreignTrait: string | undefined;
  /** What stands in front of the target in a trait: `fs.read:`, `import:file:` … Empty when an own file is no trait. */
  readonly ownPrefix: string;
  /** import: the package that is imported; empty otherwise. */
  readonly packageName: string;
  /** How the target is written for the owner of the folder. */
  readonly style: Style;
  /* The last owner asked, and its trait: a file has one owner. */
  owner: Principal | undefined;
  ownTrait: string | undefined;
}

/** True when the file belongs to the principal: in its folder, and not in a package nested inside it. */
export function ownsPath(principal: Principal, path: string): boolean {
  const { root } = principal;
  if (root === '' || path === '' || !isWithin(path, root)) return false;
  return StringPrototypeIndexOf(path, '/node_modules/', root.length) === -1;
}

const NOTHING: Omit<Known, 'target' | 'resourceClass' | 'risk'> = {
  path: '',
  sensitivity: undefined,
  family: undefined,
  foreignTrait: undefined,
  ownPrefix: '',
  packageName: '',
  style: 'folder',
  owner: undefined,
  ownTrait: undefined,
};

/* `native:` says it already. */
function marked(trait: string, sensitivity: Sensitivity | undefined): string {
  return sensitivity === undefined || sensitivity === 'native' ? trait : `${trait} [${sensitivity}]`;
}

function isChange(operation: string): boolean {
  return operation !== 'read' && operation !== 'stat' && operation !== 'list' && operation !== 'watch';
}

/** @param execPath This process's Node binary: spawning it is `process.spawn:node` wherever it lies. */
export function createClassifier(roots: Roots, execPath: string = process.execPath): Classifier {
  const compiled = compileRoots(roots);
  const node = normalisePath(execPath, roots.platform, compiled.app);
  const caches = new SafeMap<string, BoundedCache<Known>>();
  const shellCache = new BoundedCache<Known>(CACHE_CAPACITY);
  const fsCaches = new SafeMap<string, BoundedCache<Known>>();

  function cacheFor(act: Act): BoundedCache<Known> {
    if (act.sense === 'process' && act.shell === true) return shellCache;
    const perSense = act.sense === 'fs' || act.sense === 'net';
    const map = act.sense === 'fs' ? fsCaches : caches;
    const key = perSense ? act.operation : act.sense;
    let cache = map.get(key);
    if (cache === undefined) {
      // Only our senses name operations; should one ever be wild, it must not become a leak.
      if (map.size >= 32) map.clear();
      cache = new BoundedCache(CACHE_CAPACITY);
      map.set(key, cache);
    }
    return cache;
  }

  return {
    classify(act) {
      const cache = cacheFor(act);
      // Two gigabytes of file name are a legal argument; the cache must not keep them.
      const target =
        act.target.length > MAX_TARGET_LENGTH ? StringPrototypeSlice(act.target, 0, MAX_TARGET_LENGTH) : act.target;
      let known = cache.get(target);
      if (known === undefined) {
        known = understand(act, target, compiled, node);
        cache.set(target, known);
      }
      return known;
    },
    traitOf(act, resource, principal) {
      const known = resource as Known;
      if (act.sense === 'import' && known.packageName !== '' && maySimplyImport(principal, known.packageName)) {
        return undefined;
      }
      const { path, ownPrefix } = known;
      if (path === '' || !ownsPath(principal, path)) return known.foreignTrait;
      if (known.owner === principal) return known.ownTrait;
      const trait = ownPrefix === '' ? undefined : ownTraitOf(act, known, principal, compiled);
      known.owner = principal;
      known.ownTrait = trait;
      return trait;
    },
  };
}

function maySimplyImport(principal: Principal, name: string): boolean {
  return name === principal.name || SetPrototypeHas(principal.dependencies, name);
}

function ownTraitOf(act: Act, known: Known, principal: Principal, roots: CompiledRoots): string {
  // For the application `<app>` says it already, also where a temporary folder or a home lies inside it.
  if (principal.kind === 'app')
    return known.foreignTrait ?? marked(`${known.ownPrefix}${known.target}`, known.sensitivity);
  const place: Place = {
    placeClass: 'app',
    label: '<self>',
    rest: StringPrototypeSlice(known.path, principal.root.length + 1),
    packageName: '',
  };
  const inner = locate(known.path, roots);
  // A temporary folder inside the package is still temporary.
  if (inner.placeClass === 'tmp' && isWithinRoot(principal, known.path, inner)) {
    return marked(`${known.ownPrefix}${renderPath(inner, known.style, act.operation)}`, known.sensitivity);
  }
  const rendered = renderPath(place, known.style, act.operation, known.sensitivity !== undefined);
  return marked(`${known.ownPrefix}${rendered}`, known.sensitivity);
}

function isWithinRoot(principal: Principal, path: string, inner: Place): boolean {
  return path.length - inner.rest.length - 1 > principal.root.length;
}

function understand(act: Act, target: string, roots: CompiledRoots, node: string): Known {
  try {
    switch (act.sense) {
      case 'fs':
        return file(act.operation, target, roots);
      case 'net':
        return network(act.operation, target, roots);
      case 'process':
        return program(act, target, roots, node);
      case 'import':
        return module(target, roots);
      case 'worker':
        return code('worker.start:', target, roots, undefined);
      case 'native':
        return code('native:dlopen:', target, roots, 'native');
      case 'env':
        return variable(target);
      case 'code':
        return {
          ...NOTHING,
          target: '',
          resourceClass:
            act.operation === 'replace' ? (target === 'module.load' ? 'loader' : 'network-function') : 'code',
          risk: 'high',
          // What was made into code has no name worth keeping; a function that was replaced has.
          foreignTrait: act.operation === 'replace' ? `code.replace:${target}` : 'code.eval',
          owner: undefined,
          ownTrait: undefined,
        };
    }
  } catch {
    // A target that breaks the rules is worth a look, and must not break the host.
  }
  return {
    ...NOTHING,
    target: '*',
    resourceClass: 'unknown',
    risk: 'high',
    foreignTrait: `${act.sense}.${act.operation}:*`,
  };
}

function isSelf(path: string, roots: CompiledRoots): boolean {
  const probe = roots.caseless ? StringPrototypeToLowerCase(path) : path;
  for (let i = 0; i < roots.self.length; i++) if (isWithin(probe, roots.self[i] as string)) return true;
  return false;
}

/* Making a temporary file executable, and what a program looks like there, is how a download becomes a process. */
function fileRisk(operation: string, place: Place, sensitivity: Sensitivity | undefined): 'low' | 'high' {
  if (sensitivity !== undefined) return 'high';
  if (operation === 'chmod') return 'high';
  if (place.placeClass === 'package' && isChange(operation)) return 'high';
  return 'low';
}

function file(operation: string, target: string, roots: CompiledRoots): Known {
  // An open descriptor was judged when it was opened.
  if (StringPrototypeStartsWith(target, 'fd:')) {
    return { ...NOTHING, target: 'fd', resourceClass: 'descriptor', risk: 'low' };
  }
  const path = normalisePath(target, roots.platform, roots.app);
  const place = locate(path, roots);
  const change = isChange(operation);
  let sensitivity: Sensitivity | undefined;
  let family: string | undefined;
  if (change && isSelf(path, roots)) {
    sensitivity = 'self';
    family = 'diogenesis';
  } else {
    const row = sensitiveRowOf({ path, placeClass: place.placeClass, rest: place.rest }, change);
    sensitivity = row?.sensitivity;
    family = row?.family;
  }
  const style: Style = sensitivity === undefined ? 'folder' : 'exact';
  const rendered =
    sensitivity === undefined && isAbove(operation, path, place, roots)
      ? renderAbove(path, operation)
      : renderPath(place, style, operation, sensitivity !== undefined);
  const prefix = `fs.${operation}:`;
  return {
    ...NOTHING,
    target: rendered,
    path,
    resourceClass: place.placeClass,
    sensitivity,
    family,
    risk: fileRisk(operation, place, sensitivity),
    foreignTrait: isMereLook(operation, path, place, sensitivity, roots)
      ? undefined
      : marked(`${prefix}${rendered}`, sensitivity),
    ownPrefix: change || sensitivity !== undefined ? prefix : '',
    style,
  };
}

/* Where the application lies differs from checkout to checkout; what is read above it must not say where that is. */
function isAbove(operation: string, path: string, place: Place, roots: CompiledRoots): boolean {
  if (place.placeClass === 'app' || path === '/') return false;
  if (operation === 'read') return isOnTheWay(folderOf(path), roots);
  return operation === 'list' && place.rest !== '' && isOnTheWay(path, roots);
}

/* A folder that holds the application, at any depth, or the application's own. */
function isOnTheWay(folder: string, roots: CompiledRoots): boolean {
  if (folder === '/') return true;
  return roots.caseless
    ? isWithin(StringPrototypeToLowerCase(roots.app), StringPrototypeToLowerCase(folder))
    : isWithin(roots.app, folder);
}

function folderOf(path: string): string {
  const slash = StringPrototypeLastIndexOf(path, '/');
  return slash <= 0 ? '/' : StringPrototypeSlice(path, 0, slash);
}

function isFindingTheWay(path: string, place: Place, roots: CompiledRoots): boolean {
  if (isOnTheWay(path, roots)) return true;
  const { placeClass, packageName } = place;
  // `node_modules/@scope` is a folder of packages.
  if (packageName[0] === '@' && StringPrototypeIndexOf(packageName, '/') === -1) return true;
  if (!StringPrototypeEndsWith(path, '/package.json')) return false;
  return (
    placeClass === 'package' ||
    placeClass === 'package-store' ||
    placeClass === 'app' ||
    isOnTheWay(folderOf(path), roots)
  );
}

function isMereLook(
  operation: string,
  path: string,
  place: Place,
  sensitivity: Sensitivity | undefined,
  roots: CompiledRoots,
): boolean {
  if (sensitivity !== undefined) return false;
  if (operation === 'stat' || operation === 'watch') return true;
  if (operation === 'read') return isFindingTheWay(path, place, roots);
  return (
    operation === 'list' &&
    place.placeClass !== 'home' &&
    place.placeClass !== 'other-home' &&
    place.placeClass !== 'system'
  );
}

function network(operation: string, target: string, roots: CompiledRoots): Known {
  const prefix = `net.${operation}:`;
  if (StringPrototypeStartsWith(target, 'unix:')) return socket(prefix, StringPrototypeSlice(target, 5), roots);
  if (StringPrototypeStartsWith(target, 'fd:')) {
    return { ...NOTHING, target: 'fd', resourceClass: 'descriptor', risk: 'low' };
  }
  const { host, port } = parseEndpoint(target);
  if (operation === 'listen') {
    const everywhere = host === '' || host === '0.0.0.0' || host === '::' || host === '*';
    const { name, hostClass } = hostMeaning(host);
    const address = `${everywhere ? '*' : name}:${listenPortName(port, roots.isGivenPort)}`;
    return {
      ...NOTHING,
      target: address,
      resourceClass: everywhere ? 'any' : hostClass,
      risk: 'high',
      foreignTrait: `${prefix}${address}`,
    };
  }
  const meaning: HostMeaning = hostMeaning(host, port);
  const name = bounded(
    port < 0 ? meaning.name : `${meaning.name}:${portName(port, meaning.hostClass, roots.isGivenPort)}`,
  );
  // Asking for the address of what is inside the network, or of this machine, tells nobody anything.
  const local = operation === 'dns' && (meaning.hostClass === 'loopback' || meaning.hostClass === 'private');
  return {
    ...NOTHING,
    target: name,
    resourceClass: meaning.hostClass,
    sensitivity: meaning.sensitivity,
    family: meaning.family,
    risk: 'high',
    foreignTrait: local ? undefined : marked(`${prefix}${name}`, meaning.sensitivity),
  };
}

/** Sockets that answer with keys, or with power over the machine. */
const SOCKETS: readonly (readonly [part: string, resourceClass: string, family: string, secret: boolean])[] = [
  ['docker.sock', 'container-socket', 'docker', false],
  ['docker_engine', 'container-socket', 'docker', false],
  ['containerd.sock', 'container-socket', 'docker', false],
  ['podman.sock', 'container-socket', 'docker', false],
  ['crio.sock', 'container-socket', 'docker', false],
  ['/ssh-', 'agent-socket', 'ssh', true],
  ['openssh-ssh-agent', 'agent-socket', 'ssh', true],
  ['com.apple.launchd', 'agent-socket', 'ssh', true],
  ['s.gpg-agent', 'agent-socket', 'gpg', true],
  ['/keyring/', 'agent-socket', 'keychain', true],
  ['1password/agent.sock', 'agent-socket', 'ssh', true],
];

function socket(prefix: string, raw: string, roots: CompiledRoots): Known {
  const lower = StringPrototypeToLowerCase(raw);
  let resourceClass = 'unix-socket';
  let family: string | undefined;
  let sensitivity: Sensitivity | undefined;
  for (let i = 0; i < SOCKETS.length; i++) {
    const row = SOCKETS[i] as (typeof SOCKETS)[number];
    if (!StringPrototypeIncludes(lower, row[0])) continue;
    resourceClass = row[1];
    family = row[2];
    if (row[3]) sensitivity = 'credential';
    break;
  }
  let name: string;
  let path = '';
  if (raw[0] === '/' || raw[1] === ':') {
    path = normalisePath(raw, roots.platform, roots.app);
    name = renderPath(
      locate(path, roots),
      sensitivity === undefined && family === undefined ? 'folder' : 'exact',
      'connect',
    );
  } else {
    // Abstract sockets and Windows pipes have a name of their own.
    name = bounded(maskVolatile(raw));
  }
  const target = `unix:${name}`;
  return {
    ...NOTHING,
    target,
    resourceClass,
    sensitivity,
    family,
    risk: 'high',
    foreignTrait: marked(`${prefix}${target}`, sensitivity),
  };
}

function program(act: Act, target: string, roots: CompiledRoots, node: string): Known {
  const { name, programClass, sensitivity, path } = programMeaning(target, act.shell === true, roots, node);
  const prefix = 'process.spawn:';
  const rendered = bounded(name);
  // Only a program that is named by its path can be somebody's own.
  const byPath = StringPrototypeIncludes(rendered, '/');
  return {
    ...NOTHING,
    target: rendered,
    path: byPath ? path : '',
    resourceClass: programClass,
    sensitivity,
    risk: 'high',
    foreignTrait: marked(`${prefix}${rendered}`, sensitivity),
    ownPrefix: prefix,
    style: 'exact',
  };
}

/* Code that is run: a worker's file, a native library, an imported file. Own files are traits except for imports. */
function code(prefix: string, target: string, roots: CompiledRoots, sensitivity: Sensitivity | undefined): Known {
  const remote = remoteCode(target);
  if (remote !== undefined) {
    return {
      ...NOTHING,
      target: remote,
      resourceClass: 'remote-code',
      risk: 'high',
      foreignTrait: `${prefix}${remote}`,
    };
  }
  const path = normalisePath(target, roots.platform, roots.app);
  const place = locate(path, roots);
  const rendered = renderPath(place, 'exact', 'load');
  return {
    ...NOTHING,
    target: rendered,
    path,
    resourceClass: place.placeClass,
    sensitivity,
    risk: 'high',
    foreignTrait: marked(`${prefix}${rendered}`, sensitivity),
    ownPrefix: prefix,
    style: 'exact',
  };
}

/* Code that is in no file: the text of a data: URL, of an eval worker, or a response. */
function remoteCode(target: string): string | undefined {
  if (StringPrototypeStartsWith(target, 'data:') || StringPrototypeStartsWith(target, 'blob:')) {
    return StringPrototypeSlice(target, 0, 5);
  }
  if (target === '' || target[0] === '[' || StringPrototypeStartsWith(target, 'eval')) return '<eval>';
  if (StringPrototypeStartsWith(target, 'https://') || StringPrototypeStartsWith(target, 'http://')) {
    const { host, port } = parseEndpoint(target);
    return `${target[4] === 's' ? 'https' : 'http'}://${hostMeaning(host, port).name}/*`;
  }
  return undefined;
}

/** `@scope/name/file.js` → `@scope/name`; empty when it is no package name. */
export function packageNameOf(specifier: string): string {
  let end = StringPrototypeIndexOf(specifier, '/');
  if (specifier[0] === '@' && end !== -1) end = StringPrototypeIndexOf(specifier, '/', end + 1);
  const name = end === -1 ? specifier : StringPrototypeSlice(specifier, 0, end);
  return name.length > 214 ? '' : name;
}

function module(target: string, roots: CompiledRoots): Known {
  // Not Node's public face but what lies beneath it, out of every sense's reach.
  if (StringPrototypeStartsWith(target, 'process.binding:')) {
    const name = bounded(printable(target));
    return {
      ...NOTHING,
      target: name,
      resourceClass: 'powerful-builtin',
      risk: 'high',
      foreignTrait: `import:${name}`,
    };
  }
  const builtin = builtinOf(target);
  if (builtin !== undefined) return builtinModule(builtin);
  // Subpath imports (`#internal`) are a package's own business.
  if (target[0] === '#') return { ...NOTHING, target: 'own', resourceClass: 'package', risk: 'low' };
  const remote = remoteCode(target);
  if (remote !== undefined) {
    return { ...NOTHING, target: remote, resourceClass: 'remote-code', risk: 'high', foreignTrait: `import:${remote}` };
  }
  const isFile =
    target[0] === '/' ||
    target[0] === '.' ||
    StringPrototypeStartsWith(target, 'file:') ||
    (target[1] === ':' && (target[2] === '/' || target[2] === '\\'));
  if (!isFile) return packageModule(target);
  const path = normalisePath(target, roots.platform, roots.app);
  const place = locate(path, roots);
  if (place.placeClass === 'package') return { ...packageModule(place.packageName), path };
  // The application's own files are many, and all the application's: their folder says enough.
  const style: Style = place.placeClass === 'app' ? 'folder' : 'exact';
  const rendered = renderPath(place, style, 'load');
  return {
    ...NOTHING,
    target: rendered,
    path,
    resourceClass: place.placeClass,
    risk: place.placeClass === 'app' ? 'low' : 'high',
    foreignTrait: `import:file:${rendered}`,
    style,
  };
}

function builtinModule(builtin: string): Known {
  const name = bounded(`node:${looksSecret(builtin) ? '*' : printable(builtin)}`);
  if (isHarmless(builtin)) return { ...NOTHING, target: name, resourceClass: 'builtin', risk: 'low' };
  return { ...NOTHING, target: name, resourceClass: 'powerful-builtin', risk: 'high', foreignTrait: `import:${name}` };
}

function packageModule(specifier: string): Known {
  const packageName = packageNameOf(specifier);
  // Platform packages (@esbuild/linux-x64) differ from machine to machine.
  const name = packageName === '' || looksSecret(packageName) ? '*' : maskPlatform(printable(packageName));
  return {
    ...NOTHING,
    target: name,
    resourceClass: 'package',
    risk: 'low',
    foreignTrait: `import:${name}`,
    packageName,
  };
}

function variable(name: string): Known {
  const family = secretVariable(name);
  const target = bounded(looksSecret(name) ? '*' : printable(name));
  if (family === undefined) return { ...NOTHING, target, resourceClass: 'environment', risk: 'low' };
  return {
    ...NOTHING,
    target,
    resourceClass: 'environment',
    sensitivity: 'credential',
    family,
    risk: 'high',
    foreignTrait: marked(`env.read:${target}`, 'credential'),
  };
}
