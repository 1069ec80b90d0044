/**
 * Runs every test (unit and end-to-end) with Node's own runner and reports coverage of the sources.
 *
 *   npm test                           everything
 *   npm test -- test/unit/x.test.ts    some files
 *   npm test -- --test-name-pattern=x  any option of the runner
 *
 * The exit status and the last lines of the output are the runner's own.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
if (!process.features.typescript) {
  process.stderr.write(
    `the sources need a Node that runs TypeScript, this is ${process.versions.node}: use "npm test" after "npm ci"\n`,
  );
  process.exit(1);
}

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith('-'));
const chosen = given.filter((argument) => !argument.startsWith('-'));
const files = chosen.length > 0 ? chosen : globSync('test/{unit,e2e}/**/*.test.ts', { cwd: root }).sort();
if (files.length === 0) {
  process.stderr.write('no test files\n');
  process.exit(1);
}

const env = { ...process.env };
// Tests look at what a fresh user would see, not at the shell they were started from.
for (const name of Object.keys(env)) if (/^(OTEL_|DIOGENESIS_|NODE_OPTIONS$|FORCE_COLOR$)/.test(name)) delete env[name];
env.PATH = `${dirname(process.execPath)}:${env.PATH}`;

const { status, signal } = spawnSync(
  process.execPath,
  [
    '--test',
    // End-to-end tests wait for child processes more than they compute.
    `--test-concurrency=${availableParallelism() + 1}`,
    '--test-timeout=120000',
    `--test-reporter=${pathToFileURL(join(import.meta.dirname, 'reporter.mjs'))}`,
    '--test-reporter-destination=stdout',
    ...(chosen.length > 0
      ? []
      : [
          '--experimental-test-coverage',
          `--import=${pathToFileURL(join(root, 'test/support/own-coverage.mjs'))}`,
          '--test-coverage-include=src/**',
          '--test-coverage-include=instrumentations/**',
        ]),
    ...options,
    ...files,
  ],
  { cwd: root, env, stdio: 'inherit' },
);
process.exit(signal ? 1 : status);
