/**
 * Bounds that twice the cost of today would break, and that a busy machine does not: far from the targets, which
 * docs/performance.md is for. Only ratios are here: a machine may be three times as slow as it was a day ago.
 */
import { median, type Table } from './paired.ts';

type Bound = { readonly atMost: number } | { readonly atLeast: number };

const BOUNDS: Readonly<Record<string, Bound>> = {
  'fs.statSync: ours / instrumentation-fs': { atMost: 0.15 },
  'fs.readFileSync: ours / instrumentation-fs': { atMost: 0.4 },
  'fs.readFileSync, each file once: added / bare': { atMost: 20 },
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
