/**
 * What Diogenesis keeps of a million different things: all its tables are bounded, so the second half must add next to
 * nothing.
 *
 *   npm run bench:memory                     everything (some minutes)
 *   npm run bench:memory -- --quick          a tenth of the counts
 *   npm run bench:memory -- --kinds paths,hosts --write
 *
 */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { partOf, writeBetween } from '../../scripts/generated-part.ts';
import { KINDS } from './kinds.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    kinds: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const chosen = values.kinds?.split(',');
const HEAD = [
  '| different | how many | added at half, MB | added in the end, MB | at most | µs each | a second |',
  '|---|---|---|---|---|---|---|',
];
const lines: string[] = [];
let isOver = false;
interface Measured {
  /** MB added to the heap. */
  readonly half: number;
  readonly after: number;
  readonly micros: number;
  readonly errors: number;
}

function measure(name: string, count: number, ...how: string[]): Measured {
  const subject = path.join(import.meta.dirname, 'subject.ts');
  const said = execFileSync(process.execPath, ['--expose-gc', subject, name, String(count), ...how], {
    encoding: 'utf8',
  });
  const { before, half, after, micros, errors } = JSON.parse(said);
  return { half: half - before, after: after - before, micros, errors };
}

for (const { name, many, atMost, says, keptByNode = false } of KINDS) {
  if (chosen !== undefined && !chosen.includes(name)) continue;
  const count = values.quick ? many / 10 : many;
  const { micros, errors, ...kept } = measure(name, count);
  const without = keptByNode ? measure(name, count, 'bare') : undefined;
  const half = kept.half - (without?.half ?? 0);
  const after = kept.after - (without?.after ?? 0);
  const perSecond = Math.round(1e6 / micros);
  const isGood = after <= atMost && errors === 0;
  if (!isGood) isOver = true;
  const cells = [
    says,
    count.toLocaleString('en'),
    half.toFixed(1),
    after.toFixed(1),
    `${atMost}${isGood ? '' : ' **missed**'}`,
    micros.toFixed(1),
    perSecond.toLocaleString('en'),
  ];
  lines.push(`| ${cells.join(' | ')} |`);
  process.stdout.write(`${name}: ${lines.at(-1)}${errors > 0 ? ` ${errors} errors` : ''}\n`);
}
if (values.write) {
  const machine = `Node ${process.versions.node}, ${os.type()} ${os.arch()}, ${os.availableParallelism()} cores`;
  const page = path.join(import.meta.dirname, '../../docs/memory.md');
  // Rows of kinds that were not run stay.
  const before = partOf(page, 'memory').split('\n');
  const rows = KINDS.map(({ says }) => [...lines, ...before].find((line) => line.startsWith(`| ${says} |`)));
  const text = [
    `Written by \`npm run bench:memory -- --write\`: ${machine}. Heap after garbage collection.`,
    '',
    ...HEAD,
    ...rows.filter((row) => row !== undefined),
  ];
  writeBetween(page, 'memory', text.join('\n'));
}
process.exitCode = isOver ? 1 : 0;
