/**
 * The scorers alone, on public sequences of system calls (see traces.ts) or on made-up ones:
 *
 *   npm run bench:scorer -- FOLDER
 *   npm run bench:scorer -- --synthetic
 */
import { parseArgs } from 'node:util';
import { LEVELS, measure } from './measure.ts';
import { SCORERS } from './scorers.ts';
import { makeTraces } from './synthetic.ts';
import { readTraces } from './traces.ts';

const { values, positionals } = parseArgs({
  options: { synthetic: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined && !values.synthetic) {
  process.stderr.write('usage: npm run bench:scorer -- FOLDER | --synthetic\n');
  process.exit(2);
}
const traces = folder === undefined ? makeTraces(1, { train: 600, valid: 600, attack: 200 }) : readTraces(folder);
const { train, valid, attack } = traces;
const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`;
const lines = [
  `${train.length} training, ${valid.length} validation, ${attack.length} attack traces${folder === undefined ? ' (made up)' : ''}`,
  '',
  `| scorer | AUC | ${LEVELS.map((alpha) => `false positives at ${percent(alpha)} (recall)`).join(' | ')} | |`,
  `| --- | --- | ${LEVELS.map(() => '---').join(' | ')} | --- |`,
];
for (const scorer of SCORERS) {
  const { auc, rates } = measure(scorer, traces);
  const cells = rates.map(({ falsePositives, recall }) => `${percent(falsePositives)} (${percent(recall)})`);
  lines.push(`| ${scorer.name} | ${auc.toFixed(3)} | ${cells.join(' | ')} | ${scorer.says} |`);
}
process.stdout.write(`${lines.join('\n')}\n`);
