/**
 * Every `*.ts` beside this one is a family of the first set, or of agents where its name says so; those of
 * hold-out/incidents and hold-out/incidents-2 were written by somebody else.
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
const ofSecondHoldOut: ReadonlySet<string> = new Set(secondHoldOut.map(({ name }) => name));

/** Families that are not crossed with the shapes of evasion: that alone would be a third of a run. */
export const isNotCrossed = (name: string): boolean => ofSecondHoldOut.has(name);

export const incidents: readonly Incident[] = [
  ...(await load(import.meta.dirname, (file) => (file.startsWith('agent-') ? 'agents' : 'first'))),
  ...(await load(join(import.meta.dirname, '../hold-out/incidents'), () => 'hold-out')),
  ...secondHoldOut,
];
