import type { Chain, Principal } from '../behavior.ts';
import { isOrdinaryFor, roleOf } from '../classification/roles.ts';
import {
  ArrayPrototypeJoin,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
} from '../primordials.ts';

/*
 * On whose behalf a child process or a worker runs. Its own files tell who they belong to; what belongs to nobody
 * (`node -e`, a file in temp, a worker made from text) is the work of the package that started it, and not the
 * application's. With it goes which kinds of secrets that package holds, so that one process may not read what
 * another sends. Names of kinds only: no path, no content.
 */

/** `families|folder of the package`; a family that broke a settled baseline ends with `!`. */
export const LINEAGE = 'DIOGENESIS_LINEAGE';
const MAX_FAMILIES = 8;

export interface Loot {
  readonly family: string;
  readonly isNovel: boolean;
}

let lootOf: (principalKey: string) => readonly Loot[] = () => [];

/** Who knows which secrets a package took in this process. */
export function setLootOf(ask: typeof lootOf): void {
  lootOf = ask;
}

/** What a child started by this chain is told; empty when it runs on nobody's behalf but the application's. */
export function lineageOf(chain: Chain): string {
  const { owners } = chain;
  const asked = owners[owners.length - 1] as Principal;
  if (asked.kind !== 'package' || asked.root === '' || startsNodeForOthers(asked.name)) return '';
  const words: string[] = [];
  const loot = lootOf(asked.key);
  for (let i = 0; i < loot.length && i < MAX_FAMILIES; i++) {
    const { family, isNovel } = loot[i] as Loot;
    words[i] = isNovel ? `${family}!` : family;
  }
  return `${ArrayPrototypeJoin(words, ',')}|${asked.root}`;
}

/* Package managers, test runners, worker pools: what they start is their user's. */
function startsNodeForOthers(name: string): boolean {
  const role = roleOf(name);
  return role !== undefined && isOrdinaryFor(role, { sense: 'process', operation: 'spawn', resourceClass: 'node' });
}

export interface Lineage {
  /** Folder of the package. */
  readonly root: string;
  readonly loot: readonly Loot[];
}

/** Reads what the parent has told. */
export function parseLineage(value: string | undefined): Lineage | undefined {
  if (value === undefined) return undefined;
  const bar = StringPrototypeIndexOf(value, '|');
  if (bar < 0 || bar === value.length - 1) return undefined;
  const loot: Loot[] = [];
  const words = StringPrototypeSplit(StringPrototypeSlice(value, 0, bar), ',');
  for (let i = 0; i < words.length && i < MAX_FAMILIES; i++) {
    const word = words[i] as string;
    if (word === '' || word.length > 40) continue;
    const isNovel = word[word.length - 1] === '!';
    loot[loot.length] = { family: isNovel ? StringPrototypeSlice(word, 0, -1) : word, isNovel };
  }
  return { root: StringPrototypeSlice(value, bar + 1), loot };
}
