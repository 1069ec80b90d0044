import type { Sense } from './behavior.ts';
import { MathMin, SafeMap } from './primordials.ts';

interface Entry {
  /** Bit set of the operations that were attributed and found harmless on this key. */
  mask: number;
  /** Events since the entry was made. */
  count: number;
  /** At this count an event is attributed again. */
  recheck: number;
}

/*
 * A known key is attributed again at its 16th, 32nd, 64th … event and from the 1024th on at every 1024th, so that a new
 * caller is noticed who goes on with it. Looking at a stack costs some 200 times what counting does: at every 256th it was
 * half of what a known event costs. Only low-risk acts come here at all.
 */
const FIRST_RECHECK = 16;
const MAX_INTERVAL = 1_024;

const tables: Habituation[] = [];
let routines = new SafeMap<string, number>();
/** Milliseconds for which what was found ordinary is believed to be so still. */
const ROUTINE = 2_000;
const MAX_ROUTINES = 2_048;

/** Forgets everything every sense got used to: the baseline, the mode or the patterns changed. */
export function forgetHabits(): void {
  for (let i = 0; i < tables.length; i++) tables[i]?.clear();
  forgetRoutines();
}

/**
 * Acts that are always attributed, because who does them is all that matters (a connection), need not be weighed each
 * time as well: the same act of the same chain was found ordinary a moment ago. No longer than that, so that what the
 * patterns remember of it stays up to date; and nothing remarkable has happened since, which may give it another meaning.
 */
export function isRoutine(key: string, time: number): boolean {
  const until = routines.get(key);
  // A clock that was set back must not make it last.
  return until !== undefined && time < until && until - time <= ROUTINE;
}

/** The act was weighed, and found ordinary. */
export function addRoutine(key: string, time: number): void {
  if (alwaysAttribute) return;
  if (routines.size >= MAX_ROUTINES) routines = new SafeMap();
  routines.set(key, time + ROUTINE);
}

/** Something remarkable has happened. */
export function forgetRoutines(): void {
  if (routines.size > 0) routines = new SafeMap();
}

/** Events that were only counted, since the start of the process: of one sense, or of all. */
export function habituatedEvents(sense?: Sense): number {
  let sum = 0;
  for (let i = 0; i < tables.length; i++) {
    const table = tables[i] as Habituation;
    if (sense === undefined || table.sense === sense) sum += table.counted;
  }
  return sum;
}

let alwaysAttribute = false;

/** While true, nothing is habituated: every act is attributed, so that learning does not depend on chance. */
export function setAlwaysAttribute(on: boolean): void {
  alwaysAttribute = on;
  forgetHabits();
}

/**
 * Remembers what needs no more than counting. The only code that runs for 99.9 % of all events, so it allocates
 * nothing when it knows the key. Memory is bounded by two generations of `capacity` entries: the older one is dropped
 * whole when the newer one is full.
 */
export class Habituation {
  /** Events that were only counted, since the start of the process. */
  counted = 0;
  private recent = new SafeMap<string, Entry>();
  private older = new SafeMap<string, Entry>();
  readonly sense: Sense;
  private readonly capacity: number;

  constructor(sense: Sense, capacity = 4096) {
    this.sense = sense;
    this.capacity = capacity;
    tables[tables.length] = this;
  }

  /**
   * True when the event only needs counting, which has then been done.
   * Now and then a known key answers false, so that the event is attributed again.
   */
  met(key: string, bit: number): boolean {
    let entry = this.recent.get(key);
    if (entry === undefined) {
      entry = this.older.get(key);
      if (entry === undefined) return false;
      this.insert(key, entry);
    }
    if ((entry.mask & bit) === 0) return false;
    if (++entry.count === entry.recheck) {
      entry.recheck += MathMin(entry.count, MAX_INTERVAL);
      return false;
    }
    this.counted++;
    return true;
  }

  /** From now on, this operation on this key only needs counting. */
  admit(key: string, bit: number): void {
    if (alwaysAttribute) return;
    const entry = this.recent.get(key) ?? this.older.get(key);
    if (entry !== undefined) entry.mask |= bit;
    else this.insert(key, { mask: bit, count: 0, recheck: FIRST_RECHECK });
  }

  /** The key means something else from now on: every operation on it is worth a look again. */
  forget(key: string): void {
    this.recent.delete(key);
    this.older.delete(key);
  }

  clear(): void {
    this.recent.clear();
    this.older.clear();
  }

  private insert(key: string, entry: Entry): void {
    if (this.recent.size >= this.capacity) {
      this.older = this.recent;
      this.recent = new SafeMap();
    }
    this.recent.set(key, entry);
  }
}
