/** Every `*.ts` beside this one is a family. */
import { readdirSync } from 'node:fs';
import type { Incident } from '../harness/types.ts';

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .sort();

export const incidents: readonly Incident[] = await Promise.all(
  files.map(async (file) => (await import(`./${file}`)).incident as Incident),
);
