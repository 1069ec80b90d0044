/**
 * What simpler detectors would make of a run: its acts, as the processes wrote them down, against the lock of the run.
 * They get exactly what Diogenesis got.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { roleOf } from '../../../src/classification/roles.ts';
import { eventsOf, FULL_EVIDENCE, increment, pValue, unseenMass } from '../../../src/voltage/evidence.ts';
import { NOVELTY, type NoveltyClass, noveltyClassOfTrait } from '../../../src/voltage/novelty-class.ts';
import { nameOf } from './score.ts';
import type { Recorded } from './types.ts';

/** Package key and trait, in the order in which they were written. */
export type Note = readonly [key: string, trait: string];

interface LockEntry {
  readonly state: 'learning' | 'stable' | 'partial';
  readonly traits: readonly string[];
}
export type Lock = Readonly<Record<string, LockEntry>>;

export function readNotes(app: string): Note[] {
  const runs = join(app, '.diogenesis/runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .flatMap((file) => readFileSync(join(runs, file), 'utf8').split('\n'))
    .flatMap((line): Note[] => {
      try {
        const note = JSON.parse(line);
        return Array.isArray(note) && typeof note[1] === 'string' && note[2] !== 'disputed' ? [[note[0], note[1]]] : [];
      } catch {
        return [];
      }
    });
}

export function readLock(app: string): Lock | undefined {
  const file = join(app, 'diogenesis.lock.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** `fs.read:x` → `fs.read`; the granularity of capability lists. Importing is none: without use it does nothing. */
function capabilityOf(trait: string): string | undefined {
  const capability = trait.slice(0, trait.indexOf(':'));
  return capability.startsWith('import') ? undefined : capability;
}

/** Pure. A package is held to whatever the lock has for its name, whichever the version. */
export function compareWithLock(notes: readonly Note[], lock: Lock): Recorded {
  const known = new Map<string, { traits: Set<string>; capabilities: Set<string>; state: LockEntry['state'] }>();
  for (const [key, { traits, state }] of Object.entries(lock)) {
    const entry = known.get(nameOf(key)) ?? { traits: new Set(), capabilities: new Set(), state };
    for (const trait of traits) {
      entry.traits.add(trait);
      const capability = capabilityOf(trait);
      if (capability !== undefined) entry.capabilities.add(capability);
    }
    known.set(nameOf(key), entry);
  }
  const novel = new Set<string>();
  const capability = new Set<string>();
  const evidence = new Map<string, { nats: number; perClass: Map<NoveltyClass, number>; seen: Set<string> }>();
  for (const [key, trait] of notes) {
    const name = nameOf(key);
    const entry = known.get(name);
    if (entry?.traits.has(trait)) continue;
    novel.add(key);
    const used = capabilityOf(trait);
    if (used !== undefined && !entry?.capabilities.has(used)) capability.add(key);
    // Well-known packages by role are excused by Diogenesis as well; rules need more than the trait to tell.
    if (roleOf(name) !== undefined) continue;
    const state = evidence.get(key) ?? { nats: 0, perClass: new Map(), seen: new Set<string>() };
    evidence.set(key, state);
    if (state.seen.has(trait)) continue;
    state.seen.add(trait);
    const kind = noveltyClassOfTrait(trait);
    const before = state.perClass.get(kind) ?? 0;
    state.perClass.set(kind, before + 1);
    const traits = entry?.traits ?? new Set<string>();
    const isFirst = before === 0 && ![...traits].some((one) => noveltyClassOfTrait(one) === kind);
    const unseen =
      entry === undefined
        ? unseenMass(1, 1, false)
        : unseenMass(Math.max(1, eventsOf(entry.state, traits.size)), traits.size, true);
    state.nats += increment(pValue(unseen, NOVELTY[kind], isFirst)) * NOVELTY[kind].again ** before;
  }
  const voltage = [...evidence].filter(([, { nats }]) => nats > FULL_EVIDENCE / 2).map(([key]) => key);
  return { novel: [...novel].sort(), capability: [...capability].sort(), voltage: voltage.sort() };
}

export function recordedIn(app: string): Recorded | undefined {
  const lock = readLock(app);
  return lock === undefined ? undefined : compareWithLock(readNotes(app), lock);
}
