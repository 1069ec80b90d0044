/** How baselines become one. All pure; see docs/lock-file.md for the rules in words. */
import { SafeMap } from '../primordials.ts';
import { collapse, hasTrait } from './collapse.ts';
import { learningProgress, type SessionTraits } from './learning-state.ts';
import { entriesOf, type LearningState, type Lock, type LockEntry, lockOf } from './lock-file.ts';
import { previousVersion, splitKey } from './versions.ts';

/**
 * Merges two locks: every trait of both. Associative, commutative and idempotent, so the order and the number of merges
 * do not matter.
 */
export function mergeLocks(a: Lock, b: Lock): Lock {
  const merged = entriesOf(a);
  for (const [key, entry] of entriesOf(b)) {
    const other = merged.get(key);
    merged.set(key, other === undefined ? normalEntry(entry) : mergeEntries(other, entry));
  }
  for (const [key, entry] of merged) merged.set(key, normalEntry(entry));
  return lockOf(merged);
}

function normalEntry(entry: LockEntry): LockEntry {
  return { state: entry.state, traits: collapse(entry.traits) };
}

/**
 * An entry is as stable as the most stable contributor that knew all of the union: a baseline that just met something
 * new in another one was not at its end. It is partial only when nobody ever saw it from process start.
 */
export function mergeEntries(a: LockEntry, b: LockEntry): LockEntry {
  const traits = collapse([...a.traits, ...b.traits]);
  const knowsAll = (entry: LockEntry) =>
    collapse(entry.traits).length === traits.length && covers(entry.traits, traits);
  if ((a.state === 'stable' && knowsAll(a)) || (b.state === 'stable' && knowsAll(b)))
    return { state: 'stable', traits };
  return { state: a.state === 'partial' && b.state === 'partial' ? 'partial' : 'learning', traits };
}

function covers(have: readonly string[], want: readonly string[]): boolean {
  const set = new Set(collapse(have));
  return want.every((trait) => set.has(trait));
}

/**
 * Merges two descendants of a common ancestor, as a git merge driver must: what one side removed stays removed unless
 * the other side changed it, what either added is there. Two sides that were both stable stay stable: each addition
 * was reviewed on its own branch.
 */
export function mergeThreeWay(base: Lock, ours: Lock, theirs: Lock): Lock {
  const [before, left, right] = [entriesOf(base), entriesOf(ours), entriesOf(theirs)];
  const merged = new Map<string, LockEntry>();
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [was, a, b] = [before.get(key), left.get(key), right.get(key)];
    const kept = a ?? b;
    if (a === undefined || b === undefined) {
      // Removed on one side: gone, unless the other side changed it after all.
      if (kept !== undefined && (was === undefined || !sameEntry(was, kept))) merged.set(key, normalEntry(kept));
      continue;
    }
    const known = new Set(was?.traits);
    const [inA, inB] = [new Set(a.traits), new Set(b.traits)];
    const traits = [...inA].filter((trait) => inB.has(trait) || !known.has(trait));
    for (const trait of inB) if (!inA.has(trait) && !known.has(trait)) traits.push(trait);
    const state =
      a.state === b.state
        ? a.state
        : was?.state === a.state
          ? b.state
          : was?.state === b.state
            ? a.state
            : mergeEntries(a, b).state;
    merged.set(key, { state, traits: collapse(traits) });
  }
  return lockOf(merged);
}

function sameEntry(a: LockEntry, b: LockEntry): boolean {
  return a.state === b.state && a.traits.length === b.traits.length && covers(a.traits, collapse(b.traits));
}

/** What one run, of any number of processes, saw. */
export interface Session {
  /** Sortable by time. */
  readonly id: string;
  /** By principal key. A principal that did nothing noteworthy is there with no traits. */
  readonly principals: ReadonlyMap<
    string,
    {
      readonly complete: boolean;
      readonly traits: ReadonlySet<string>;
      /** Those that were steps of an ALERT. */
      readonly disputed?: ReadonlySet<string>;
      /** Its lifecycle scripts that ran. */
      readonly scripts?: ReadonlySet<string>;
    }
  >;
}

export interface LearnedEntry {
  readonly key: string;
  /** Traits that its entry, or the entry of its previous version, did not cover; sorted. */
  readonly added: readonly string[];
  /** Those of `added` that were steps of an ALERT: learned like all others, but to be read first; sorted. */
  readonly disputed: readonly string[];
  /** Key of the previous version whose traits a new entry started from. */
  readonly previous: string | undefined;
  readonly isNew: boolean;
  readonly state: LearningState;
  readonly sessionsMissing: number;
  /** What is missing until the entry is stable, in words. */
  readonly missing: string;
}

/**
 * Teaches a lock what the `fresh` sessions saw. `known` are all sessions on record, fresh ones included; they decide how
 * far learning has come. A new version starts from what its previous version did, so that the difference is what a
 * reviewer sees. Without novelty the lock stays as it is.
 */
export function learnSessions(
  lock: Lock,
  fresh: readonly Session[],
  known: readonly Session[],
): { lock: Lock; learned: LearnedEntry[] } {
  const before = entriesOf(lock);
  const entries = new Map(before);
  const versions = versionsByName(before.keys());
  const history = historyByPrincipal(known);
  const seen = new Map<string, Set<string>>();
  const disputed = new Map<string, Set<string>>();
  for (const session of fresh) {
    for (const [key, { traits, disputed: held }] of session.principals) {
      const all = seen.get(key) ?? new Set();
      for (const trait of traits) all.add(trait);
      seen.set(key, all);
      for (const trait of held ?? []) disputed.set(key, (disputed.get(key) ?? new Set()).add(trait));
    }
  }
  const learned: LearnedEntry[] = [];
  for (const key of [...seen.keys()].sort()) {
    const observed = seen.get(key) as Set<string>;
    const progress = learningProgress(history.get(key) ?? []);
    const own = before.get(key);
    const previous = own === undefined ? previousKey(key, versions) : undefined;
    const start = own ?? (previous === undefined ? undefined : before.get(previous));
    const have = new Set(start?.traits);
    const added = [...observed].filter((trait) => !hasTrait(have, trait)).sort();
    const state = start === undefined || added.length > 0 ? progress.state : higher(start.state, progress.state);
    entries.set(key, { state, traits: collapse([...have, ...observed]) });
    const settled = state === 'stable';
    learned.push({
      key,
      added,
      disputed: added.filter((trait) => disputed.get(key)?.has(trait) === true),
      previous,
      isNew: own === undefined,
      state,
      sessionsMissing: settled ? 0 : progress.sessionsMissing,
      missing: settled ? '' : progress.missing,
    });
  }
  return { lock: lockOf(entries), learned };
}

const ORDER: Record<LearningState, number> = { partial: 0, learning: 1, stable: 2 };

function higher(a: LearningState, b: LearningState): LearningState {
  return ORDER[a] >= ORDER[b] ? a : b;
}

function historyByPrincipal(sessions: readonly Session[]): Map<string, SessionTraits[]> {
  const history = new Map<string, SessionTraits[]>();
  for (const { id, principals } of sessions) {
    for (const [key, { complete, traits }] of principals) {
      const list = history.get(key);
      if (list === undefined) history.set(key, [{ id, complete, traits }]);
      else list.push({ id, complete, traits });
    }
  }
  return history;
}

/** Versions on record by package name. */
export function versionsByName(keys: Iterable<string>): Map<string, string[]> {
  const versions = new SafeMap<string, string[]>();
  for (const key of keys) {
    const { name, version } = splitKey(key);
    if (version === '') continue;
    const list = versions.get(name);
    if (list === undefined) versions.set(name, [version]);
    else list.push(version);
  }
  return versions;
}

/** The key of the version that a package is held to when it has no entry of its own. */
export function previousKey(key: string, versions: ReadonlyMap<string, readonly string[]>): string | undefined {
  const { name, version } = splitKey(key);
  if (version === '') return undefined;
  const previous = previousVersion(version, versions.get(name) ?? []);
  return previous === undefined ? undefined : `${name}@${previous}`;
}

/** Several sessions as one, without their learning state: what a run did, to compare a lock with. */
export function unionOfSessions(sessions: readonly Session[]): Map<string, Set<string>> {
  const union = new Map<string, Set<string>>();
  for (const { principals } of sessions) {
    for (const [key, { traits }] of principals) {
      const all = union.get(key) ?? new Set<string>();
      for (const trait of traits) all.add(trait);
      union.set(key, all);
    }
  }
  return union;
}

/** A lock that holds exactly what sessions saw. */
export function lockOfSessions(sessions: readonly Session[]): Lock {
  return learnSessions(lockOf(new Map()), sessions, sessions).lock;
}
