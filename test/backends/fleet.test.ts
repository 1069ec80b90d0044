/** Many processes, two agents, two gateways: what arrives when some of them are killed; and the lock file of a fleet. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AppFolder } from '../support/app-folder.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { repository, VictimApp } from '../support/victim-app.ts';
import { Collector } from './support/collector.ts';
import { until } from './support/running.ts';
import { collector } from './support/servers.ts';
import { appOfThieves, exportingTo } from './support/thieves.ts';

const otelcol = await collector();
const binary = 'binary' in otelcol ? otelcol.binary : '';
const skip = 'missing' in otelcol && `because ${otelcol.missing}`;
const cli = join(repository, 'dist/cli.js');
const run = promisify(execFile);

describe('a fleet', { skip }, () => {
  it('loses no finding when a gateway and an agent are killed under load', async (t) => {
    const PROCESSES = 20;
    const EACH = 8;
    using folder = new AppFolder('diogenesis-backends-');
    await using app = await appOfThieves(PROCESSES * EACH);
    const store = await startOtlpReceiver();
    const env = { TRACES_ENDPOINT: store.url, LOGS_ENDPOINT: store.url };
    const start = (name: string, file: string, more: NodeJS.ProcessEnv) =>
      Collector.start(binary, { files: [file], folder: folder.path(name), env: more });
    try {
      await using first = await start('gateway-1', 'gateway.yaml', env);
      await using second = await start('gateway-2', 'gateway.yaml', env);
      const GATEWAYS = `[${first.grpc}, ${second.grpc}]`;
      await using left = await start('agent-1', 'agent.yaml', { GATEWAYS });
      await using right = await start('agent-2', 'agent.yaml', { GATEWAYS });

      const stored = () => new Set(store.logs().map(({ attributes }) => String(attributes['diogenesis.finding.id'])));
      const running = Array.from({ length: PROCESSES }, (_, i) =>
        app.run(['main.js'], {
          ...exportingTo((i % 2 === 0 ? left : right).http, `service-${i}`),
          OTEL_BLRP_SCHEDULE_DELAY: '200',
          OTEL_BSP_SCHEDULE_DELAY: '200',
          THIEVES: `${i * EACH}-${(i + 1) * EACH}`,
          EVERY_MS: '900',
          DIOGENESIS_FINDINGS: folder.path(`findings-${i}.jsonl`),
        }),
      );
      await store.waitFor(() => stored().size > PROCESSES, 60_000);
      await first.stop('SIGKILL');
      await wait(1_000);
      await right.stop('SIGKILL');
      await wait(1_000);
      await right.start();
      await first.start();

      for (const { code, stdout, stderr } of await Promise.all(running)) {
        assert.equal(code, 0, stderr);
        assert.equal(stdout, 'the application is well\n');
      }
      const produced = Array.from({ length: PROCESSES }, (_, i) =>
        app.findings(folder.path(`findings-${i}.jsonl`)),
      ).flat();
      assert.ok(produced.length >= PROCESSES * EACH, `${produced.length} findings`);
      await until('every log record', () => produced.every(({ id }) => stored().has(id)), 60_000).catch(() => {});
      const lost = produced.filter(({ id }) => !stored().has(id));
      const twice = store.logs().length - stored().size;

      // Traces wait for their decision in the gateway's memory: those of the last seconds before SIGKILL are gone.
      const expected = new Set(produced.map(({ traceId }) => traceId));
      await wait(4_000);
      const kept = new Set(store.spans().map(({ traceId }) => traceId));
      const gone = [...expected].filter((id) => !kept.has(id as string)).length;
      t.diagnostic(
        `${produced.length} findings of ${PROCESSES} processes: ${lost.length} log records lost, ${twice} stored twice; ` +
          `${gone} of ${expected.size} traces lost with the memory of the killed gateway`,
      );
      assert.deepEqual(lost, []);
      assert.ok(gone < expected.size / 2, `${gone} of ${expected.size} traces`);
    } finally {
      await store.close();
    }
  });

  it('of 50 processes with different traffic learns the same lock file as one process that saw it all', async () => {
    const PROCESSES = 50;
    const PACKAGES = 25;
    using folder = new AppFolder('diogenesis-backends-');
    await using app = await VictimApp.create();
    for (let i = 0; i < PACKAGES; i++) {
      // Something of its own, something that all do, and the credential that only a few of them touch.
      const act = `const fs = require('node:fs'), os = require('node:os'), path = require('node:path');
exports.act = () => {
  fs.writeFileSync(path.join(__dirname, '../../data-${i}.json'), '{}');
  fs.readdirSync(os.tmpdir());
  ${i % 10 === 3 ? "fs.readFileSync(path.join(os.homedir(), '.npmrc'));" : ''}
};`;
      app.folder.package(`part${i}`, '1.0.0', act, {}, `app/node_modules/part${i}`);
    }
    app.write(
      'main.js',
      `const { NodeSDK } = require('@opentelemetry/sdk-node');
const sdk = new NodeSDK({});
sdk.start();
for (const name of process.env.PARTS.split(',')) require('part' + name).act();
// Long enough for an export whose own acts the next one tells of.
setTimeout(() => sdk.shutdown(), 500);`,
    );
    await using gateway = await Collector.start(binary, { files: ['gateway.yaml'], folder: folder.root });
    const process_ = (parts: readonly number[]) => ({
      ...exportingTo(gateway.http, 'fleet'),
      OTEL_BLRP_SCHEDULE_DELAY: '100',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      DIOGENESIS_SESSION: 'release-1',
      DIOGENESIS_SHARE_TRAITS: '1',
      PARTS: parts.join(','),
      PATH: process.env.PATH,
      HOME: app.home,
    });
    const preload = ['--require', 'diogenesis-otel/register', 'main.js'];
    const all = Array.from({ length: PACKAGES }, (_, i) => i);

    /** What the processes of the fleet leave in the Collector's file, learned. */
    async function learned(name: string, fleet: readonly (readonly number[])[]): Promise<string> {
      const waiting = [...fleet];
      const worker = async () => {
        for (let parts = waiting.pop(); parts !== undefined; parts = waiting.pop()) {
          const { code, stderr } = await app.run(preload, process_(parts));
          assert.equal(code, 0, stderr);
        }
      };
      await Promise.all([worker(), worker(), worker()]);
      await gateway.stop(); // what it has is in the file now
      const lock = folder.path(`${name}.lock.json`);
      const argv = [cli, 'learn', '--from', gateway.traitsFile, '--lock', lock];
      const { stderr } = await run(process.execPath, argv, { cwd: app.folder.path('app') });
      assert.match(stderr, /in 1 session\)/);
      rmSync(gateway.traitsFile);
      await gateway.start();
      return readFileSync(lock, 'utf8');
    }

    const ofOne = await learned('one', [all]);
    const fleet = Array.from({ length: PROCESSES }, (_, i) => [
      i % PACKAGES,
      (i * 7 + 1) % PACKAGES,
      (i * 3) % PACKAGES,
    ]);
    const ofMany = await learned('many', fleet);
    assert.deepEqual(ofMany.split('\n'), ofOne.split('\n'));

    // And the same as `learn` makes of that one process where it runs.
    const lock = folder.path('here.lock.json');
    const { DIOGENESIS_SESSION: _, DIOGENESIS_SHARE_TRAITS: __, ...env } = process_(all);
    await run(process.execPath, [cli, 'learn', '--lock', lock, '--', process.execPath, 'main.js'], {
      cwd: app.folder.path('app'),
      env,
    });
    assert.deepEqual(ofOne.split('\n'), readFileSync(lock, 'utf8').split('\n'));
    assert.match(ofOne, /part3@1\.0\.0": \{\n {6}"state": "learning",\n {6}"traits": \[\n.*npmrc \[credential\]/);

    // With the lock file in place there is nothing to tell.
    app.write('diogenesis.lock.json', ofOne);
    const { code, stderr } = await app.run(preload, process_(all));
    assert.equal(code, 0, stderr);
    await gateway.stop();
    assert.deepEqual(readText(gateway.traitsFile), '');
  });
});

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
