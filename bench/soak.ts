/**
 * A server under load for ten minutes or more, bare and with Diogenesis: memory must stay flat, and a request must not
 * become dearer.
 *
 *   npm run bench:soak                       ten minutes each
 *   npm run bench:soak -- --minutes 60
 *   npm run bench:soak -- --write            docs/memory.md
 */
import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { writeBetween } from '../scripts/generated-part.ts';
import { median, PRELOADS, subject } from './paired.ts';

const SAMPLES = 30;
/** Between the second third of the samples and the last; the first is warming up. */
const MAX_GROWTH_MB = 3;
const MAX_DRIFT = 1.2;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, write: { type: 'boolean', default: false } },
});
interface Sample {
  readonly requests: number;
  readonly heap: number;
  readonly rss: number;
  readonly micros: number;
}

async function soak(preload: readonly string[]): Promise<Sample[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', ...preload, subject('soak.cjs'), values.minutes, String(SAMPLES)],
    { env: { ...process.env, OTEL_SDK_DISABLED: 'true', DIOGENESIS_QUIET: '1' } },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample);
}

const rows: string[] = [];
let isOver = false;
const NAMES = ['bare', 'diogenesis'] as const;
// At the same time: whatever else the machine does, both have it.
const all = await Promise.all(NAMES.map((name) => soak(PRELOADS[name])));
for (const [i, name] of NAMES.entries()) {
  const samples = all[i] ?? [];
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, -third), samples.slice(-third)];
  const of = (part: readonly Sample[], key: keyof Sample): number => median(part.map((sample) => sample[key]));
  const growth = of(last, 'heap') - of(middle, 'heap');
  const drift = of(last, 'micros') / of(middle, 'micros');
  // The bare one shows what the machine does to both.
  const isGood = name === 'bare' || (growth <= MAX_GROWTH_MB && drift <= MAX_DRIFT);
  if (!isGood) isOver = true;
  const shown = (number: number, digits = 1): string => number.toFixed(digits);
  rows.push(
    `| ${name} | ${samples.at(-1)?.requests.toLocaleString('en')} | ${shown(of(middle, 'heap'))} | ${shown(of(last, 'heap'))} | ` +
      `${shown(growth)} | ${shown(of(last, 'rss'), 0)} | ${shown(of(middle, 'micros'), 0)} | ${shown(of(last, 'micros'), 0)} | ` +
      `${shown(drift, 2)}${isGood ? '' : ' **missed**'} |`,
  );
  process.stdout.write(
    `${name}: ${samples.at(-1)?.requests} requests in ${values.minutes} minutes; heap ${of(middle, 'heap').toFixed(1)} → ` +
      `${of(last, 'heap').toFixed(1)} MB (${growth.toFixed(1)}), rss ${of(last, 'rss').toFixed(0)} MB, ` +
      `${of(middle, 'micros').toFixed(0)} → ${of(last, 'micros').toFixed(0)} µs a request (${drift.toFixed(2)} ×)` +
      `${isGood ? '' : ' missed'}\n`,
  );
}
if (values.write) {
  const machine = `Node ${process.versions.node}, ${os.type()} ${os.arch()}, ${os.availableParallelism()} cores`;
  const text = [
    `Written by \`npm run bench:soak -- --write\`: ${values.minutes} minutes each, ${machine}. Allowed: ${MAX_GROWTH_MB} MB, ${MAX_DRIFT} ×.`,
    '',
    '| | requests | heap, second third, MB | last third, MB | growth | rss, MB | µs a request, second third | last third | drift, × |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ];
  writeBetween(path.join(import.meta.dirname, '../docs/memory.md'), 'soak', text.join('\n'));
}
process.exitCode = isOver ? 1 : 0;
