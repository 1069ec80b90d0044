/** The added cost of a habituated file call, against the bare call and against the official fs instrumentation. */
import { join } from 'node:path';
import { median, output, ratios, root, row, title } from './paired.ts';

interface Batches {
  /** Microseconds a call, batch by batch. */
  readonly bare: number[];
  readonly patched: number[];
}
type Report = Record<'statSync' | 'readFileSync', Batches>;

const subject = join(root, 'bench/subjects/fs-calls.cjs');

export async function benchFs(rounds = 600): Promise<void> {
  const read = async (variant: string): Promise<Report> => JSON.parse(await output([subject, variant, String(rounds)]));
  const ours = await read('diogenesis');
  const official = await read('instrumentation-fs');
  for (const name of ['statSync', 'readFileSync'] as const) {
    title(`fs.${name} of a file that is known by now (target: ≤ 0.35 µs added, ≤ 0.2 of the official instrumentation)`);
    const added = differences(ours[name]);
    const theirs = differences(official[name]);
    row('bare', ours[name].bare, 3, 'µs');
    row('added by diogenesis-otel', added, 3, 'µs');
    row('added by @opentelemetry/instrumentation-fs', theirs, 3, 'µs');
    row('with diogenesis-otel / bare', ratios(ours[name].patched, ours[name].bare), 3, '×');
    row('added, ours / official', [median(added) / median(theirs)], 3, '×');
  }
}

const differences = ({ bare, patched }: Batches): number[] => patched.map((value, round) => value - (bare[round] ?? 0));
