import type { Act, Deed, Principal, Sense } from '../behavior.ts';
import { mayCarry } from '../classification/rightful-pairs.ts';
import { isDeputy, isOrdinaryFor, type Role, roleOf } from '../classification/roles.ts';

/* What the rules know of packages by name comes from classification/, through this one door. */

export { mayCarry } from '../classification/rightful-pairs.ts';
export { isDeputy } from '../classification/roles.ts';
export { isNamedFor, isNeverSent } from '../classification/secret-values.ts';

/**
 * The trade of a deputy: what others ask it to do, whatever the target. That axios reaches an anonymous drop says
 * nothing about axios; that it reads a file does.
 */
const TRADE: { readonly [role in Role]?: readonly Sense[] } = {
  'http-client': ['net'],
  'web-client': ['net'],
  'database-driver': ['net'],
  realtime: ['net'],
  mail: ['net'],
  messaging: ['net'],
  server: ['net'],
  container: ['net'],
  'ssh-client': ['net'],
  'browser-driver': ['process', 'net'],
  'process-runner': ['process'],
  'shell-runner': ['process', 'fs'],
  opener: ['process'],
  'git-client': ['process'],
  'system-info': ['process'],
  'fs-helper': ['fs'],
  archive: ['fs'],
  logger: ['fs'],
  watcher: ['fs'],
  config: ['fs'],
  'stream-helper': ['fs'],
  'worker-pool': ['worker', 'process'],
  'module-loader': ['import', 'code'],
  'code-generator': ['import', 'code'],
  'native-loader': ['native'],
};

function isTrade(role: Role, act: Act): boolean {
  const senses = TRADE[role];
  if (senses === undefined) return false;
  for (let i = 0; i < senses.length; i++) if (senses[i] === act.sense) return true;
  return false;
}

function isRoleWork(name: string, deed: Deed): boolean {
  const { act, resource } = deed.behavior;
  const { family, resourceClass, sensitivity } = resource;
  if (sensitivity === 'credential' && family !== undefined && mayCarry(family, name, '')) return true;
  const role = roleOf(name);
  if (role === undefined) return false;
  return isOrdinaryFor(role, { sense: act.sense, operation: act.operation, resourceClass, sensitivity });
}

/**
 * Everyday work of the principal's role, or of a nearer member whose role it is. A nearer deputy excuses nobody: that
 * an HTTP client connects says nothing about who asked it to.
 */
export function isOrdinaryDeed(deed: Deed): boolean {
  const { principal, behavior } = deed;
  if (principal.kind === 'package') {
    if (isRoleWork(principal.name, deed)) return true;
    const role = roleOf(principal.name);
    if (role !== undefined && isDeputy(principal.name) && isTrade(role, behavior.act)) return true;
  }
  const { involved } = behavior.chain;
  for (let i = 0; i < involved.length; i++) {
    const member = involved[i] as Principal;
    if (member === principal) return false;
    if (member.kind === 'package' && !isDeputy(member.name) && isRoleWork(member.name, deed)) return true;
  }
  return false;
}

/** It is a deputy, and this is what others ask it to do. */
export function isTradeOf({ principal, behavior }: Deed): boolean {
  const role = roleOf(principal.name);
  return role !== undefined && isDeputy(principal.name) && isTrade(role, behavior.act);
}

/** Roles that are given the key of a service in order to send it there, wherever that service is. */
const SENDS_KEYS: { readonly [role in Role]?: true } = {
  telemetry: true,
  'cloud-sdk': true,
  'ai-sdk': true,
  mail: true,
  messaging: true,
  'database-driver': true,
  'package-manager': true,
  kubernetes: true,
  container: true,
  mcp: true,
};

/** It, or a nearer member, is a client that sends the keys of services it is given. */
export function sendsKeys({ principal, behavior }: Deed): boolean {
  const { involved } = behavior.chain;
  for (let i = 0; i < involved.length; i++) {
    const member = involved[i] as Principal;
    const role = member.kind === 'package' ? roleOf(member.name) : undefined;
    if (role !== undefined && SENDS_KEYS[role] === true) return true;
    if (member === principal) return false;
  }
  return false;
}

/** The principal did it with its own hands, or asked a deputy to. */
export function isDirect(deed: Deed): boolean {
  const { owners } = deed.behavior.chain;
  for (let i = 0; i < owners.length; i++) if (owners[i] === deed.principal) return true;
  return false;
}

/** A package that many know, by what it is for. */
export function isWellKnown(principal: Principal): boolean {
  return principal.kind === 'package' && roleOf(principal.name) !== undefined;
}

/** Turning text into code is part of the role. */
export function evaluates({ kind, name }: Principal): boolean {
  const role = kind === 'package' ? roleOf(name) : undefined;
  return role !== undefined && isOrdinaryFor(role, { sense: 'code', operation: 'eval', resourceClass: 'code' });
}

/** Asking the metadata service is part of the role: cloud clients, telemetry agents. */
export function asksMetadata(name: string): boolean {
  const role = roleOf(name);
  const ask = { sense: 'net', operation: 'connect', resourceClass: 'metadata', sensitivity: 'metadata' };
  return role !== undefined && isOrdinaryFor(role, ask);
}
