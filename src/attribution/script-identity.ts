import vm from 'node:vm';
import type { Principal } from '../behavior.ts';
import { getCallSites, SafeMap, uncurryThis } from '../primordials.ts';

/*
 * Whoever compiles text chooses the name of the script: `vm.Script({ filename })`, `Module.prototype._compile`. The name
 * of another package's file would make that package answer. But V8 numbers scripts in the order in which they are made,
 * so that what was compiled during one call is known by its number, whatever it is called.
 */

interface Claim {
  /** Number of the last script before. */
  readonly after: number;
  /** Number of the last script of this name that is not a loader's; open until a loader asks for the file. */
  last: number;
  readonly owner: Principal;
}
/** A program that compiles texts under more names than this starts anew: the older ones are believed again. */
const MAX_NAMES = 4_096;
const MAX_CLAIMS_OF_NAME = 64;
let claims = new SafeMap<string, Claim[]>();

const { Script } = vm;
const run = uncurryThis<vm.Script, () => unknown>(Script.prototype.runInThisContext as () => unknown);
type Ask = (sites: typeof getCallSites) => readonly { scriptId: string }[];
let probes = 0;

/* Another text each time: V8 would answer with the script it has already. About 25 µs. */
function lastScript(): number {
  const ask = run(new Script(`(f) => f(1) // ${++probes}`)) as Ask;
  return +((ask(getCallSites)[0] as { scriptId: string }).scriptId as string);
}

/** From now on, scripts of this name are made by `owner`, until somebody else does or a loader asks for the file. */
export function claimScripts(name: string, owner: Principal): void {
  let list = claims.get(name);
  if (list === undefined) {
    if (claims.size >= MAX_NAMES) claims = new SafeMap();
    list = [];
    claims.set(name, list);
  }
  const newest = list[list.length - 1];
  if (newest?.owner === owner && newest.last === Number.POSITIVE_INFINITY) return;
  if (list.length >= MAX_CLAIMS_OF_NAME) list.length = 0;
  list[list.length] = { after: lastScript(), last: Number.POSITIVE_INFINITY, owner };
}

/** A loader is about to compile this file: the next script of its name is what it says it is. */
export function endClaims(name: string): void {
  if (claims.size === 0) return;
  end(name);
  end(`file://${name}`);
}

function end(name: string): void {
  const list = claims.get(name);
  const newest = list?.[list.length - 1];
  if (newest !== undefined && newest.last === Number.POSITIVE_INFINITY) newest.last = lastScript();
}

/** Whether anybody but a loader has compiled a text under this name. */
export function isClaimed(name: string): boolean {
  return claims.size > 0 && claims.has(name);
}

/** Who compiled this script, if it was no loader of files. Asked once a script. */
export function claimantOf(scriptId: string, name: string): Principal | undefined {
  if (claims.size === 0) return undefined;
  const list = claims.get(name);
  if (list === undefined) return undefined;
  const id = +scriptId;
  for (let i = list.length - 1; i >= 0; i--) {
    const claim = list[i] as Claim;
    if (id > claim.after) return id <= claim.last ? claim.owner : undefined;
  }
  return undefined;
}
