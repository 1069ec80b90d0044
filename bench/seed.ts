/** The Python SDK that this began as, on the same operations. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from './detection/harness/cache.ts';
import { differences, median, output, type Row, type Settings, subject, type Table } from './paired.ts';

const VERSION = '0.2.1';
type Report = Readonly<Record<string, { readonly bare: number[]; readonly patched: number[] }>>;

export async function benchSeed({ quick }: Settings): Promise<Table[]> {
  const folder = install();
  if (folder === undefined) return [];
  const rounds = quick ? '11' : '101';
  const theirs: Report = JSON.parse(
    execFileSync('python3', [subject('seed-calls.py'), folder, rounds], { encoding: 'utf8' }),
  );
  const ours: Report = JSON.parse(await output([subject('seed-calls.cjs'), rounds]));
  const rows: Row[] = [];
  for (const [name, { bare, patched }] of Object.entries(ours)) {
    const python = theirs[name];
    if (python === undefined) throw new Error(`the Python SDK was not measured on "${name}"`);
    const added = differences(patched, bare);
    const addedByPython = differences(python.patched, python.bare);
    rows.push({ label: `${name}: added by the Python SDK`, values: addedByPython, unit: 'µs', digits: 3 });
    rows.push({ label: `${name}: added here`, values: added, unit: 'µs', digits: 3 });
    const values = [median(addedByPython) / median(added)];
    rows.push({ label: `${name}: Python SDK / here`, values, unit: '×', digits: 1, atLeast: 10 });
  }
  return [{ title: `The Python SDK ${VERSION} on the same operations`, rows }];
}

/** Where the SDK lies, installed once; `undefined`, with a line that says why, where there is no Python. */
function install(): string | undefined {
  const folder = join(cache, `diogenesis-sdk-${VERSION}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', fresh, `diogenesis-sdk==${VERSION}`];
  const { status, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
  if (status !== 0) {
    const why = stderr?.trim().split('\n').pop() ?? 'no python3';
    process.stderr.write(`skipped: the Python SDK cannot be installed (${why})\n`);
    rmSync(fresh, { recursive: true, force: true });
    return undefined;
  }
  renameSync(fresh, folder);
  return folder;
}
