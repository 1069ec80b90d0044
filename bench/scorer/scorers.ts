/** Ways of telling how strange a sequence is, after having seen normal ones. Higher is stranger. */
import { increment, unseenMass } from '../../src/voltage/evidence.ts';
import type { Trace } from './traces.ts';

export interface Scorer {
  readonly name: string;
  readonly says: string;
  readonly train: (traces: readonly Trace[]) => (trace: Trace) => number;
}

/** Six symbols of eight bits are a safe integer. Symbols beyond 254 and unseen ones share the last. */
const BASE = 256;
const ORDER = 5;
const FRAME = 20;

function symbols(traces: readonly Trace[]): (symbol: number) => number {
  const ids = new Map<number, number>();
  for (const trace of traces) {
    for (const symbol of trace) if (!ids.has(symbol) && ids.size < BASE - 2) ids.set(symbol, ids.size + 1);
  }
  return (symbol) => ids.get(symbol) ?? BASE - 1;
}

/** The windows of `size` symbols, as numbers. */
function windows(trace: Trace, size: number, id: (symbol: number) => number): number[] {
  const found: number[] = [];
  const top = BASE ** (size - 1);
  let key = 0;
  for (let i = 0; i < trace.length; i++) {
    key = (key % top) * BASE + id(trace[i] as number);
    if (i >= size - 1) found.push(key);
  }
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The highest mean of `FRAME` values in a row. */
function peak(values: readonly number[]): number {
  let sum = 0;
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i] as number;
    if (i >= FRAME) sum -= values[i - FRAME] as number;
    best = Math.max(best, sum / Math.min(FRAME, values.length));
  }
  return best;
}

/** Forrest, Hofmeyr et al. 1996: windows that normal traces never showed. https://doi.org/10.1109/SECPRI.1996.502675 */
function stide(name: string, says: string, sum: (values: readonly number[]) => number): Scorer {
  return {
    name,
    says,
    train: (traces) => {
      const id = symbols(traces);
      const known = new Set(traces.flatMap((trace) => windows(trace, 6, id)));
      return (trace) => sum(windows(trace, 6, id).map((key) => (known.has(key) ? 0 : 1)));
    },
  };
}

/** −log₂ p of each symbol after the five before it, smoothed by Witten–Bell. https://doi.org/10.1109/18.87000 */
function surprise(name: string, says: string, sum: (values: readonly number[]) => number): Scorer {
  return {
    name,
    says,
    train: (traces) => {
      const id = symbols(traces);
      const counts = Array.from({ length: ORDER + 1 }, () => new Map<number, number>());
      const contexts = Array.from({ length: ORDER + 1 }, () => new Map<number, { n: number; kinds: number }>());
      for (const trace of traces) {
        for (let order = 0; order <= ORDER; order++) {
          const [count, context] = [counts[order] as Map<number, number>, contexts[order] as never] as [
            Map<number, number>,
            Map<number, { n: number; kinds: number }>,
          ];
          for (const key of windows(trace, order + 1, id)) {
            const before = count.get(key) ?? 0;
            count.set(key, before + 1);
            const at = Math.floor(key / BASE);
            const entry = context.get(at) ?? { n: 0, kinds: 0 };
            entry.n++;
            if (before === 0) entry.kinds++;
            context.set(at, entry);
          }
        }
      }
      const bitsOf = (key: number, order: number): number => {
        let p = 1 / BASE;
        for (let o = 0; o <= order; o++) {
          const window = key % BASE ** (o + 1);
          const entry = contexts[o]?.get(Math.floor(window / BASE));
          if (entry === undefined) break;
          p = ((counts[o]?.get(window) ?? 0) + entry.kinds * p) / (entry.n + entry.kinds);
        }
        return -Math.log2(p);
      };
      return (trace) => sum(windows(trace, ORDER + 1, id).map((key) => bitsOf(key, ORDER)));
    },
  };
}

/** The model of src/voltage without its table of classes: what a new window costs, each further one less. */
const voltage = (size: number): Scorer => ({
  name: `voltage-${size}`,
  says: `evidence of new windows of ${size} against a Pitman–Yor baseline, as src/voltage adds it up`,
  train: (traces) => {
    const id = symbols(traces);
    const known = new Set<number>();
    let events = 0;
    for (const trace of traces) {
      for (const key of windows(trace, size, id)) known.add(key);
      events += trace.length;
    }
    const nats = increment(unseenMass(events, known.size, true));
    return (trace) => {
      const met = new Set(windows(trace, size, id).filter((key) => !known.has(key)));
      // Σ nats·0.6ⁱ has a limit; the number of new windows orders what is near it.
      return nats * (1 - 0.6 ** met.size) + met.size * 1e-6;
    };
  },
});

export const SCORERS: readonly Scorer[] = [
  stide('stide-6', 'share of windows of 6 that were never seen', mean),
  stide('stide-6 frame', `most unseen windows of 6 in ${FRAME} in a row`, peak),
  surprise('surprise', 'mean −log₂ p, order 5, Witten–Bell', mean),
  surprise('surprise frame', `highest mean −log₂ p of ${FRAME} calls in a row`, peak),
  voltage(1),
  voltage(3),
];
