import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { VictimApp } from '../support/victim-app.ts';

/* Arguments at which looking fails, and the call itself with the very same error. */
const FAIL = `const fs = require('node:fs');
const fail = () => {
  for (let i = 0; i < 12; i++) {
    try { fs.readFileSync(new Proxy({}, { get() { throw new Error('of the host'); } })); } catch ({ message }) { console.log(message); }
  }
};`;
const STEAL = `fs.readFileSync(process.env.HOME + '/.npmrc');`;

async function withApp(
  main: string,
  labels: string,
  check: (app: VictimApp, receiver: Awaited<ReturnType<typeof startOtlpReceiver>>) => void,
): Promise<void> {
  await using app = await VictimApp.create();
  const receiver = await startOtlpReceiver();
  try {
    app.labels('1.0.1', labels);
    app.write(
      'main.js',
      `const { NodeSDK } = require('@opentelemetry/sdk-node');
       const { withDiogenesis, status } = require('diogenesis-otel');
       const sdk = new NodeSDK(withDiogenesis({}));
       sdk.start();
       ${main}
       console.log(JSON.stringify(status().senses));
       sdk.shutdown();`,
    );
    const ran = await app.run(['main.js'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'otlp',
    });
    assert.equal(ran.code, 0, ran.stderr);
    const lines = ran.stdout.trim().split('\n');
    assert.deepEqual(lines.slice(0, 12), Array(12).fill('of the host'), 'the host gets its own error, every time');
    assert.deepEqual(
      receiver.metric('diogenesis.self.errors').map(({ attributes }) => attributes['diogenesis.sense']),
      ['fs'],
    );
    check(app, receiver);
    assert.deepEqual(JSON.parse(lines[12] as string), {
      import: true,
      fs: !app.findings().some(({ rule }) => rule.name === 'sense-switched-off'),
      net: true,
      childProcess: true,
    });
  } finally {
    await receiver.close();
  }
}

describe('errors inside a sense', () => {
  it('are counted, and when they repeat it is switched off with a finding, and the others go on', () =>
    withApp(
      `${FAIL} fail(); require('labels').act();`,
      `exports.act = () => require('node:child_process').spawnSync('true');`,
      (app, receiver) => {
        assert.equal(receiver.metric('diogenesis.self.errors')[0]?.value, 10);
        const [off] = app.findings().filter(({ rule }) => rule.name === 'sense-switched-off');
        assert.equal(off?.level, 'WARN');
        assert.equal(off?.trait, 'diogenesis.sense:fs');
        assert.match(off?.reason ?? '', /The fs sense failed repeatedly \(Error\) and is switched off/);
        const log = receiver.logs().find(({ attributes }) => attributes['diogenesis.trait'] === 'diogenesis.sense:fs');
        assert.equal(log?.eventName, 'diogenesis.finding');
        assert.ok(receiver.spans().some(({ name }) => name === 'process.spawn'));
      },
    ));

  it('that a package makes are counted and told, and switch nothing off', () =>
    withApp(`require('labels').act();`, `${FAIL} exports.act = () => { fail(); ${STEAL} };`, (app, receiver) => {
      assert.equal(receiver.metric('diogenesis.self.errors')[0]?.value, 12);
      const of = (name: string) => app.findings().filter(({ rule }) => rule.name === name);
      assert.deepEqual(of('sense-switched-off'), []);
      const [failed] = of('judgement-failed');
      assert.equal(failed?.package.name, 'labels');
      assert.ok(
        app.findings().some(({ trait }) => trait.includes('[credential]')),
        'what it does then is seen',
      );
    }));
});
