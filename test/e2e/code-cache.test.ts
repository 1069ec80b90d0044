import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repository, VictimApp } from '../support/victim-app.ts';

const PRELOAD = ['--require', 'diogenesis-otel/register', 'main.js'];

/** An application with a copy of the package of its own, as it is after an install. */
async function appWithCopy(): Promise<{ app: VictimApp; dist: string; caches: () => string[] }> {
  const app = await VictimApp.create();
  const copy = app.folder.path('app/node_modules/diogenesis-otel');
  rmSync(copy);
  for (const part of ['dist', 'package.json', 'diogenesis.schema.json']) {
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  const dist = join(copy, 'dist');
  const caches = () => globSync('*.cache*', { cwd: dist });
  for (const cache of caches()) rmSync(join(dist, cache));
  app.write('main.js', `require('labels').act().then(() => console.log('done'));`);
  return { app, dist, caches };
}

async function assertWorks(app: VictimApp, env: Record<string, string> = {}): Promise<void> {
  const before = app.findings().length;
  const ran = await app.run(PRELOAD, { DIOGENESIS_QUIET: '1', ...env });
  assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'done\n', '']);
  const found = app.findings().slice(before);
  const told = found.map(({ level, package: { name }, reason }) => `${level} ${name}: ${reason}`).join('\n');
  assert.ok(
    found.every((finding) => finding.package.name === 'labels'),
    told,
  );
  assert.equal(found.filter(({ level }) => level === 'ALERT').length, 1, told);
}

describe('V8’s code cache', () => {
  it('is written by the first start, complete, and used as it is by the next', async () => {
    const { app, dist, caches } = await appWithCopy();
    await using _ = app;
    await assertWorks(app);
    const [cache, ...others] = caches();
    assert.match(cache ?? '', /^diogenesis-.*\.v\d+\.\d+\.\d+.*-\w+\.start\.cache$/);
    assert.deepEqual(others, []);
    const { ino, mtimeMs } = statSync(join(dist, cache as string));
    await assertWorks(app);
    assert.deepEqual(
      [ino, mtimeMs],
      [statSync(join(dist, cache as string)).ino, statSync(join(dist, cache as string)).mtimeMs],
    );
  });

  it('is written anew, once, by a process that has looked at much', async () => {
    const { app, dist, caches } = await appWithCopy();
    await using _ = app;
    await assertWorks(app);
    const start = statSync(join(dist, caches()[0] as string)).size;
    app.write(
      'main.js',
      `const fs = require('node:fs');
       for (let i = 0; i < 100; i++) fs.existsSync(\`\${__dirname}/file-\${i}\`);
       setTimeout(() => console.log('done'), 100);`,
    );
    const versions: number[] = [];
    for (let run = 0; run < 3; run++) {
      const ran = await app.run(PRELOAD, { DIOGENESIS_QUIET: '1' });
      assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'done\n', '']);
      const [cache, ...others] = caches();
      assert.match(cache ?? '', /\.v\d+\.\d+\.\d+.*-\w+(?<!start)\.cache$/);
      assert.deepEqual(others, []);
      const { ino, size } = statSync(join(dist, cache as string));
      assert(size > start, `${size} > ${start}`);
      versions.push(ino);
    }
    assert.equal(new Set(versions).size, 1);
  });

  it('that is damaged is as good as none', async () => {
    const { app, dist, caches } = await appWithCopy();
    await using _ = app;
    await assertWorks(app);
    const cache = join(dist, caches()[0] as string);
    for (const damage of [Buffer.alloc(0), Buffer.from('no cache'), readFileSync(cache).subarray(0, 1000)]) {
      writeFileSync(cache, damage);
      await assertWorks(app);
    }
  });

  it('is written once by many that start together', async () => {
    const { app, caches } = await appWithCopy();
    await using _ = app;
    app.write('main.js', `console.log('done')`);
    const runs = await Promise.all(Array.from({ length: 8 }, () => app.run(PRELOAD, { DIOGENESIS_QUIET: '1' })));
    for (const ran of runs) assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'done\n', '']);
    assert.equal(caches().length, 1);
  });

  it('that cannot be written is not needed', async () => {
    const { app, caches } = await appWithCopy();
    await using _ = app;
    app.write('main.js', `console.log('done')`);
    // No file of more than 100 kB: the cache does not fit.
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -f 200; exec "$0" "$@"', process.execPath, ...PRELOAD],
      {
        cwd: app.folder.path('app'),
        env: { HOME: app.home, DIOGENESIS_QUIET: '1' },
        encoding: 'utf8',
      },
    );
    assert.deepEqual([status, stdout, stderr], [0, 'done\n', '']);
    assert.deepEqual(caches(), []);
  });

  it('is left alone while coverage is measured', async () => {
    const { app, caches } = await appWithCopy();
    await using _ = app;
    await assertWorks(app, { NODE_V8_COVERAGE: app.folder.path('coverage') });
    assert.deepEqual(caches(), []);
  });

  it('is not written under the permission model', async () => {
    const { app, caches } = await appWithCopy();
    await using _ = app;
    app.write('main.js', `console.log('done')`);
    const ran = await app.run(['--permission', '--allow-fs-read=*', ...PRELOAD], { DIOGENESIS_QUIET: '1' });
    assert.deepEqual([ran.code, ran.stdout], [0, 'done\n'], ran.stderr);
    assert.deepEqual(caches(), []);
  });
});
