/** Prints microseconds of processor time an event with 10 to 10,000 packages at work: `node scale.ts ROUNDS`. */
import { start } from '../../src/activate.ts';
import type { Principal } from '../../src/behavior.ts';
import { perceive } from '../../src/perception.ts';

const rounds = Number(process.argv[2]);
/* Some 30 milliseconds: within a round the machine has one speed, as a rule. */
const EVENTS = 2_000;
start({ mode: 'observe', quiet: true, senses: { import: false, fs: false, net: false, childProcess: false } });

const dependencies: ReadonlySet<string> = new Set();
function packages(count: number): Principal[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `scale-${count}-${index}`;
    const root = `/app/node_modules/${name}`;
    return { key: `${name}@1.0.0`, kind: 'package', name, version: '1.0.0', root, dependencies };
  });
}

let next = 0;
/* What happens is the same; only by how many packages differs. All of them get their turn, in several rounds. */
function time(principals: readonly Principal[], count: number): number {
  const begin = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const principal = principals[(next++ * 7919) % principals.length] as Principal;
    perceive({ sense: 'fs', operation: 'read', target: `/srv/data/part-${i % 100}.csv`, principal })?.end();
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / count;
}

const COUNTS = [10, 100, 1_000, 10_000];
const all = COUNTS.map(packages);
for (const some of all) time(some, 2 * Math.max(EVENTS, some.length));
const report: Record<string, number[]> = Object.fromEntries(COUNTS.map((count) => [count, []]));
for (let round = 0; round < rounds; round++) {
  for (const some of all) report[some.length]?.push(time(some, EVENTS));
}
process.stdout.write(JSON.stringify(report), () => process.exit(0));
