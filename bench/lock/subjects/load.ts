/** Prints what loading a lock file costs a process that has just started: `node --expose-gc load.ts FILE`. */
import { Baseline } from '../../../src/baseline/baseline.ts';
import { readLock } from '../../../src/baseline/lock-store.ts';

const file = process.argv[2] as string;
const collect = globalThis.gc as () => void;
collect();
const before = process.memoryUsage().heapUsed;
const cpu = process.cpuUsage();
const start = performance.now();
const lock = readLock(file);
const read = performance.now();
const baseline = new Baseline(lock);
const ready = performance.now();
const { user, system } = process.cpuUsage(cpu);
collect();
const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
const packages = lock?.packages.size;
process.stdout.write(
  JSON.stringify({
    read: read - start,
    all: ready - start,
    cpu: (user + system) / 1000,
    megabytes,
    packages,
    hasLock: baseline.hasLock,
  }),
);
