/** What one call costs more: against the bare call, an empty wrapper and the official instrumentation of fs. */
import {
  ALL_PRELOADS,
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

export async function benchCalls({ quick }: Settings): Promise<Table[]> {
  const variants = ALL_PRELOADS.filter((preload) => preload === 'bare' || preload === 'diogenesis');
  const reports = await takeTurns(
    quick ? 2 : 7,
    variants,
    async (preload): Promise<Record<string, number>> =>
      JSON.parse(await output([...PRELOADS[preload], subject('other-calls.cjs')])),
  );
  const rows: Row[] = [];
  for (const name of Object.keys(reports.bare[0] ?? {})) {
    const bare = reports.bare.map((report) => report[name] ?? Number.NaN);
    const ours = reports.diogenesis.map((report) => report[name] ?? Number.NaN);
    rows.push({ label: `${name}: bare`, values: bare, unit: 'µs', digits: 1 });
    rows.push({ label: `${name}: with / without`, values: ratios(ours, bare), unit: '×', digits: 2 });
  }
  return [{ title: 'Other calls, in fresh processes', rows }];
}
