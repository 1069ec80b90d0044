/** Prints microseconds of processor time an event with 10 to 10,000 packages at work: `node scale.ts EVENTS`. */
import { start } from '../../src/activate.ts';
import type { Principal } from '../../src/behavior.ts';
import { perceive } from '../../src/perception.ts';

const events = Number(process.argv[2]);
start({ mode: 'observe', quiet: true, senses: { import: false, fs: false, net: false, childProcess: false } });

const dependencies: ReadonlySet<string> = new Set();
function packages(count: number): Principal[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `scale-${count}-${index}`;
    const root = `/app/node_modules/${name}`;
    return { key: `${name}@1.0.0`, kind: 'package', name, version: '1.0.0', root, dependencies };
  });
}

/* What happens is the same; only by how many packages differs. */
function time(principals: readonly Principal[], count: number): number {
  const begin = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const principal = principals[(i * 7919) % principals.length] as Principal;
    perceive({ sense: 'fs', operation: 'read', target: `/srv/data/part-${i % 100}.csv`, principal })?.end();
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / count;
}

const COUNTS = [10, 100, 1_000, 10_000];
const all = COUNTS.map(packages);
for (const some of all) time(some, Math.max(events, 2 * some.length));
const report: Record<string, number[]> = Object.fromEntries(COUNTS.map((count) => [count, []]));
for (let round = 0; round < 9; round++) {
  for (const some of all) report[some.length]?.push(time(some, events));
}
process.stdout.write(JSON.stringify(report), () => process.exit(0));
