import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AppFolder } from '../support/app-folder.ts';
import { cli } from '../support/cli.ts';

/* As resolvers, bundlers and finders of configuration do: every folder up to the root of the disk. */
const finder = `
const fs = require('node:fs');
const path = require('node:path');
module.exports = (from) => {
  for (let at = from; ; at = path.dirname(at)) {
    for (const name of ['', 'package.json', '.finderrc', 'node_modules/package.json', 'node_modules/@scope']) {
      try { fs.readFileSync(path.join(at, name)); } catch {}
    }
    if (at === path.dirname(at)) break;
  }
  const modules = path.join(from, 'node_modules');
  for (const name of fs.readdirSync(modules)) {
    try { fs.readFileSync(path.join(modules, name, 'index.js')); } catch {}
  }
};
`;

function writeApplication(app: AppFolder, at: string): void {
  const dependencies = { finder: '1.0.0', handed: '1.0.0' };
  app.write(`${at}/package.json`, JSON.stringify({ name: 'service', version: '1.0.0', dependencies }));
  app.write(
    `${at}/main.mjs`,
    "import finder from 'finder'; import { one } from 'handed'; finder(import.meta.dirname + one);",
  );
  app.package('finder', '1.0.0', finder, {}, `${at}/node_modules/finder`);
  app.package('handed', '1.0.0', "module.exports = require('./lib');", {}, `${at}/node_modules/handed`);
  app.write(`${at}/node_modules/handed/lib/index.js`, "exports.one = '';");
  for (let i = 0; i < 6; i++) app.package(`part-${i}`, '1.0.0', '', {}, `${at}/node_modules/part-${i}`);
}

async function learned(app: AppFolder, at: string, home: string): Promise<string> {
  writeApplication(app, at);
  mkdirSync(app.path(home), { recursive: true });
  const ran = await cli(['learn', '--', 'node', 'main.mjs'], {
    cwd: app.path(at),
    env: { HOME: app.path(home), TMPDIR: join(tmpdir(), '.') },
  });
  assert.equal(ran.code, 0, ran.stderr);
  return readFileSync(app.path(`${at}/diogenesis.lock.json`), 'utf8');
}

/** Ports below those that the operating system gives out, where nobody listens. */
async function freePorts(count: number): Promise<number[]> {
  const free: number[] = [];
  for (let port = 20_000 + (process.pid % 8_000); free.length < count; port++) {
    const server = createServer().listen(port);
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    free.push(port);
    await once(server.close(), 'close');
  }
  return free;
}

/* Its tests start it as a child and ask it through a package, as tests of servers do. */
const SERVER = `
  require('http').createServer((q, r) => r.end('ok')).listen(process.env.API_PORT ?? process.argv[2], () => process.send?.('up'));`;
const TESTS = `
  const { fork } = require('child_process');
  const port = process.env.API_PORT ?? process.argv[2];
  const child = fork('./server.js', process.argv.slice(2)).once('message', async () => {
    await require('client')('http://localhost:' + port);
    await require('client')('http://localhost:2375').catch(() => {});
    child.kill();
  });`;

async function learnedAtPort(port: number, how: 'environment' | 'arguments'): Promise<string> {
  using app = new AppFolder();
  app.write('package.json', JSON.stringify({ name: 'service', version: '1.0.0', dependencies: { client: '1.0.0' } }));
  app.package('client', '1.0.0', 'module.exports = async (url) => (await fetch(url)).text();');
  app.write('server.js', SERVER);
  app.write('tests.js', TESTS);
  const isArgument = how === 'arguments';
  const ran = await cli(['learn', '--', 'node', 'tests.js', ...(isArgument ? [String(port)] : [])], {
    cwd: app.root,
    env: isArgument ? {} : { API_PORT: String(port) },
  });
  assert.equal(ran.code, 0, ran.stderr);
  return readFileSync(app.path('diogenesis.lock.json'), 'utf8');
}

describe('the port of a checkout', () => {
  for (const how of ['environment', 'arguments'] as const) {
    it(`is not in the lock file when it comes from the ${how}`, async () => {
      const [one = 0, two = 0] = await freePorts(2);
      const bytes = await learnedAtPort(one, how);
      assert.equal(await learnedAtPort(two, how), bytes);
      const { packages } = JSON.parse(bytes);
      const isNet = (trait: string) => trait.startsWith('net.');
      // A service of this machine that has a name is another thing than the application's own.
      assert.deepEqual(packages['client@1.0.0'].traits.filter(isNet), [
        'net.connect:localhost:*',
        'net.connect:localhost:2375',
      ]);
      assert(packages['<app>'].traits.includes('net.listen:*:0'));
    });
  }
});

describe('where a checkout lies', () => {
  it('is not in the lock file, whatever looks for its way up from it', async () => {
    using app = new AppFolder();
    const shallow = await learned(app, 'shop', 'home');
    const deep = await learned(app, 'homes/ada/work/some/where/shop', 'homes/ada');
    assert.equal(deep, shallow);
    const { packages } = JSON.parse(shallow);
    assert.deepEqual(packages['finder@1.0.0'].traits, [
      'fs.read:<app>/../.finderrc',
      'fs.read:<app>/.finderrc',
      'fs.read:<node_modules>/*/*.js',
      'import:node:fs',
    ]);
    // What Node itself reads to load a module is the import, not somebody's reading of files.
    assert.deepEqual(Object.keys(packages).sort(), ['<app>', 'finder@1.0.0', 'handed@1.0.0']);
  });
});
