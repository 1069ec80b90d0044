import type { Principal, Standing } from '../behavior.ts';
import { SafeMap, SafeSet } from '../primordials.ts';
import type { BaselineView } from '../voltage/baseline-view.ts';
import { hasTrait } from './collapse.ts';
import { entriesOf, type Lock, type LockEntry } from './lock-file.ts';
import { previousKey, versionsByName } from './merge.ts';

interface Entry {
  /** What the lock file has for this very version, or for the version it is compared with. */
  readonly locked: ReadonlySet<string>;
  readonly state: LockEntry['state'] | 'none';
  /** The version whose traits are used; the principal's own key when it has an entry. */
  readonly comparedWith: string | undefined;
  /** Seen and judged in this process; novelty is said once. */
  readonly learned: Set<string>;
}

/** Principals and, for each, traits remembered in this process; beyond it nothing more is learned. */
const MAX_PRINCIPALS = 10_000;
const MAX_LEARNED = 2_000;
/* Memory of what was learned, all principals together; a package that invents traits must not grow it without bound. */
const MAX_LEARNED_IN_ALL = 200_000;

/**
 * What every principal is known to do. A version is never learned from itself: without an entry of its own it is held
 * to the newest older version of the same package, and what it does more is novel.
 */
export class Baseline {
  private readonly entries = new SafeMap<string, Entry>();
  private readonly locked: ReadonlyMap<string, LockEntry>;
  /* Only a version without an entry of its own asks for others: most processes never sort ten thousand names. */
  private versions: ReadonlyMap<string, readonly string[]> | undefined;
  private learnedInAll = 0;
  private readonly isAllowed: (principal: Principal, trait: string) => boolean;
  /** False on first contact: there is no lock file at all. */
  readonly hasLock: boolean;

  constructor(lock: Lock | undefined, isAllowed: (principal: Principal, trait: string) => boolean = () => false) {
    this.isAllowed = isAllowed;
    this.hasLock = lock !== undefined;
    this.locked = lock === undefined ? new SafeMap() : entriesOf(lock);
  }

  standing(principal: Principal, trait: string): Standing {
    const entry = this.entryOf(principal);
    if (entry.learned.has(trait) || hasTrait(entry.locked, trait)) return 'known';
    if (this.isAllowed(principal, trait)) return 'known';
    return entry.state === 'stable' ? 'novel' : 'unbaselined';
  }

  /** From now on, in this process, the trait is known. */
  learn(principal: Principal, trait: string): void {
    const { learned } = this.entryOf(principal);
    if (learned.size >= MAX_LEARNED || this.learnedInAll >= MAX_LEARNED_IN_ALL || learned.has(trait)) return;
    learned.add(trait);
    this.learnedInAll++;
  }

  /** The lock file has the trait, or (without one) an entry for this very version. */
  isLocked(principal: Principal, trait: string | undefined): boolean {
    const entry = this.entryOf(principal);
    return trait === undefined ? entry.comparedWith === principal.key : hasTrait(entry.locked, trait);
  }

  /** How many traits a principal's baseline has; 0 without one. */
  size(principal: Principal): number {
    return this.entryOf(principal).locked.size;
  }

  state(principal: Principal): Entry['state'] {
    return this.entryOf(principal).state;
  }

  /**
   * Whether its code is what the lock file knows: `same`, this very version has shown all it does; `changed`, the lock file
   * knows another version of it, or none. `undefined` where nothing can be told.
   */
  codeOf(principal: Principal): 'same' | 'changed' | undefined {
    if (!this.hasLock || principal.kind !== 'package') return undefined;
    const { comparedWith, state } = this.entryOf(principal);
    if (comparedWith !== principal.key) return 'changed';
    return state === 'stable' ? 'same' : undefined;
  }

  /** What a principal is held to, for voltage and drift; `undefined` at first contact. */
  view(principal: Principal): BaselineView | undefined {
    const { state, locked, comparedWith } = this.entryOf(principal);
    return state === 'none' ? undefined : { state, traits: locked, ofOlderVersion: comparedWith !== principal.key };
  }

  /** What the baseline says of a principal, in words. */
  describe(principal: Principal): string {
    const entry = this.entryOf(principal);
    if (!this.hasLock) return 'no lock file: first contact';
    if (entry.comparedWith === undefined) return `${principal.key} has no entry in the lock file`;
    const traits = `${entry.locked.size} trait${entry.locked.size === 1 ? '' : 's'}, ${entry.state}`;
    return entry.comparedWith === principal.key
      ? `${principal.key}: ${traits}`
      : `${principal.key} is new, compared with ${entry.comparedWith}: ${traits}`;
  }

  /** Traits by principal: the lock file's, and what this process learned on top. */
  snapshot(): Record<string, { state: string; traits: string[]; learned: string[] }> {
    const all: Record<string, { state: string; traits: string[]; learned: string[] }> = {};
    this.locked.forEach((entry, key) => {
      all[key] = { state: entry.state, traits: [...entry.traits], learned: [] };
    });
    this.entries.forEach((entry, key) => {
      const learned: string[] = [];
      entry.learned.forEach((trait) => {
        learned.push(trait);
      });
      const locked = all[key];
      if (locked !== undefined) locked.learned = learned.sort();
      else if (learned.length > 0) all[key] = { state: 'learning', traits: [], learned: learned.sort() };
    });
    return all;
  }

  private entryOf(principal: Principal): Entry {
    let entry = this.entries.get(principal.key);
    if (entry === undefined) {
      entry = this.makeEntry(principal);
      if (this.entries.size < MAX_PRINCIPALS) this.entries.set(principal.key, entry);
    }
    return entry;
  }

  private previous(key: string): string | undefined {
    this.versions ??= versionsByName(this.locked.keys());
    return previousKey(key, this.versions);
  }

  private makeEntry(principal: Principal): Entry {
    const key = this.locked.has(principal.key) ? principal.key : this.previous(principal.key);
    const source = key === undefined ? undefined : this.locked.get(key);
    const locked = new SafeSet<string>();
    if (source !== undefined) for (let i = 0; i < source.traits.length; i++) locked.add(source.traits[i] as string);
    return { locked, state: source?.state ?? 'none', comparedWith: key, learned: new SafeSet<string>() };
  }
}
