/** A disk without room, for each file that is written. By a limit on the size of files, and by a full device. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { diogenesis, makeApp, type SmallApp, STEALING_DEP } from '../support/small-app.ts';

const BIN = new URL('../../dist/cli.js', import.meta.url).pathname;
const LOCK = 'diogenesis.lock.json';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command where no file may grow beyond so many kilobytes: a write beyond it fails, as on a full disk. */
function limited(app: SmallApp, kilobytes: number, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const script = `ulimit -f ${kilobytes}; exec "$0" "$@"`;
    const options = { cwd: app.root, env: { ...process.env, HOME: app.home, TMPDIR: app.path('tmp') } };
    execFile('bash', ['-c', script, process.execPath, BIN, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** A lock file of some 40 KB. */
function largeLock(app: SmallApp): string {
  const packages: Record<string, object> = {};
  for (let i = 100; i < 400; i++)
    packages[`pkg-${i}@1.0.0`] = { state: 'stable', traits: [`net.connect:h${i}.example.com:443`] };
  const text = `${JSON.stringify({ lockfileVersion: 1, packages, tools: {} }, null, 2)}\n`;
  app.write(LOCK, text);
  return text;
}

/* Does more than a kilobyte of things, one by one. */
const BUSY_DEP = `const fs = require('node:fs');
  for (const a of 'abcdefghijklmnopqrst') try { fs.readFileSync('/opt/some-rather-long-folder-name-' + a + a + '/settings.txt'); } catch {}
  module.exports = () => 1;`;

describe('a full disk', () => {
  it('leaves the lock file as it was, with one line and exit code 2', async () => {
    using app = makeApp();
    app.write('tmp/x', '');
    const before = largeLock(app);
    const { code, stdout, stderr } = await limited(app, 8, 'learn', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [2, 'app 1\n']);
    assert.match(
      stderr,
      /^diogenesis: \S+diogenesis\.lock\.json: cannot be written \(it would be larger than is allowed\); it is as it was\n$/,
    );
    assert.equal(readFileSync(app.path(LOCK), 'utf8'), before);
    assert.deepEqual(readdirSync(app.path('.diogenesis')).sort(), ['.gitignore', 'observations']);
    // What it saw is not lost: the next one merges it.
    assert.match(
      (await diogenesis(app, 'learn', '--', 'node', 'app.js')).stderr,
      /1 session that a crash had left unmerged/,
    );
  });

  it('runs nothing where not even the start of a run can be written down', async () => {
    using app = makeApp();
    app.write('tmp/x', '');
    largeLock(app);
    for (const command of ['learn', 'check', 'run']) {
      const { code, stdout, stderr } = await limited(app, 0, command, '--', 'node', 'app.js');
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, /^diogenesis: \S+: cannot be written \([^)]+\), nor can \S+; nothing was run\n$/);
    }
  });

  it('learns nothing from observations that are incomplete', async () => {
    using app = makeApp();
    app.write('tmp/x', '');
    app.package('dep', '1.0.0', BUSY_DEP);
    const { code, stdout, stderr } = await limited(app, 1, 'learn', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [2, 'app 1\n']);
    assert.match(
      stderr,
      /^diogenesis: not everything could be written to \S+; is the disk full\? Nothing was learned$/m,
    );
    assert(!existsSync(app.path(LOCK)));
  });

  it('does not pass a check whose observations are incomplete', async () => {
    using app = makeApp();
    app.write('tmp/x', '');
    app.package('dep', '1.0.0', BUSY_DEP);
    assert.equal((await diogenesis(app, 'learn', '--', 'node', 'app.js')).code, 0);
    const { code, stderr } = await limited(app, 1, 'check', '--', 'node', 'app.js');
    assert.equal(code, 2, stderr);
    assert.match(stderr, /is the disk full\? The check is incomplete$/m);
  });

  it('says that findings cannot be written, lets the app go on, and does not pass --fail-on', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    const plain = await diogenesis(app, 'run', '--findings', '/dev/full', '--', 'node', 'app.js');
    assert.deepEqual([plain.code, plain.stdout], [0, 'app 1\n']);
    assert.equal(plain.stderr.match(/findings cannot be written to \/dev\/full \(ENOSPC\)/g)?.length, 1);
    const failing = await diogenesis(
      app,
      'run',
      '--fail-on',
      'ALERT',
      '--findings',
      '/dev/full',
      '--',
      'node',
      'app.js',
    );
    assert.equal(failing.code, 2);
    assert.match(failing.stderr, /is the disk full\? Whether there were findings cannot be told$/m);
  });

  it('says which report cannot be written', async () => {
    using app = makeApp();
    await diogenesis(app, 'learn', '--', 'node', 'app.js');
    const { code, stderr } = await diogenesis(app, 'check', '--output', '/dev/full', '--', 'node', 'app.js');
    assert.deepEqual([code, stderr], [2, 'diogenesis: /dev/full: cannot be written (ENOSPC)\n']);
  });
});
