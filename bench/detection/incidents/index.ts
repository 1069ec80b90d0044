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

const thirdHoldOut = await load(join(import.meta.dirname, '../hold-out/incidents-3'), () => 'hold-out');

/** The latest of the hold-outs, told apart from the others. */
export const ofThirdHoldOut: ReadonlySet<string> = new Set(thirdHoldOut.map(({ name }) => name));

export const incidents: readonly Incident[] = [
  ...(await load(import.meta.dirname, (file) => (file.startsWith('agent-') ? 'agents' : 'first'))),
  ...(await load(join(import.meta.dirname, '../hold-out/incidents'), () => 'hold-out')),
  ...(await load(join(import.meta.dirname, '../hold-out/incidents-2'), () => 'hold-out')),
  ...thirdHoldOut,
];
