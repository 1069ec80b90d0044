/** What one call costs more: against the bare call, an empty wrapper and the official instrumentation of fs. */
import { join } from 'node:path';
import { Installed, type Pins } from './detection/harness/cache.ts';
import { nodeOf, versionOf } from './nodes.ts';
import {
  differences,
  median,
  output,
  PRELOADS,
  type Row,
  ratios,
  type Settings,
  subject,
  type Table,
  takeTurns,
} from './paired.ts';

interface Batches {
  /** Microseconds a call, batch by batch. */
  readonly bare: number[];
  readonly patched: number[];
}
const NOVEL = 'readFileSync, each file once';

export async function benchFs({ quick }: Settings): Promise<Table[]> {
  const read = async (variant: string): Promise<Record<string, Batches>> =>
    JSON.parse(await output([subject('fs-calls.cjs'), variant, quick ? '60' : '300']));
  const ours = await read('diogenesis');
  const official = await read('official');
  const floor = await read('floor');
  const rows: Row[] = [];
  for (const [name, batches] of Object.entries(ours)) {
    const added = differences(batches.patched, batches.bare);
    const theirs = differencesOf(official[name]);
    const micro = { unit: 'µs', digits: 3 };
    rows.push({ label: `fs.${name}: bare`, values: batches.bare, ...micro });
    rows.push({ label: `fs.${name}: added`, values: added, ...micro, atMost: name === NOVEL ? 25 : limitOf(name) });
    rows.push({ label: `fs.${name}: added by an empty wrapper`, values: differencesOf(floor[name]), ...micro });
    rows.push({ label: `fs.${name}: added by instrumentation-fs`, values: theirs, ...micro });
    if (name === NOVEL) {
      const values = [median(added) / median(batches.bare)];
      rows.push({ label: `fs.${name}: added / bare`, values, unit: '×', digits: 1 });
    }
    if (name in LIMITED) {
      const values = [median(added) / median(theirs)];
      rows.push({ label: `fs.${name}: ours / instrumentation-fs`, values, unit: '×', digits: 2, atMost: 0.2 });
    }
  }
  return [{ title: 'Added to one file call', rows }];
}

const LIMITED = { statSync: 0.35, existsSync: 0.35, readFileSync: 0.35, readdirSync: 0.35 };
/* Two calls, and calls that end on another turn, are not held to the target of one. */
const limitOf = (name: string): number => LIMITED[name as keyof typeof LIMITED] ?? (name.includes('+') ? 0.7 : 10);
const differencesOf = (batches: Batches | undefined): number[] =>
  batches === undefined ? [] : differences(batches.patched, batches.bare);

/* The least that can be seen of these calls: Node's own channels, counted; and the official instrumentations of them. */
const OFFICIAL: Pins = {
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/instrumentation-net': '0.68.0',
  '@opentelemetry/instrumentation-dns': '0.67.0',
  '@opentelemetry/instrumentation-undici': '0.34.0',
};

export async function benchCalls({ quick }: Settings): Promise<Table[]> {
  const official = { NODE_PATH: join(Installed.install('official', OFFICIAL).folder, 'node_modules') };
  const variants = {
    bare: { preload: PRELOADS.bare, env: {} },
    ours: { preload: PRELOADS.diogenesis, env: {} },
    channels: { preload: ['--require', subject('channels.cjs')], env: {} },
    official: { preload: ['--require', subject('official-net.cjs')], env: official },
  };
  type Variant = keyof typeof variants;
  const reports = await takeTurns(
    quick ? 2 : 7,
    Object.keys(variants) as Variant[],
    async (name): Promise<Record<string, number>> =>
      JSON.parse(await output([...variants[name].preload, subject('other-calls.cjs')], variants[name].env)),
  );
  const rows: Row[] = [];
  for (const name of Object.keys(reports.bare[0] ?? {})) {
    const of = (variant: Variant) => reports[variant].map((report) => report[name] ?? Number.NaN);
    rows.push({ label: `${name}: bare`, values: of('bare'), unit: 'µs', digits: 1 });
    for (const [variant, label] of [
      ['ours', 'with / without'],
      ['channels', 'Node’s channels, counted / without'],
      ['official', 'official instrumentations / without'],
    ] as const) {
      rows.push({ label: `${name}: ${label}`, values: ratios(of(variant), of('bare')), unit: '×', digits: 2 });
    }
  }
  return [{ title: 'Other calls, in fresh processes', rows }];
}

/** The same call in every mode, within spans, and on every supported Node. */
export async function benchModes({ quick }: Settings): Promise<Table[]> {
  const rounds = quick ? '60' : '300';
  const modes: Row[] = [];
  for (const use of [
    'learn',
    'block',
    'capture all',
    'in a recorded span',
    'in a sampled span',
    'in a sampled span, capture all',
  ]) {
    const report: Record<string, Batches> = JSON.parse(await output([subject('fs-calls.cjs'), use, rounds, 'few']));
    modes.push(...addedRows(use, report));
  }
  const versions: Row[] = [];
  for (const major of ['22', '24', '26']) {
    const node = nodeOf(major);
    const text = await output([subject('fs-calls.cjs'), 'diogenesis', rounds, 'few'], {}, undefined, node);
    versions.push(...addedRows(`Node ${versionOf(node)}`, JSON.parse(text)));
  }
  return [
    { title: 'Added to one file call, by mode and by span', rows: modes },
    { title: 'Added to one file call, by version of Node', rows: versions },
  ];
}

const addedRows = (label: string, report: Record<string, Batches>): Row[] =>
  Object.entries(report).map(([name, { bare, patched }]) => ({
    label: `${label}: ${name}`,
    values: differences(patched, bare),
    unit: 'µs',
    digits: 2,
  }));

/** What a monitor in JavaScript cannot do without, and how many times that much we take. */
export async function benchFloors({ quick }: Settings): Promise<Table[]> {
  const floors: Record<string, number[]> = JSON.parse(await output([subject('floors.cjs'), quick ? '10' : '50']));
  const ours = await output([subject('fs-calls.cjs'), 'diogenesis', quick ? '60' : '300', 'few']);
  const { readFileSync: known, [NOVEL]: fresh } = JSON.parse(ours) as Record<string, Batches>;
  const of = (name: string) => median(floors[name] ?? []);
  const least = of('an empty wrapper') + of('one look-up in a Map of strings');
  const walk = of('the stack, 27 frames, by getCallSites');
  const rows: Row[] = Object.entries(floors).map(([label, values]) => ({ label, values, unit: 'µs', digits: 3 }));
  rows.push({
    label: 'a known file call: ours / (wrapper and look-up)',
    values: [median(differencesOf(known)) / least],
    unit: '×',
    digits: 1,
  });
  rows.push({
    label: 'a new file call: ours / one getCallSites',
    values: [median(differencesOf(fresh)) / walk],
    unit: '×',
    digits: 1,
  });
  return [{ title: 'The floor, and how far from it we are', rows }];
}
