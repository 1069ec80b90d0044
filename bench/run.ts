/**
 * What Diogenesis costs, as paired ratios: the variants of a measure take turns, round by round, and every round is
 * compared with itself, so that what else the machine does hits all of them alike.
 *
 *   npm run bench                       everything, in an hour and a half
 *   npm run bench -- startup express    some of it
 *   npm run bench -- --quick            in some minutes, with a wider spread
 *   npm run bench -- --write            the tables of docs/performance.md and the charts of README as well: of what was run
 *   npm run bench:gate                  fails when a cost has doubled
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchApps, benchExpress } from './apps.ts';
import { charts } from './charts.ts';
import { exceeded } from './gate.ts';
import { benchInstructions } from './instructions.ts';
import { benchCalls, benchFloors, benchFs, benchModes } from './micro.ts';
import { withTables } from './page.ts';
import { asText, root, type Table } from './paired.ts';
import { benchProfile } from './profile.ts';
import { benchScale } from './scale.ts';
import { benchSeed } from './seed.ts';
import { benchStartup } from './startup.ts';
import { benchTools } from './tools.ts';

const MEASURES = {
  fs: benchFs,
  calls: benchCalls,
  modes: benchModes,
  floors: benchFloors,
  startup: benchStartup,
  express: benchExpress,
  apps: benchApps,
  scale: benchScale,
  profile: benchProfile,
  tools: benchTools,
  seed: benchSeed,
  instructions: benchInstructions,
};
type Measure = keyof typeof MEASURES;

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const known = Object.keys(MEASURES) as Measure[];
const unknown = positionals.filter((name) => !known.includes(name as Measure));
if (unknown.length > 0) {
  process.stderr.write(`unknown measure "${unknown[0]}": one of ${known.join(', ')}\n`);
  process.exit(2);
}
const standard = values.gate ? (['fs', 'startup', 'express', 'scale'] as const) : known;
const chosen = positionals.length > 0 ? (positionals as Measure[]) : standard;

const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
process.stdout.write(`${machine}\n`);
const tables: Table[] = [];
const labels = new Map<Measure, Set<string>>();
async function measure(name: Measure): Promise<void> {
  for (const table of await MEASURES[name]({ quick: values.quick || values.gate })) {
    tables.push(table);
    labels.set(name, new Set([...(labels.get(name) ?? []), ...table.rows.map(({ label }) => label)]));
    process.stdout.write(asText(table));
  }
}
for (const name of chosen) await measure(name);

if (values.write) {
  const file = join(root, 'docs/performance.md');
  mkdirSync(join(root, 'docs/images'), { recursive: true });
  for (const [name, svg] of charts(tables, machine)) writeFileSync(join(root, 'docs/images', name), svg);
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables, machine));
}

if (values.gate) {
  for (let again = 0; again < 2; again++) {
    const over = [...exceeded(tables).keys()];
    const suspects = chosen.filter((name) => over.some((label) => labels.get(name)?.has(label)));
    if (suspects.length > 0) process.stdout.write(`\nonce more: ${suspects.join(', ')}\n`);
    for (const name of suspects) await measure(name);
  }
  const over = exceeded(tables);
  for (const line of over.values()) process.stderr.write(`${line}\n`);
  process.exitCode = over.size > 0 ? 1 : 0;
}
