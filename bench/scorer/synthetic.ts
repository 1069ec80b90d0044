/** Made-up traces for tests and for trying the bench without data: a random walk, and attacks that leave it for a while. */
import type { Trace, Traces } from './traces.ts';

/** mulberry32: the same seed, the same traces. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SYMBOLS = 40;

/** `strangeness`: the share of an attack's calls that are drawn at random instead of from the walk. */
export function makeTraces(
  seed: number,
  sizes: { train: number; valid: number; attack: number },
  strangeness = 0.1,
): Traces {
  const random = randomFrom(seed);
  const pick = (n: number) => Math.floor(random() * n);
  const next = Array.from({ length: SYMBOLS }, () => Array.from({ length: 4 }, () => pick(SYMBOLS)));
  const walk = (strange: number): Trace => {
    const trace: number[] = [];
    let at = pick(SYMBOLS);
    const length = 60 + pick(120);
    for (let i = 0; i < length; i++) {
      trace.push(at);
      const usual = next[at] as number[];
      at = random() < strange ? pick(SYMBOLS) : (usual[Math.floor(random() ** 2 * usual.length)] as number);
    }
    return trace;
  };
  const many = (count: number, strange: number) => Array.from({ length: count }, () => walk(strange));
  return { train: many(sizes.train, 0), valid: many(sizes.valid, 0), attack: many(sizes.attack, strangeness) };
}
