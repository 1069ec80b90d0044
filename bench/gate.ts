/**
 * Bounds that twice the cost of today would break, and that a busy machine does not: far from the targets, which
 * docs/performance.md is for. A regression that matters shows in ratios of whole runs, so only ratios are here, and the
 * microseconds of the calls that are made most.
 */
import { median, type Table } from './paired.ts';

type Bound = { readonly atMost: number } | { readonly atLeast: number };

const BOUNDS: Readonly<Record<string, Bound>> = {
  'fs.statSync: added': { atMost: 0.7 },
  'fs.readFileSync: added': { atMost: 0.9 },
  'fs.statSync: ours / instrumentation-fs': { atMost: 0.3 },
  'fs.readFileSync, each file once: added': { atMost: 80 },
  'CommonJS: --require / bare, processor time': { atMost: 1.5 },
  'CommonJS: SDK with Diogenesis / SDK, processor time': { atMost: 1.7 },
  'Diogenesis / bare': { atLeast: 0.85 },
  'both / OpenTelemetry http': { atLeast: 0.85 },
  '10,000 / 10 packages': { atMost: 4.5 },
  'added, after all of them': { atMost: 24 },
};

/**
 * A line for every bound that is broken, or that nothing was measured for, by the label of its row. Where a row was
 * measured several times, the best counts: what a busy machine adds comes and goes, what we cost stays.
 */
export function exceeded(tables: readonly Table[]): Map<string, string> {
  const lines = new Map<string, string>();
  const rows = tables.flatMap((table) => table.rows);
  for (const [label, bound] of Object.entries(BOUNDS)) {
    const values = rows.filter((row) => row.label === label).map((row) => median(row.values));
    const best = 'atMost' in bound ? Math.min(...values) : Math.max(...values);
    const isMet = values.length > 0 && ('atMost' in bound ? best <= bound.atMost : best >= bound.atLeast);
    const limit = 'atMost' in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
    const what = values.length > 0 ? best.toFixed(3) : 'not measured';
    if (!isMet) lines.set(label, `bench:gate: ${label} is ${what}, ${limit} is allowed`);
  }
  return lines;
}
