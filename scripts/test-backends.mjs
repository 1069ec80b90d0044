/**
 * Diogenesis against the real servers: Collectors, Jaeger, Prometheus, Alertmanager. Installs what it needs from the
 * package registries into a cache outside the checkout (minutes, the first time), then runs test/backends/ a file after
 * the other. What cannot be had is skipped, with the reason.
 *
 *   npm run test:backends                                   everything
 *   npm run test:backends -- test/backends/rules.test.ts    some files
 *   npm run test:backends -- --cached                       with the servers that are there; installs nothing
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { collector, debian, jaeger } from '../test/backends/support/servers.ts';

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith('-') && argument !== '--cached');
if (given.includes('--cached')) process.env.TEST_BACKENDS_CACHED = '1';
const chosen = given.filter((argument) => !argument.startsWith('-'));
const files = chosen.length > 0 ? chosen : globSync('test/backends/**/*.test.ts', { cwd: root }).sort();

const servers = {
  'OpenTelemetry Collector': collector,
  Jaeger: jaeger,
  Prometheus: () => debian('prometheus'),
  Alertmanager: () => debian('prometheus-alertmanager'),
};
for (const [name, provide] of Object.entries(servers)) {
  const start = performance.now();
  const server = await provide();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${name.padEnd(24)} ${'missing' in server ? `not to be had: ${server.missing}` : `ready in ${seconds} s`}`,
  );
}

const env = { ...process.env };
for (const name of Object.keys(env)) if (/^(OTEL_|DIOGENESIS_|NODE_OPTIONS$|FORCE_COLOR$)/.test(name)) delete env[name];
env.PATH = `${dirname(process.execPath)}:${env.PATH}`;

const { status, signal } = spawnSync(
  process.execPath,
  [
    '--test',
    // Servers, agents and applications share two cores: one file at a time.
    '--test-concurrency=1',
    '--test-timeout=300000',
    `--test-reporter=${pathToFileURL(join(import.meta.dirname, 'reporter.mjs'))}`,
    '--test-reporter-destination=stdout',
    ...options,
    ...files,
  ],
  { cwd: root, env, stdio: 'inherit' },
);
process.exit(signal ? 1 : status);
