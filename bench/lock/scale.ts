/** How long a lock of 10,000 packages takes to load, and whether matching depends on its size. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockOf, serializeLock } from '../../src/baseline/lock-file.ts';
import { output, ratios, type Table } from '../paired.ts';
import { entries } from './subjects/lock.ts';

const PACKAGES = 10_000;
const TRAITS = 100;
const subject = (name: string) => join(import.meta.dirname, 'subjects', name);

export async function scale(rounds: number): Promise<Table[]> {
  return [await loading(rounds), await matching()];
}

async function loading(rounds: number): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'diogenesis-lock-'));
  try {
    const file = join(folder, 'diogenesis.lock.json');
    const text = serializeLock(lockOf(entries(PACKAGES, TRAITS)));
    writeFileSync(file, text);
    const runs: { read: number; all: number; cpu: number; megabytes: number; packages: number }[] = [];
    for (let round = 0; round < rounds; round++)
      runs.push(JSON.parse(await output(['--expose-gc', subject('load.ts'), file])));
    if (runs.some(({ packages }) => packages !== PACKAGES)) throw new Error('not all packages were read');
    return {
      title: `A lock of ${PACKAGES.toLocaleString('en')} packages with ${TRAITS} traits each (${(text.length / 1e6).toFixed(0)} MB), in a fresh process`,
      rows: [
        { label: 'reading and parsing', values: runs.map(({ read }) => read), unit: 'ms', digits: 0 },
        {
          label: 'until the first act can be judged',
          values: runs.map(({ all }) => all),
          unit: 'ms',
          digits: 0,
          atMost: 300,
        },
        // What else runs on the machine makes the clock go on; the work is the same.
        { label: 'the same, processor time', values: runs.map(({ cpu }) => cpu), unit: 'ms', digits: 0, atMost: 300 },
        { label: 'heap', values: runs.map(({ megabytes }) => megabytes), unit: 'MB', digits: 0 },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function matching(): Promise<Table> {
  const results: { packages: number; active: number; first: number; rounds: number[] }[] = JSON.parse(
    await output(['--max-old-space-size=4096', subject('match.ts'), '200000']),
  );
  const few = results[0]?.rounds ?? [];
  const rows = results.map(({ packages, active, rounds }) => ({
    label: `${packages.toLocaleString('en')} packages, ${active.toLocaleString('en')} at work`,
    values: rounds,
    unit: 'ns',
    digits: 0,
  }));
  const [many, quiet] = results.slice(-2);
  return {
    title: 'Matching one event against the lock',
    rows: [
      ...rows,
      { label: '10,000 packages / 10, all at work', values: ratios(many?.rounds ?? [], few), unit: '×', digits: 2 },
      {
        label: '10,000 packages / 10, ten at work',
        values: ratios(quiet?.rounds ?? [], few),
        unit: '×',
        digits: 2,
        atMost: 1.2,
      },
      {
        label: 'first event of a package, once a process',
        values: results.map(({ first }) => first / 1000),
        unit: 'µs',
        digits: 1,
      },
    ],
  };
}
