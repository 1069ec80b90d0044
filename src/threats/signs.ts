import type { Act, Deed, Resource } from '../behavior.ts';
import { StringPrototypeStartsWith } from '../primordials.ts';
import { isForeignPackage } from '../voltage/novelty-class.ts';
import { commandSigns, PROGRAM_SIGNS } from './command-signs.ts';
import { tunnelSign } from './dns-labels.ts';
import { SIGN as S } from './sign-bits.ts';

/** A resource class is a word of `classification/`; what it means for the rules is said here and nowhere else. */
const HOSTS: Readonly<Record<string, number | undefined>> = {
  __proto__: null as never,
  'drop-service': S.EGRESS | S.DROP,
  'public-ip': S.EGRESS | S.DROP,
  metadata: S.METADATA,
  'mining-pool': S.EGRESS | S.MINER,
  'dns-tunnel': S.EGRESS | S.TUNNEL,
  // What never leaves the machine is no egress; whoever holds the container daemon holds the machine (T1611).
  'unix-socket': 0,
  descriptor: 0,
  'container-socket': S.PRIVILEGED,
  // A key agent signs for whoever asks (T1563.001).
  'agent-socket': S.SECRET,
};

/** Modules that reach beneath everything that can be watched (measured: field note on evasions). */
const BYPASS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  'node:ffi': true,
  'node:inspector': true,
};

/** All signs of a deed; 0 for most. Allocation-free except for programs. */
export function signsOf(deed: Deed): number {
  const { act, resource, carried } = deed.behavior;
  switch (act.sense) {
    case 'fs':
      return fileSigns(deed, act.operation, resource);
    case 'net':
      return networkSigns(act, resource) | (carried !== undefined && act.operation === 'dns' ? S.TUNNEL : 0);
    case 'process':
      // Package managers run every script by a shell.
      if (act.installs !== undefined) return S.SPAWN | (commandSigns(act) & ~S.SHELL);
      return (
        S.SPAWN |
        (PROGRAM_SIGNS[resource.resourceClass] ?? 0) |
        (isShell(act, resource) ? S.SHELL : 0) |
        commandSigns(act)
      );
    case 'code':
      if (act.operation === 'replace') return S.BYPASS;
      return isRemote(act.target) ? S.FOREIGN_CODE | S.EVAL : S.EVAL;
    case 'env':
      return resource.sensitivity === 'credential' ? S.ENV_SECRET : 0;
    case 'import':
      if (BYPASS[resource.target] === true || StringPrototypeStartsWith(act.target, 'process.binding:'))
        return S.BYPASS;
      return isNowhere(resource) ? S.FOREIGN_CODE : 0;
    case 'worker':
      if (resource.target === '<eval>' || act.target === 'eval:') return S.EVAL;
      return isNowhere(resource) || isRemote(act.target) ? S.FOREIGN_CODE : 0;
    case 'native':
      if (act.operation !== 'dlopen') return S.BYPASS;
      return isNowhere(resource) || resource.resourceClass === 'home' ? S.FOREIGN_NATIVE : 0;
    default:
      return 0;
  }
}

function isShell(act: Act, resource: Resource): boolean {
  return act.shell === true || resource.sensitivity === 'shell';
}

/* Nobody's folder: code there was put there by somebody who runs. */
function isNowhere(resource: Resource): boolean {
  return resource.resourceClass === 'tmp' || resource.resourceClass === 'remote-code';
}

/* Code without a file: `data:`, `blob:`, `http:`. */
function isRemote(target: string): boolean {
  return (
    StringPrototypeStartsWith(target, 'data:') ||
    StringPrototypeStartsWith(target, 'blob:') ||
    StringPrototypeStartsWith(target, 'http')
  );
}

function networkSigns(act: Act, resource: Resource): number {
  if (act.operation === 'listen') return S.LISTEN;
  if (act.operation === 'dns') {
    return resource.resourceClass === 'dns-tunnel' || tunnelSign(act.target) ? S.TUNNEL : 0;
  }
  if (resource.sensitivity === 'metadata') return S.METADATA;
  const signs = HOSTS[resource.resourceClass];
  if (signs !== undefined) return signs;
  return StringPrototypeStartsWith(act.target, 'unix:') ? 0 : S.EGRESS;
}

function fileSigns(deed: Deed, operation: string, resource: Resource): number {
  const { sensitivity, resourceClass } = resource;
  const isRead = operation === 'read' || operation === 'link';
  if (sensitivity === 'credential' && isRead) return S.SECRET;
  // The account token that Kubernetes mounts, and its like.
  if (sensitivity === 'metadata' && isRead) return S.METADATA;
  const changes = operation === 'write' || operation === 'delete' || operation === 'link';
  if (!changes && operation !== 'chmod') return 0;
  let signs = operation === 'chmod' ? S.EXEC_BIT : 0;
  // What we can read or write no more is lost to us.
  if (sensitivity === 'self') signs |= S.SELF;
  if (changes) {
    if (sensitivity === 'persistence') signs |= S.PERSISTENCE;
    else if (sensitivity === 'agent-config') signs |= S.AGENT_CONFIG;
    if (isForeignPackage(deed)) signs |= S.FOREIGN_PACKAGE;
  }
  if (operation === 'write' || operation === 'link') {
    if (resourceClass === 'tmp') signs |= S.TEMP_WRITE;
    else signs |= resourceClass === 'package' && (signs & S.FOREIGN_PACKAGE) === 0 ? S.OWN_WRITE : S.WRITE;
  }
  return signs;
}
