import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { repository, VictimApp } from '../support/victim-app.ts';

describe('an instrumentation used alone', () => {
  for (const [name, act, span] of [
    ['FsInstrumentation', `require('fs').readFileSync(require('os').homedir() + '/.npmrc');`, 'fs.read'],
    ['NetInstrumentation', `require('net').connect(9, '127.0.0.1').on('error', () => {});`, 'net.connect'],
    ['ChildProcessInstrumentation', `require('child_process').spawnSync('true');`, 'process.spawn'],
    ['ImportInstrumentation', `require('child_process');`, 'import'],
  ] as const) {
    it(`${name} brings its spans and leaves the other senses unpatched`, async () => {
      await using app = await VictimApp.create();
      const receiver = await startOtlpReceiver();
      try {
        app.folder.package('actor', '1.0.0', `exports.act = () => { ${act} };`, {}, 'app/node_modules/actor');
        app.write(
          'main.js',
          `const fs = require('fs'), net = require('net');
           const before = { FsInstrumentation: fs.readFileSync, NetInstrumentation: net.Socket.prototype.connect };
           const { NodeSDK } = require('@opentelemetry/sdk-node');
           const { ${name} } = require('diogenesis-otel');
           const sdk = new NodeSDK({ instrumentations: [new ${name}()] });
           sdk.start();
           const now = { FsInstrumentation: fs.readFileSync, NetInstrumentation: net.Socket.prototype.connect };
           for (const other of Object.keys(now)) {
             if (other !== '${name}' && now[other] !== before[other]) process.exit(9);
           }
           require('actor').act();
           setTimeout(() => sdk.shutdown(), 400);`,
        );
        const ran = await app.run(['main.js'], {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        });
        assert.equal(ran.code, 0, ran.stderr);
        const spans = receiver.spans().filter(({ scope }) => scope === 'diogenesis-otel');
        assert.ok(
          spans.some((one) => one.name === span && one.attributes['diogenesis.package.name'] === 'actor'),
          JSON.stringify(spans.map((one) => [one.name, one.attributes['diogenesis.package.name']])),
        );
        assert.deepEqual([...new Set(spans.map((one) => one.name))], [span]);
      } finally {
        await receiver.close();
      }
    });
  }
});

describe('without the optional peers', () => {
  /** The package alone, as a user has it who installed nothing else. */
  async function bareApp(): Promise<VictimApp> {
    const app = await VictimApp.create();
    const modules = app.folder.path('app/node_modules');
    rmSync(join(modules, '@opentelemetry'));
    rmSync(join(modules, 'diogenesis-otel'));
    for (const part of ['dist', 'package.json', 'diogenesis.schema.json']) {
      cpSync(join(repository, part), join(modules, 'diogenesis-otel', part), { recursive: true });
    }
    app.write('main.js', `require('labels').act().then(() => console.log('done'));`);
    return app;
  }

  it('the preload works without OpenTelemetry at all', async () => {
    await using app = await bareApp();
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], { DIOGENESIS_QUIET: '1' });
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'done\n', '']);
    assert.ok(app.findings().some(({ level }) => level === 'ALERT'));
  });

  for (const [variable, value] of [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318'],
    ['DIOGENESIS_OTLP_ENDPOINT', 'http://127.0.0.1:4318'],
  ] as const) {
    it(`${variable} says in one line what to install, and the app starts`, async () => {
      await using app = await bareApp();
      const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], { [variable]: value });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(ran.stdout, 'done\n');
      const lines = ran.stderr.split('\n').filter((line) => line.startsWith('diogenesis:'));
      assert.equal(lines.length, 1, ran.stderr);
      assert.match(lines[0] as string, /install.*@opentelemetry\/sdk-node/);
      assert.ok(app.findings().some(({ level }) => level === 'ALERT'));
    });
  }
});

describe('two copies of the package', () => {
  it('are one immune system: the second says that it stays passive', async () => {
    await using app = await VictimApp.create();
    for (const part of ['dist', 'package.json', 'diogenesis.schema.json']) {
      cpSync(join(repository, part), app.folder.path(`app/node_modules/second/node_modules/diogenesis-otel/${part}`), {
        recursive: true,
      });
    }
    app.folder.package('second', '1.0.0', `require('diogenesis-otel').activate();`, {}, 'app/node_modules/second');
    app.write('main.js', `require('second'); require('labels').act();`);
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /stays passive/);
    assert.equal(app.findings().filter(({ level }) => level === 'ALERT').length, 1);
  });
});
