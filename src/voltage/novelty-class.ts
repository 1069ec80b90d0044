import type { Deed } from '../behavior.ts';
import { ownsPath } from '../classification/classifier.ts';
import {
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';

/**
 * The kinds of new behaviour the model tells apart. Novelty of a bare API type says nothing (AUC 0.49 on ADFA-LD);
 * what a new trait *reaches* does.
 */
export type NoveltyClass =
  | 'ordinary'
  | 'write'
  | 'delete'
  | 'executable-bit'
  | 'dns'
  | 'network'
  | 'suspicious-host'
  | 'metadata'
  | 'listen'
  | 'worker'
  | 'program'
  | 'shell'
  | 'dangerous-program'
  | 'eval'
  | 'native'
  | 'foreign-code'
  | 'powerful-import'
  | 'env-credential'
  | 'credential-probe'
  | 'credential'
  | 'foreign-package'
  | 'agent-config'
  | 'persistence'
  | 'self';

export interface NoveltyRow {
  /** Prior share of new behaviours that are at least this dangerous, when the principal never did the kind before. */
  readonly first: number;
  /** The same when it is known for the kind and only the target is new. */
  readonly further: number;
  /** Smallest p-value the class may produce: everyday novelty is bounded however stable the baseline is. */
  readonly floor: number;
  /** Factor on the evidence of each further new trait of the class by the same principal: 1 = every one counts. */
  readonly again: number;
}

/**
 * P₀, the base measure. Shares are orders of magnitude: of the things packages newly do, most are ordinary, about a
 * third at least talk to a network, one in eight at least starts a program, one in twenty-five a shell, and about one
 * in three hundred opens a credential. The order is what matters; a factor of two moves voltage by 0.04.
 */
export const NOVELTY: Readonly<Record<NoveltyClass, NoveltyRow>> = {
  ordinary: { first: 1, further: 1, floor: 0.14, again: 0.5 },
  write: { first: 0.5, further: 1, floor: 0.08, again: 0.5 },
  delete: { first: 0.4, further: 0.9, floor: 0.04, again: 0.6 },
  'executable-bit': { first: 0.15, further: 0.5, floor: 0.001, again: 0.6 },
  dns: { first: 0.35, further: 0.9, floor: 0.01, again: 0.6 },
  network: { first: 0.3, further: 0.8, floor: 0.002, again: 0.6 },
  'suspicious-host': { first: 0.02, further: 0.05, floor: 0, again: 0.8 },
  metadata: { first: 0.005, further: 0.02, floor: 0, again: 1 },
  listen: { first: 0.25, further: 0.8, floor: 0.005, again: 0.5 },
  worker: { first: 0.4, further: 0.9, floor: 0.02, again: 0.5 },
  program: { first: 0.12, further: 0.5, floor: 0.001, again: 0.6 },
  shell: { first: 0.04, further: 0.25, floor: 0, again: 0.8 },
  'dangerous-program': { first: 0.004, further: 0.01, floor: 0, again: 1 },
  eval: { first: 0.15, further: 0.8, floor: 0.001, again: 0.6 },
  native: { first: 0.2, further: 0.6, floor: 0.001, again: 0.6 },
  'foreign-code': { first: 0.005, further: 0.01, floor: 0, again: 1 },
  'powerful-import': { first: 0.3, further: 0.6, floor: 0.02, again: 0.5 },
  'env-credential': { first: 0.1, further: 0.3, floor: 0.0005, again: 0.8 },
  'credential-probe': { first: 0.1, further: 0.2, floor: 0.001, again: 0.8 },
  credential: { first: 0.003, further: 0.01, floor: 0, again: 1 },
  'foreign-package': { first: 0.002, further: 0.01, floor: 0, again: 1 },
  'agent-config': { first: 0.001, further: 0.003, floor: 0, again: 1 },
  persistence: { first: 0.001, further: 0.003, floor: 0, again: 1 },
  self: { first: 0.001, further: 0.001, floor: 0, again: 1 },
};

/** Classes of programs that are dangerous whoever starts them. */
const DANGEROUS_PROGRAMS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  downloader: true,
  'foreign-runtime': true,
  'temp-executable': true,
  privileged: true,
};

/** Places of the network that honest packages rarely need. */
const SUSPICIOUS_HOSTS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  'drop-service': true,
  'public-ip': true,
  'mining-pool': true,
  'dns-tunnel': true,
  'container-socket': true,
  'agent-socket': true,
};

/** Builtins with which a package reaches beyond itself. Reading one is not an act yet, so the class is mild. */
const POWERFUL_BUILTINS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  'node:child_process': true,
  'node:cluster': true,
  'node:dgram': true,
  'node:dns': true,
  'node:ffi': true,
  'node:http': true,
  'node:http2': true,
  'node:https': true,
  'node:inspector': true,
  'node:net': true,
  'node:repl': true,
  'node:tls': true,
  'node:v8': true,
  'node:vm': true,
  'node:worker_threads': true,
};

export function isPowerfulBuiltin(specifier: string): boolean {
  return POWERFUL_BUILTINS[specifier] === true;
}

/** Which kind of novelty a deed is, if it is new. Allocation-free. */
export function noveltyClassOf(deed: Deed): NoveltyClass {
  const { act, resource } = deed.behavior;
  const { operation } = act;
  switch (act.sense) {
    case 'fs':
      return fileClass(deed, operation);
    case 'net':
      if (operation === 'listen') return 'listen';
      if (resource.sensitivity === 'metadata' || resource.resourceClass === 'metadata') return 'metadata';
      if (SUSPICIOUS_HOSTS[resource.resourceClass] === true) return 'suspicious-host';
      return operation === 'dns' ? 'dns' : 'network';
    case 'process':
      if (DANGEROUS_PROGRAMS[resource.resourceClass] === true) return 'dangerous-program';
      return act.shell === true || resource.sensitivity === 'shell' ? 'shell' : 'program';
    case 'native':
      return resource.resourceClass === 'tmp' || resource.resourceClass === 'home' ? 'foreign-code' : 'native';
    case 'code':
      return 'eval';
    case 'worker':
      return resource.resourceClass === 'tmp' ? 'foreign-code' : 'worker';
    case 'env':
      return resource.sensitivity === 'credential' ? 'env-credential' : 'ordinary';
    case 'import':
      if (resource.resourceClass === 'tmp' || resource.resourceClass === 'remote-code') return 'foreign-code';
      return isPowerfulBuiltin(resource.target) ? 'powerful-import' : 'ordinary';
    default:
      return 'ordinary';
  }
}

function fileClass(deed: Deed, operation: string): NoveltyClass {
  const { resource } = deed.behavior;
  const changes = operation === 'write' || operation === 'delete' || operation === 'chmod' || operation === 'link';
  switch (resource.sensitivity) {
    case undefined:
      break;
    case 'credential':
      if (operation !== 'stat' && operation !== 'list' && operation !== 'watch') return 'credential';
      // Whether there is a `.env.local` is asked by whatever reads an application's configuration.
      return resource.resourceClass === 'app' ? 'ordinary' : 'credential-probe';
    case 'metadata':
      return 'metadata';
    case 'persistence':
    case 'agent-config':
    case 'self':
      if (changes) return resource.sensitivity;
      break;
    default:
      break;
  }
  if (!changes) return 'ordinary';
  if (isForeignPackage(deed)) return 'foreign-package';
  if (operation === 'delete') return 'delete';
  return operation === 'chmod' ? 'executable-bit' : 'write';
}

/**
 * The file belongs to an installed package that is not the principal. Caches that tools keep under
 * `node_modules/.name` belong to nobody.
 */
export function isForeignPackage(deed: Deed): boolean {
  const { path, resourceClass } = deed.behavior.resource;
  if (resourceClass !== 'package') return false;
  if (deed.principal.kind === 'package' && ownsPath(deed.principal, path)) return false;
  if (isOwnLink(path, deed.behavior.act.linksTo)) return false;
  return !StringPrototypeIncludes(path, '/node_modules/.') || StringPrototypeIncludes(path, '/node_modules/.pnpm/');
}

/* `node_modules/@acme/a` -> `packages/a`, as workspaces have it: a new name for what the project has written itself. */
function isOwnLink(path: string, target: string | undefined): boolean {
  const at = StringPrototypeLastIndexOf(path, '/node_modules/');
  if (target === undefined || at < 0 || StringPrototypeIncludes(target, '/node_modules/')) return false;
  return StringPrototypeStartsWith(target, StringPrototypeSlice(path, 0, at + 1));
}

/** The kinds a baseline knows a package for, from its traits alone. */
export function noveltyClassOfTrait(trait: string): NoveltyClass {
  if (StringPrototypeStartsWith(trait, 'net.listen')) return 'listen';
  if (StringPrototypeStartsWith(trait, 'net.dns')) return 'dns';
  if (StringPrototypeStartsWith(trait, 'net.')) {
    return StringPrototypeEndsWith(trait, '[metadata]') ? 'metadata' : 'network';
  }
  if (StringPrototypeStartsWith(trait, 'process.')) {
    return StringPrototypeEndsWith(trait, '[shell]') ? 'shell' : 'program';
  }
  if (StringPrototypeStartsWith(trait, 'code.')) return 'eval';
  if (StringPrototypeStartsWith(trait, 'native')) return 'native';
  if (StringPrototypeStartsWith(trait, 'worker')) return 'worker';
  if (StringPrototypeStartsWith(trait, 'env.')) {
    return StringPrototypeEndsWith(trait, '[credential]') ? 'env-credential' : 'ordinary';
  }
  if (StringPrototypeStartsWith(trait, 'import')) {
    return StringPrototypeStartsWith(trait, 'import:node:') ? 'powerful-import' : 'ordinary';
  }
  if (StringPrototypeEndsWith(trait, '[credential]')) {
    return StringPrototypeStartsWith(trait, 'fs.stat') || StringPrototypeStartsWith(trait, 'fs.list')
      ? 'credential-probe'
      : 'credential';
  }
  if (StringPrototypeStartsWith(trait, 'fs.write') || StringPrototypeStartsWith(trait, 'fs.link')) {
    if (StringPrototypeEndsWith(trait, '[persistence]')) return 'persistence';
    if (StringPrototypeEndsWith(trait, '[agent-config]')) return 'agent-config';
    return StringPrototypeStartsWith(trait, 'fs.write:<node_modules>/') ? 'foreign-package' : 'write';
  }
  if (StringPrototypeStartsWith(trait, 'fs.delete')) return 'delete';
  if (StringPrototypeStartsWith(trait, 'fs.chmod')) return 'executable-bit';
  return 'ordinary';
}
