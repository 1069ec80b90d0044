import type { Chain, Principal } from '../behavior.ts';
import { isCodeGenerator, isDeputy, isFramework } from '../classification/roles.ts';
import { isWrapper } from '../classification/wrappers.ts';
import { ArrayPrototypePush, ArrayPrototypeSlice, ObjectFreeze, SafeMap } from '../primordials.ts';
import { importsNothing, importsPowerfulBuiltin, UNATTRIBUTED, uses } from './packages.ts';

/* Chains are interned in a tree, one node a member, so that a known stack costs a few Map look-ups and no memory. */
interface Node {
  readonly next: Map<Principal, Node>;
  chain: Chain | undefined;
}
/** Distinct chain nodes kept; beyond this the tree starts anew. */
const MAX_NODES = 20_000;

let roots: Record<Chain['source'], Node> = newRoots();
let nodes = 0;
let lastId = 0;

function newNode(): Node {
  return { next: new SafeMap(), chain: undefined };
}

function newRoots(): Record<Chain['source'], Node> {
  return { stack: newNode(), async: newNode(), none: newNode() };
}

/** The chain of these members, nearest first. */
export function chainOf(members: readonly Principal[], source: Chain['source']): Chain {
  let node = roots[source];
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Principal;
    let next = node.next.get(member);
    if (next === undefined) {
      if (++nodes > MAX_NODES) {
        roots = newRoots();
        nodes = 0;
        return makeChain(members, source);
      }
      next = newNode();
      node.next.set(member, next);
    }
    node = next;
  }
  node.chain ??= makeChain(members, source);
  return node.chain;
}

function makeChain(list: readonly Principal[], source: Chain['source']): Chain {
  const members = list.length === 0 ? [UNATTRIBUTED] : withoutWrappers(list);
  const nearest = members[0] as Principal;
  const owners = [nearest];
  const involved = [nearest];
  let previous = nearest;
  // True while everybody nearer acts for others: responsibility passes through to whoever asked.
  let passing = actsForOthers(nearest);
  // Who imports nothing was handed what it calls: whoever called it may have had a part in that.
  const wasHanded = importsNothing(nearest);
  for (let i = 1; i < members.length && previous.kind !== 'app'; i++) {
    const member = members[i] as Principal;
    if (member.kind === 'tool' || member.kind === 'agent') break;
    const isCaller = member.kind !== 'package' || uses(member, previous);
    // Who neither declares nor imports what it called was only handed it, as a router is handed a handler.
    if (!isCaller && (!(passing || (wasHanded && previous === nearest)) || isFramework(member.name))) continue;
    ArrayPrototypePush(involved, member);
    // For the application only the well-known ones pass: its lock entry would repeat that of every client it uses.
    if (passing && (member.kind !== 'app' || isDeputy(previous.name))) ArrayPrototypePush(owners, member);
    passing = passing && actsForOthers(member);
    previous = member;
  }
  // Everything beneath a tool is the tool's doing as well, whoever called whom. The agent stands outside of it.
  const outermost = members[members.length - 1] as Principal;
  const agent = outermost.kind === 'agent' ? outermost : undefined;
  const tool = agent === undefined ? outermost : members[members.length - 2];
  if (tool?.kind === 'tool' && tool !== nearest) {
    ArrayPrototypePush(owners, tool);
    ArrayPrototypePush(involved, tool);
  }
  return ObjectFreeze({ id: ++lastId, members, owners, involved, behind: behindApp(members, involved), agent, source });
}

function behindApp(members: readonly Principal[], involved: readonly Principal[]): Principal[] {
  const behind: Principal[] = [];
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Principal;
    if (member.kind !== 'package' || isFramework(member.name)) continue;
    let isInvolved = false;
    for (let j = 0; j < involved.length; j++) if (involved[j] === member) isInvolved = true;
    if (!isInvolved) ArrayPrototypePush(behind, member);
  }
  return behind;
}

/* An instrumentation between two packages hides neither from the other; one that acts alone answers for itself. */
function withoutWrappers(members: readonly Principal[]): Principal[] {
  const actors: Principal[] = [];
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Principal;
    if (member.kind !== 'package' || !isWrapper(member.name)) ArrayPrototypePush(actors, member);
  }
  return actors.length === 0 ? ArrayPrototypeSlice(members) : actors;
}

/** Who gives the text that is being compiled: whoever asked a package for it that turns any text into code. */
export function giverOfText({ members }: Chain): Principal {
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Principal;
    if (member.kind !== 'package' || !isCodeGenerator(member.name)) return member;
  }
  return members[0] as Principal;
}

function actsForOthers(member: Principal): boolean {
  return member.kind === 'package' && (isDeputy(member.name) || importsPowerfulBuiltin(member));
}

/** Forgets every chain: who uses whom has changed, or a test begins. */
export function forgetChains(): void {
  roots = newRoots();
  nodes = 0;
}

/** A package, and not the application by itself, answers for it. */
export function hasPackage({ owners }: Chain): boolean {
  for (let i = 0; i < owners.length; i++) if ((owners[i] as Principal).kind === 'package') return true;
  return false;
}
