/**
 * Every `*.ts` beside this one is a family of the first set, or of agents where its name says so; those of
 * hold-out/incidents, hold-out/incidents-2 and hold-out/incidents-3 were written by somebody else.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Incident, IncidentSet } from '../harness/types.ts';

async function load(folder: string, set: (file: string) => IncidentSet): Promise<Incident[]> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .sort();
  return await Promise.all(
    files.map(async (file) => ({ ...(await import(join(folder, file))).incident, set: set(file) })),
  );
}

const secondHoldOut = await load(join(import.meta.dirname, '../hold-out/incidents-2'), () => 'hold-out');
const thirdHoldOut = await load(join(import.meta.dirname, '../hold-out/incidents-3'), () => 'hold-out');
const namesOf = (families: readonly Incident[]): ReadonlySet<string> => new Set(families.map(({ name }) => name));

/** The latest of the hold-outs, told apart from the others. */
export const ofThirdHoldOut = namesOf(thirdHoldOut);
const ofSecondHoldOut = namesOf(secondHoldOut);

/** Families that are not crossed with the shapes of evasion: that alone would be a third of a run. */
export const isNotCrossed = (name: string): boolean => ofSecondHoldOut.has(name) || ofThirdHoldOut.has(name);

export const incidents: readonly Incident[] = [
  ...(await load(import.meta.dirname, (file) => (file.startsWith('agent-') ? 'agents' : 'first'))),
  ...(await load(join(import.meta.dirname, '../hold-out/incidents'), () => 'hold-out')),
  ...secondHoldOut,
  ...thirdHoldOut,
];
