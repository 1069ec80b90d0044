/** What a run, or another lock, does beyond a lock. Pure. */
import type { Level } from '../response/finding.ts';
import { severityOf } from '../response/finding.ts';
import { coveringTrait } from './collapse.ts';
import { byDanger, dangerLevel } from './danger.ts';
import { entriesOf, type LearningState, type Lock } from './lock-file.ts';
import { previousKey, versionsByName } from './merge.ts';
import { splitKey } from './versions.ts';

/** Against what a package was compared: its own entry, the entry of another version, or nothing at all. */
export type ComparedWith = 'own' | 'previous' | 'nothing';

export interface PackageDifference {
  /** Principal key. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly comparedWith: ComparedWith;
  /** The entry it was compared with. */
  readonly against: string | undefined;
  readonly state: LearningState | undefined;
  /** Traits of that entry, sorted. */
  readonly before: readonly string[];
  /** What it does and that entry does not cover: unreviewed. Most dangerous first. */
  readonly added: readonly string[];
  /** What that entry holds and was not seen. A run shows only a part of a baseline, so this is no fault. */
  readonly removed: readonly string[];
  /** Highest level of what was added; undefined when nothing was. */
  readonly level: Level | undefined;
}

/** Highest level among traits; undefined for none. */
export function highestLevel(traits: readonly string[]): Level | undefined {
  let highest: Level | undefined;
  for (const trait of traits) {
    const level = dangerLevel(trait);
    if (highest === undefined || severityOf(level) > severityOf(highest)) highest = level;
  }
  return highest;
}

/** Compares what was observed, by principal key, with a lock. One difference a principal, most dangerous first. */
export function compareWithLock(lock: Lock, observed: ReadonlyMap<string, ReadonlySet<string>>): PackageDifference[] {
  const entries = entriesOf(lock);
  const versions = versionsByName(entries.keys());
  const differences: PackageDifference[] = [];
  for (const [key, traits] of observed) {
    const against = entries.has(key) ? key : previousKey(key, versions);
    const entry = against === undefined ? undefined : entries.get(against);
    const before = new Set(entry?.traits);
    const covered = new Set<string>();
    const added: string[] = [];
    for (const trait of traits) {
      const covering = coveringTrait(before, trait);
      if (covering === undefined) added.push(trait);
      else covered.add(covering);
    }
    added.sort(byDanger);
    differences.push({
      key,
      ...splitKey(key),
      comparedWith: against === undefined ? 'nothing' : against === key ? 'own' : 'previous',
      against,
      state: entry?.state,
      before: [...before].sort(),
      added,
      removed: [...before].filter((trait) => !covered.has(trait)).sort(),
      level: highestLevel(added),
    });
  }
  return differences.sort(
    (a, b) => rank(b.level) - rank(a.level) || byDanger(a.added[0] ?? '', b.added[0] ?? '') || (a.key < b.key ? -1 : 1),
  );
}

function rank(level: Level | undefined): number {
  return level === undefined ? -1 : severityOf(level);
}

export interface LockDifference {
  readonly key: string;
  /** `added` and `removed` are whole entries; an `updated` one moved to another version of the same package. */
  readonly change: 'added' | 'removed' | 'updated' | 'changed';
  readonly from: string | undefined;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly stateBefore: LearningState | undefined;
  readonly stateAfter: LearningState | undefined;
}

/** What changed from lock `a` to lock `b`, by entry, sorted. Empty when both hold the same. */
export function compareLocks(a: Lock, b: Lock): LockDifference[] {
  const [before, after] = [entriesOf(a), entriesOf(b)];
  const versions = versionsByName([...before.keys()].filter((key) => !after.has(key)));
  const replaced = new Set<string>();
  const differences: LockDifference[] = [];
  for (const key of [...after.keys()].sort()) {
    const now = after.get(key);
    const from = before.has(key) ? key : previousKey(key, versions);
    const was = from === undefined ? undefined : before.get(from);
    if (from !== undefined && from !== key) replaced.add(from);
    const [had, has] = [new Set(was?.traits), new Set(now?.traits)];
    const added = [...has].filter((trait) => !had.has(trait)).sort(byDanger);
    const removed = [...had].filter((trait) => !has.has(trait)).sort(byDanger);
    if (from === key && added.length === 0 && removed.length === 0 && was?.state === now?.state) continue;
    const change = from === undefined ? 'added' : from === key ? 'changed' : 'updated';
    differences.push({ key, change, from, added, removed, stateBefore: was?.state, stateAfter: now?.state });
  }
  for (const [key, was] of before) {
    if (after.has(key) || replaced.has(key)) continue;
    const removed = [...was.traits].sort(byDanger);
    const change = 'removed';
    differences.push({ key, change, from: key, added: [], removed, stateBefore: was.state, stateAfter: undefined });
  }
  return differences.sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0));
}
