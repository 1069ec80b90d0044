/**
 * Runs programs beside everything that also reaches into Node, without and with Diogenesis, in either order: what they
 * print and how they end must be equal, and what a hostile package does must be found.
 *
 *   npm run test:coexistence                     everything
 *   npm run test:coexistence -- --filter jest    some rows, by name
 *   npm run test:coexistence -- --write          writes docs/compatibility.md
 *   npm run test:coexistence -- --verbose
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeBetween } from '../../scripts/generated-part.ts';
import { writeLimits } from '../../scripts/limits-page.ts';
import { AppFolder } from '../support/app-folder.ts';
import { installed } from '../support/installed.ts';
import { packageManagers, testRunners } from '../support/registry-packages.ts';
import type { Command, Row, Run } from './row.ts';
import { FILES, ROWS, UNTRIED } from './rows.ts';

const root = path.join(import.meta.dirname, '../..');
const register = path.join(root, 'dist/register.js');
const { values } = parseArgs({
  options: {
    filter: { type: 'string' },
    write: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const others = await installed(
  'coexistence',
  [
    '@opentelemetry/api@1.10.0',
    '@opentelemetry/auto-instrumentations-node@0.82.0',
    '@opentelemetry/context-async-hooks@3.1.0',
    '@opentelemetry/instrumentation@0.301.0',
    '@opentelemetry/instrumentation-dns@0.67.0',
    '@opentelemetry/instrumentation-express@0.72.0',
    '@opentelemetry/instrumentation-fs@0.43.0',
    '@opentelemetry/instrumentation-http@0.301.0',
    '@opentelemetry/instrumentation-net@0.68.0',
    '@opentelemetry/instrumentation-undici@0.34.0',
    '@opentelemetry/sdk-trace@3.1.0',
    'esbuild@0.28.2',
    'express@5.3.0',
    'import-in-the-middle@3.6.0',
    'memfs@4.80.1',
    'mock-fs@5.5.0',
    'nock@15.0.6',
    'postject@1.0.0-alpha.6',
    'proxyquire@2.1.3',
    'require-in-the-middle@8.0.1',
    'sinon@22.1.0',
    'ts-node@10.9.2',
    'tsx@4.23.15',
    'typescript@5.9.3',
    'webpack@5.112.2',
  ],
  600_000,
);
const folders = [others, await testRunners(), await packageManagers()];
for (const folder of folders) {
  if (!('missing' in folder)) continue;
  process.stdout.write(`coexistence: skipped, because ${folder.missing}\n`);
  process.exit(0);
}
const modules = folders.map((folder) => ('modules' in folder ? folder.modules : ''));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
interface Verdict {
  readonly run: Run;
  readonly same: boolean;
  readonly seen: boolean;
  readonly why: string;
}

const EVIL = `const fs = require('node:fs');
exports.act = () => fs.readFileSync(process.env.HOME + '/.npmrc', 'utf8').length;
exports.exists = () => fs.existsSync('/nowhere');`;
const SECRET = `//registry.example/:_authToken=${'canary01'.repeat(2)}0123\n`.padEnd(52, '#');

function furnish(row: Row): AppFolder {
  const app = new AppFolder('coexistence-');
  app.write('package.json', '{"name":"app","version":"1.0.0","dependencies":{"evil":"*"}}');
  app.package('evil', '1.0.1', EVIL);
  for (const [file, text] of Object.entries({ ...FILES, ...row.files })) app.write(file, text);
  app.write('home/.npmrc', SECRET);
  fs.mkdirSync(app.path('scratch'));
  const lock = {
    lockfileVersion: 1,
    packages: { '<app>': { state: 'stable', traits: [] }, 'evil@1.0.0': { state: 'stable', traits: [] } },
    tools: {},
  };
  app.write('diogenesis.lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  for (const folder of modules) {
    for (const name of fs.readdirSync(folder)) {
      const at = app.path(`node_modules/${name}`);
      if (!fs.existsSync(at)) fs.symlinkSync(path.join(folder, name), at);
    }
  }
  // Another version is another text in the same places.
  fs.cpSync(path.dirname(register), app.path('copy'), { recursive: true });
  for (const file of fs.globSync('copy/**/*.js', { cwd: app.root })) {
    const text = fs.readFileSync(app.path(file), 'utf8');
    fs.writeFileSync(app.path(file), text.replaceAll('"0.1.0"', '"0.0.9"'));
  }
  for (const name of ['@opentelemetry']) {
    fs.mkdirSync(app.path('copy/node_modules'), { recursive: true });
    fs.symlinkSync(path.join(root, 'node_modules', name), app.path(`copy/node_modules/${name}`));
  }
  return app;
}

function execute(app: AppFolder, command: Command, more: Record<string, string> = {}): Ran {
  const env = {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: app.path('home'),
    TMPDIR: app.path('scratch'),
    NODE_NO_WARNINGS: '1',
    ...more,
  };
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program === 'node' ? process.execPath : program, args, {
    cwd: app.root,
    env,
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

/* What differs from run to run whoever looks on. */
const plain = (text: string): string =>
  text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/file-\d+/g, 'file-PID')
    .replace(/\d+(\.\d+)?\s?ms/g, 'TIME')
    .replace(/time=[\d.]+/g, 'time=TIME');

function compare(app: AppFolder, row: Row, run: Run): Verdict {
  const without = run.command.filter((word) => !word.startsWith('{diogenesis'));
  const isWord = without.length < run.command.length;
  const preload = ['--require', register];
  const watched = run.command.flatMap((word) =>
    word === '{diogenesis}' ? preload : word === '{diogenesis-import}' ? ['--import', register] : [word],
  );
  const findings = app.path('findings.jsonl');
  fs.rmSync(findings, { force: true });
  const bare = execute(app, without, run.env);
  const ran = execute(app, watched, {
    ...run.env,
    DIOGENESIS_FINDINGS: findings,
    DIOGENESIS_ROOT: app.root,
    DIOGENESIS_QUIET: '1',
    ...(isWord ? {} : { NODE_OPTIONS: preload.join(' ') }),
  });
  const found = fs.existsSync(findings) ? fs.readFileSync(findings, 'utf8').trim().split('\n') : [];
  const seen = found
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .some(
      ({ package: by, trait, level }) =>
        by.name === row.named && /\[credential\]/.test(trait) && (level !== 'LOG' || row.named === '<app>'),
    );
  const same = bare.status === ran.status && plain(bare.stdout) === plain(ran.stdout) && bare.status === 0;
  const why = `bare ${bare.status}\n${bare.stdout}${bare.stderr}\nwatched ${ran.status}\n${ran.stdout}${ran.stderr}\n${found.join('\n')}`;
  return { run, same, seen, why };
}

const lines: string[] = [];
let failures = 0;
for (const row of ROWS) {
  if (values.filter !== undefined && !new RegExp(values.filter, 'i').test(row.name)) continue;
  using app = furnish(row);
  let broken = '';
  for (const command of row.prepare ?? []) {
    const { status, stdout, stderr } = execute(app, command);
    if (status !== 0) broken = `${command.join(' ')}: ${stdout}${stderr}`;
  }
  const verdicts = broken === '' ? row.runs.map((run) => compare(app, row, run)) : [];
  const isGood = broken === '' && verdicts.every(({ same, seen }) => same && seen);
  const isExpected = isGood === (row.broken !== true);
  if (!isExpected) failures++;
  process.stdout.write(`${isExpected ? 'ok    ' : 'FAILED'} ${row.name}: ${describe(verdicts) || broken}\n`);
  if (!isExpected || values.verbose) {
    for (const { why, run, same, seen } of verdicts)
      if (!same || !seen || values.verbose) process.stdout.write(`── ${run.title}\n${why}\n`);
  }
  lines.push(`| ${row.name} | ${isGood ? 'yes' : '**no**'} | ${describe(verdicts)} | ${row.note ?? ''} |`);
}
for (const { name, why } of UNTRIED) lines.push(`| ${name} | not tried | ${why} | |`);

function describe(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(
      ({ run, same, seen }) => `${run.title}: ${same ? 'same' : '**not the same**'}, ${seen ? 'seen' : '**unseen**'}`,
    )
    .join('; ');
}

if (values.write && values.filter === undefined) {
  const text = [
    `Written by \`npm run test:coexistence -- --write\`: Node ${process.versions.node}, ${os.type()} ${os.arch()}.`,
    '',
    '| beside | works | what was run | |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n');
  writeBetween(path.join(root, 'docs/compatibility.md'), 'coexistence', text);
  writeLimits(root);
}
process.exitCode = failures > 0 ? 1 : 0;
