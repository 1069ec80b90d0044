/**
 * Node's own tests of everything that we wrap or that runs through it, of exactly the Node of this checkout, from the
 * Debian source package of that version:
 *
 *   npm run test:node-core -- --all [--families net,http] [--jobs N] [--json FILE] [--write]
 *   npm run test:node-core -- --all --tests FOLDER --node PATH     another Node's tests, from a folder with its test/ in it
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { debianSource } from '../debian-source.mjs';
import { partOf, writeBetween } from '../generated-part.ts';
import { writeLimits } from '../limits-page.ts';
import { FAMILIES } from './families.mjs';
import { Suite, testsOf } from './suite.mjs';

/** Debian's version of the source of a Node. */
const SOURCES = { '24.21.0': '24.21.0+dfsg+~cs24.13.4-1' };

/** Answers the exit status. */
export async function testAll(argv, register) {
  const { values } = parseArgs({
    args: argv,
    options: {
      all: { type: 'boolean' },
      families: { type: 'string' },
      filter: { type: 'string', default: '.' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      tests: { type: 'string' },
      node: { type: 'string', default: process.execPath },
    },
  });
  const { node: version } = process.versions;
  const source =
    values.tests === undefined ? debianSource('nodejs', SOURCES[version] ?? version) : { folder: values.tests };
  if ('missing' in source) {
    console.log(`node's own tests: skipped, because ${source.missing}`);
    return 0;
  }
  if (!existsSync(join(source.folder, 'test/common/index.js'))) {
    console.log(`node's own tests: skipped, because ${source.folder} has none`);
    return 0;
  }
  using suite = new Suite({ node: values.node, tests: source.folder, preload: ['--require', register] });
  const chosen = values.families?.split(',');
  const filter = new RegExp(values.filter);
  const families = testsOf(source.folder, FAMILIES).filter(({ name }) => chosen === undefined || chosen.includes(name));
  const all = [];
  for (const { name, files } of families) {
    const chosenFiles = files.filter((file) => filter.test(file));
    const results = await suite.family(chosenFiles, Number(values.jobs), ({ verdict, name: test, counts = '' }) => {
      if (verdict === 'ours' || verdict === 'unsteady')
        console.log(`${verdict === 'ours' ? 'not ok' : verdict} ${test} ${counts}`);
    });
    const of = (verdict) => results.filter((result) => result.verdict === verdict).length;
    console.log(
      `${name}: ${of('passed')} passed, ${of('ours')} fail under the preload alone, ${of('unsteady')} unsteady, ` +
        `${of('bare')} fail without it too, ${of('preload')} under an empty preload, ${of('skipped')} skipped by themselves`,
    );
    all.push(...results.map((result) => ({ family: name, ...result })));
  }
  if (values.json !== undefined) {
    const told = all.filter(({ verdict }) => verdict !== 'passed');
    writeFileSync(values.json, JSON.stringify(told, null, 1));
  }
  if (values.write && values.filter === '.') writeRows(values.node, families, all);
  const failed = all.filter(({ verdict }) => verdict === 'ours').length;
  console.log(`${all.filter(({ verdict }) => verdict === 'passed').length} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

const HEAD = [
  'Written by `npm run test:node-core -- --all --write`, which leaves the rows of other families and versions.',
  '',
  '| Node | tests of | passed | ours | now this way, now that | fail without us too | under an empty preload too | skip themselves |',
  '|---|---|---|---|---|---|---|---|',
];

/** A family and a Node have a row, however many are run at once. */
function writeRows(node, families, results) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  const root = join(import.meta.dirname, '../..');
  const page = join(root, 'docs/compatibility.md');
  const keyOf = (row) => row.split('|').slice(1, 3).join();
  const rows = new Map(
    partOf(page, 'node-core')
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .map((row) => [keyOf(row), row]),
  );
  for (const { name } of families) {
    const own = results.filter(({ family }) => family === name);
    const of = (verdict) => own.filter((result) => result.verdict === verdict).length;
    const cells = [version, name, of('passed'), of('ours'), of('unsteady'), of('bare'), of('preload'), of('skipped')];
    const row = `| ${cells.join(' | ')} |`;
    rows.set(keyOf(row), row);
  }
  const order = (row) => {
    const [, version, family] = row.split('|').map((cell) => cell.trim());
    return [version, FAMILIES.findIndex(({ name }) => name === family)];
  };
  const sorted = [...rows.values()].sort((one, other) => {
    const [[version, place], [otherVersion, otherPlace]] = [order(one), order(other)];
    return version.localeCompare(otherVersion, 'en', { numeric: true }) || place - otherPlace;
  });
  writeBetween(page, 'node-core', [...HEAD, ...sorted].join('\n'));
  writeLimits(root);
}
