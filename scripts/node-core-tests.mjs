/**
 * Node's own fs and child_process tests under the preload: the host must not see a difference.
 * Needs exactly the Node the tests belong to, fetched once into a cache outside the checkout, and the tests themselves,
 * which are not part of this repository ($NODE_CORE_TESTS, or ../shared/node-core-tests beside the checkout).
 *
 *   npm run test:node-core [-- --filter REGEX --jobs N --json FILE]
 *   npm run test:node-core -- --all      net, http, tls, modules, workers and the rest: see node-core/all.mjs
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { testAll } from './node-core/all.mjs';

const VERSION = '25.8.1';
const root = join(import.meta.dirname, '..');
const skip = (reason) => {
  console.log(`node's own tests: skipped, because ${reason}`);
  process.exit(0);
};

const register = join(root, 'dist/register.js');
if (!existsSync(register)) {
  console.error('dist/register.js is not built: npm run build');
  process.exit(1);
}
if (process.argv.includes('--all')) process.exit(await testAll(process.argv.slice(2), register));

const tests = resolve(process.env.NODE_CORE_TESTS ?? join(root, '../shared/node-core-tests'));
if (!existsSync(join(tests, 'run.mjs'))) skip('they are not there (set NODE_CORE_TESTS to their folder)');

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'diogenesis-otel', `node-${VERSION}`);
const node = join(cache, 'node_modules/node/bin/node');
if (!existsSync(node)) {
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync('npm', ['install', '--prefix', cache, '--no-save', '--no-audit', '--no-fund', `node@${VERSION}`], {
      cwd: cache,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    skip(
      `Node ${VERSION} cannot be installed: ${
        String(error.stderr ?? error.message)
          .trim()
          .split('\n')[0]
      }`,
    );
  }
}
if (!existsSync(node)) skip(`Node ${VERSION} was not installed (install scripts are off?)`);

console.log(`node's own tests, Node ${VERSION}, under --require dist/register.js`);
const { status } = spawnSync(
  process.execPath,
  [join(tests, 'run.mjs'), '--node', node, ...process.argv.slice(2), '--', '--require', register],
  {
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
