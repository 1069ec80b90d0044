/** Where the time of a file call goes, by V8's own profile of the sources: the functions that cost most. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output, type Row, root, type Settings, subject, type Table } from './paired.ts';

/* As many functions as make up most of the time; the rest is one row. */
const SHOWN = 14;

/** What each part of the sources is for, by the beginning of its path. */
const BUYS: readonly (readonly [path: string, what: string])[] = [
  ['src/attribution/call-sites.ts', 'who acts: the stack'],
  ['src/attribution/', 'who acts: packages, chains, origins of asynchronous work'],
  ['src/agents/', 'which tool of an agent it is part of'],
  ['src/classification/', 'what the target means, and its place in the lock file'],
  ['src/baseline/', 'whether the lock file has it'],
  ['src/voltage/', 'how far from the expected, and who uses what'],
  ['src/threats/', 'the patterns'],
  ['src/response/', 'findings'],
  ['src/telemetry/', 'spans'],
  ['src/habituation.ts', 'whether it is known already'],
  ['src/primordials.ts', 'functions of JavaScript that nobody can replace'],
  ['instrumentations/', 'the sense: arguments of the call, and the call itself'],
  ['src/', 'the way from the sense to the finding'],
];

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export async function benchProfile({ quick }: Settings): Promise<Table[]> {
  const tables: Table[] = [];
  for (const [how, title] of [
    ['new', 'Profile of new file calls'],
    ['known', 'Profile of known file calls'],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'diogenesis-profile-'));
    try {
      const options = ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', folder];
      await output([...options, subject('profiled.ts'), how, quick ? '20000' : '200000']);
      const [name] = readdirSync(folder);
      tables.push({ title, rows: rowsOf(JSON.parse(readFileSync(join(folder, name as string), 'utf8'))) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return tables;
}

function rowsOf({ nodes, samples, timeDeltas }: Profile): Row[] {
  // A node comes before those beneath it. The start of the process is another matter.
  const measured = new Set<number>();
  for (const { id, callFrame, children = [] } of nodes) {
    if (callFrame.functionName === 'measured') measured.add(id);
    if (measured.has(id)) for (const child of children) measured.add(child);
  }
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let whole = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id);
    const time = timeDeltas[index] ?? 0;
    if (name === undefined || !measured.has(id)) continue;
    whole += time;
    times.set(name, (times.get(name) ?? 0) + time);
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a);
  const row = (label: string, time: number): Row => ({ label, values: [(100 * time) / whole], unit: '%', digits: 1 });
  const rest = sorted.slice(SHOWN);
  return [
    ...sorted.slice(0, SHOWN).map(([label, time]) => row(label, time)),
    row(
      `${rest.length} others`,
      rest.reduce((sum, [, time]) => sum + time, 0),
    ),
  ];
}

function nameOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  if (!url.startsWith('file:')) return `\`${functionName || 'anonymous'}\` of Node`;
  const path = fileURLToPath(url).slice(root.length + 1);
  const what = BUYS.find(([beginning]) => path.startsWith(beginning))?.[1];
  return `\`${functionName || 'anonymous'}\` (${path})${what === undefined ? '' : `: ${what}`}`;
}
