/**
 * Every `*.ts` beside this one is a family of the first set, or of agents where its name says so; those of
 * hold-out/incidents were written by somebody else.
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

export const incidents: readonly Incident[] = [
  ...(await load(import.meta.dirname, (file) => (file.startsWith('agent-') ? 'agents' : 'first'))),
  ...(await load(join(import.meta.dirname, '../hold-out/incidents'), () => 'hold-out')),
];
