/** Prints nanoseconds an event for matching against a lock of so many packages, so many of them at work: `node match.ts EVENTS`. */
import { Baseline } from '../../../src/baseline/baseline.ts';
import { lockOf } from '../../../src/baseline/lock-file.ts';
import { entries, principalOf, traitOf } from './lock.ts';

const TRAITS = 100;
const events = Number(process.argv[2]);

interface Variant {
  readonly packages: number;
  readonly active: number;
}
const variants: readonly Variant[] = [
  { packages: 10, active: 10 },
  { packages: 100, active: 100 },
  { packages: 1_000, active: 1_000 },
  { packages: 10_000, active: 10_000 },
  { packages: 10_000, active: 10 },
];

/* Half of what is asked is in the lock by name, a quarter below a wildcard's name only, a quarter not at all. */
function questions(active: number): readonly (readonly [number, string])[] {
  return Array.from({ length: 2_000 }, (_, i) => {
    const p = (i * 7919) % active;
    const t = (i * 31) % TRAITS;
    if (i % 4 < 2) return [p, traitOf(p, t)] as const;
    return [
      p,
      i % 4 === 2 ? `fs.read:<app>/elsewhere-${p}/*.csv` : `net.connect:host-${t}.stranger.example:443`,
    ] as const;
  });
}

let checksum = 0;
const results = variants.map(({ packages, active }) => {
  const baseline = new Baseline(lockOf(entries(packages, TRAITS)));
  const principals = Array.from({ length: active }, (_, p) => principalOf(p));
  const begin = process.hrtime.bigint();
  for (const principal of principals) baseline.standing(principal, 'code.eval');
  const first = Number(process.hrtime.bigint() - begin) / active;
  const asked = questions(active);
  const time = (count: number): number => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) {
      const [p, trait] = asked[i % asked.length] as readonly [number, string];
      if (baseline.standing(principals[p] as (typeof principals)[number], trait) === 'known') checksum++;
    }
    return Number(process.hrtime.bigint() - start) / count;
  };
  time(events);
  return { packages, active, first, time, rounds: [] as number[] };
});
for (let round = 0; round < 9; round++) for (const result of results) result.rounds.push(result.time(events));
if (checksum === 0) throw new Error('nothing was known');
process.stdout.write(JSON.stringify(results.map(({ time: _, ...rest }) => rest)));
