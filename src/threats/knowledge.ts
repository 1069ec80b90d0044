import type { Deed } from '../behavior.ts';

/* What the rules know of packages by name comes from classification/, through this one door. */

export function isDeputy(_name: string): boolean {
  return false;
}
export function mayCarry(_family: string, _packageName: string, _host: string): boolean {
  return false;
}
function isRoleWork(_name: string, _deed: Deed): boolean {
  return false;
}

/**
 * Everyday work of the principal's role, or of a nearer member whose role it is. A nearer deputy excuses nobody: that
 * an HTTP client connects says nothing about who asked it to.
 */
export function isOrdinaryDeed(deed: Deed): boolean {
  const { involved } = deed.behavior.chain;
  if (deed.principal.kind === 'package' && isRoleWork(deed.principal.name, deed)) return true;
  for (let i = 0; i < involved.length; i++) {
    const member = involved[i] as (typeof involved)[number];
    if (member === deed.principal) return false;
    if (member.kind === 'package' && !isDeputy(member.name) && isRoleWork(member.name, deed)) return true;
  }
  return false;
}

/** The principal did it with its own hands, or asked a deputy to. */
export function isDirect(deed: Deed): boolean {
  const { owners } = deed.behavior.chain;
  for (let i = 0; i < owners.length; i++) if (owners[i] === deed.principal) return true;
  return false;
}
