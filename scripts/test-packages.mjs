/**
 * The own test suites of packages that lean on what we wrap, without and with `--require diogenesis-otel/register`, test by
 * test: every difference is a defect of ours.
 *
 *   npm run test:packages                         all of them
 *   npm run test:packages -- --only ws,execa
 *   npm run test:packages -- --setup              fetches and installs, runs nothing
 *   npm run test:packages -- --write              the table in docs/compatibility.md
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { debianSource } from './debian-source.mjs';
import { partOf, writeBetween } from './generated-part.ts';
import { writeLimits } from './limits-page.ts';
import { differences, fromJest, fromTap } from './packages/results.mjs';
import { SUITES } from './packages/suites.mjs';

/** What the tests need is resolved as of this day: a lock file without the lock file. */
const DAY = '2026-11-20';
/** How often a suite is run each way when the first two runs differ. */
const AGAIN = 3;
const TIMEOUT = 600_000;

const root = join(import.meta.dirname, '..');
const register = join(root, 'dist/register.js');
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    setup: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'diogenesis-otel');

/** The package with what its tests need; `{ missing }` with a reason when the registry refuses. */
function prepared({ name, source: [debian, version], needs, also, prepare }) {
  const folder = join(cache, 'packages', `${name}_${version}`);
  if (existsSync(folder)) return { folder };
  const source = debianSource(debian, version);
  if ('missing' in source) return source;
  const fresh = `${folder}.${process.pid}`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    cpSync(source.folder, fresh, { recursive: true });
    const file = join(fresh, 'package.json');
    const own = JSON.parse(readFileSync(file, 'utf8'));
    own.devDependencies = Object.fromEntries(needs.map((each) => [each, own.devDependencies[each]]));
    Object.assign(own.devDependencies, also);
    delete own.scripts;
    writeFileSync(file, JSON.stringify(own, null, 2));
    for (const lock of ['package-lock.json', '.npmrc']) rmSync(join(fresh, lock), { force: true });
    const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', `--before=${DAY}`];
    execFileSync('npm', words, { cwd: fresh, stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT, encoding: 'utf8' });
    // What a compiler of then says of types of today does not matter: the tests are run as it writes them.
    if (prepare)
      spawnSync(process.execPath, [join(fresh, 'node_modules', prepare[0]), ...prepare.slice(1)], { cwd: fresh });
    renameSync(fresh, folder);
    return { folder };
  } catch (error) {
    return {
      missing: `its tests cannot be set up: ${
        String(error.stderr ?? error)
          .trim()
          .split('\n')[0]
      }`,
    };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function run(suite, folder, preload) {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  for (const key of Object.keys(env)) {
    if (/^(NODE_OPTIONS$|NODE_TEST_CONTEXT$|OTEL_|DIOGENESIS_|npm_|FORCE_COLOR$|NO_COLOR$|CI$)/.test(key))
      delete env[key];
  }
  const node = (args, more = {}) =>
    spawnSync(process.execPath, [...preload, ...args], {
      cwd: folder,
      env: { ...env, ...more },
      encoding: 'utf8',
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const files = suite.files === undefined ? [] : globSync(suite.files, { cwd: folder }).sort();
  if (suite.runner === undefined) {
    const results = new Map();
    for (const more of suite.variants) {
      for (const file of files) {
        const { status, stdout } = node([...suite.each, file], more);
        const prefix = `${file} ${Object.keys(more).join()}: `;
        for (const [name, how] of fromTap(stdout, prefix)) results.set(name, how);
        results.set(`${prefix}exit status`, status === 0 ? 'passed' : 'failed');
      }
    }
    return { results, said: '' };
  }
  const [bin, ...args] = suite.runner;
  const report = suite.report && join(folder, suite.report);
  if (report) rmSync(report, { force: true });
  const { stdout, stderr } = node([join('node_modules', bin), ...args, ...files]);
  const results = report ? (existsSync(report) ? fromJest(readFileSync(report, 'utf8')) : new Map()) : fromTap(stdout);
  return { results, said: `${stdout}\n${stderr}`.slice(-4000) };
}

const count = (results, how) => [...results.values()].filter((each) => each === how).length;

const lines = [];
let failures = 0;
let compared = 0;
const only = values.only?.split(',');
for (const suite of SUITES) {
  if (only !== undefined && !only.includes(suite.name)) continue;
  const label = `${suite.name} ${suite.source[1].replace(/[+-].*/, '')}`;
  const place = prepared(suite);
  if ('missing' in place) {
    console.log(`${label}: skipped, because ${place.missing}`);
    lines.push(`| ${label} | ${suite.leansOn} | not run | not run | ${place.missing} |`);
    continue;
  }
  if (values.setup) {
    console.log(`${label}: ${place.folder}`);
    continue;
  }
  const preload = ['--require', register];
  const bare = [run(suite, place.folder, [])];
  const watched = [run(suite, place.folder, preload)];
  const found = () =>
    differences(
      bare.map(({ results }) => results),
      watched.map(({ results }) => results),
    );
  const isOpen = () => found().some(({ bare: before }) => before !== 'failed' || suite.otherWay === undefined);
  for (let i = 1; i < AGAIN && isOpen(); i++) {
    bare.push(run(suite, place.folder, []));
    watched.push(run(suite, place.folder, preload));
  }
  // The other way round is the order in which Node loads parts of itself, or luck: told, and explained where it is known.
  const [different, otherWay] = [
    found().filter(({ bare: before }) => before !== 'failed'),
    found().filter(({ bare: before }) => before === 'failed'),
  ];
  const { results } = bare[0];
  compared += results.size - different.length;
  // A suite that does not run at all without us shows nothing.
  const isBroken = count(results, 'passed') === 0;
  failures += different.length + (isBroken ? 1 : 0);
  // A test passes when one of its runs did: what fails now and then, fails both ways.
  const figures = (runs) => {
    const best = new Map();
    for (const { results: of } of runs)
      for (const [name, how] of of) if (best.get(name) !== 'passed') best.set(name, how);
    return `${count(best, 'passed')} of ${best.size - count(best, 'skipped')}`;
  };
  console.log(
    `${isBroken || different.length > 0 ? 'not ok' : 'ok'} ${label}: bare ${figures(bare)}, monitored ${figures(watched)}, ` +
      `${different.length} differ${isBroken ? ', which tells nothing' : ''}`,
  );
  for (const { name, bare: before, watched: after } of [...different, ...otherWay])
    console.log(`  ${name.trim()}: ${before} → ${after}`);
  if (values.verbose || isBroken) console.log(isBroken ? bare[0].said : watched[0].said);
  const other =
    otherWay.length === 0
      ? ''
      : `; ${otherWay.length} that fail bare pass${suite.otherWay ? `: ${suite.otherWay}` : ''}`;
  const worse = different.length === 0 ? 'none' : `**${different.length}**`;
  lines.push(`| ${label} | ${suite.leansOn} | ${figures(bare)} | ${figures(watched)} | ${worse}${other} |`);
}
if (values.write) {
  const page = join(root, 'docs/compatibility.md');
  const labelOf = (line) => line.split('|')[1].trim();
  const kept = partOf(page, 'packages')
    .split('\n')
    .filter((line) => SUITES.some((suite) => line.startsWith(`| ${suite.name} `)))
    .filter((line) => !lines.some((fresh) => labelOf(fresh) === labelOf(line)));
  const text = [
    `Written by \`npm run test:packages -- --write\`, which leaves the rows of suites that it does not run: Node ${process.versions.node}.`,
    '',
    '| suite | leans on | passes bare | passes monitored | passes bare alone |',
    '|---|---|---|---|---|',
    ...[...kept, ...lines].sort(),
  ].join('\n');
  writeBetween(page, 'packages', text);
  writeLimits(root);
}
console.log(`${compared} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;
