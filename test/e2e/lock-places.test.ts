import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
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
