/**
 * What Diogenesis costs, as paired ratios: the variants of a measure take turns, round by round, and every round is
 * compared with itself, so that what else the machine does hits all of them alike.
 *
 *   npm run bench                      everything, about three minutes
 *   npm run bench -- fs require        some of it
 *   npm run bench -- --rounds 5        fewer or more rounds
 */
import { parseArgs } from 'node:util';
import { benchExpress } from './express.ts';
import { benchFs } from './fs.ts';
import { benchRequire } from './require.ts';

const MEASURES = { fs: benchFs, require: benchRequire, express: benchExpress };

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string' } },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals : Object.keys(MEASURES);
for (const name of chosen) {
  const measure = MEASURES[name as keyof typeof MEASURES];
  if (measure === undefined) {
    process.stderr.write(`unknown measure "${name}": one of ${Object.keys(MEASURES).join(', ')}\n`);
    process.exit(2);
  }
}
process.stdout.write(`Node ${process.versions.node}, ${process.platform} ${process.arch}\n`);
for (const name of chosen) {
  const measure = MEASURES[name as keyof typeof MEASURES];
  await measure(values.rounds === undefined ? undefined : Number(values.rounds));
}
