/** The files of collector-config/ as they are, in a real Collector, with a real Jaeger behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BAD, GOOD, openShop } from '../../examples/compromised-dependency/demo/shop.ts';
import { AppFolder } from '../support/app-folder.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { HONEST, STEALS, VictimApp } from '../support/victim-app.ts';
import { CONFIG, Collector, recordsIn } from './support/collector.ts';
import { findingsOf, Jaeger } from './support/jaeger.ts';
import { until } from './support/running.ts';
import { collector, jaeger } from './support/servers.ts';

const otelcol = await collector();
const store = await jaeger();
const binary = 'binary' in otelcol ? otelcol.binary : '';
const skip = (...servers: (typeof otelcol)[]) =>
  servers
    .filter((server) => 'missing' in server)
    .map(({ missing }) => `because ${missing}`)
    .join('; ') || false;

/** An application with an SDK of its own and requests of its own making. */
const MAIN = `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { withDiogenesis } = require('diogenesis-otel');
const sdk = new NodeSDK(withDiogenesis({}));
sdk.start();
const { trace } = require('@opentelemetry/api');
const labels = require('labels');
const request = (act) => trace.getTracer('app').startActiveSpan('GET /labels', { kind: 1 }, async (span) => {
  if (act) await labels.act();
  else labels.label('x');
  span.end();
});
(async () => {
  const requests = Number(process.env.REQUESTS);
  for (let i = 1; i <= requests; i++) await request(i === requests);
  await sdk.shutdown();
})();`;

const FIELDS = [
  'diogenesis.finding.id',
  'diogenesis.finding.level',
  'diogenesis.finding.pattern',
  'diogenesis.finding.reason',
  'diogenesis.package.name',
  'diogenesis.package.version',
  'diogenesis.package.chain',
  'diogenesis.trait',
  'diogenesis.voltage',
  'security_rule.name',
  'security_rule.category',
  'security_rule.reference',
];

describe('the Collector configurations', { skip: skip(otelcol) }, () => {
  const combinations = [
    ['agent.yaml'],
    ['gateway.yaml'],
    ['gateway.yaml', 'remote-write.yaml'],
    ['gateway.yaml', 'two-trace-stores.yaml'],
    ['agent.yaml', 'mtls.yaml'],
    ['gateway.yaml', 'mtls.yaml'],
    ['agent.yaml', 'bearer-token.yaml'],
    ['gateway.yaml', 'bearer-token.yaml'],
  ];
  for (const files of combinations) {
    it(`${files.join(' with ')}: valid`, () => {
      const args = files.flatMap((file) => ['--config', join(CONFIG, file)]);
      const { status, stderr } = spawnSync(binary, ['validate', ...args], {
        encoding: 'utf8',
        env: { ...process.env, TLS_DIR: '/etc/otelcol/tls', OTLP_TOKEN: 'x' },
      });
      assert.equal(status, 0, stderr);
    });
  }

  it('agent and gateway blacken the same secrets', () => {
    const [agent, gateway] = ['agent.yaml', 'gateway.yaml'].map(
      (file) => /\n {2}redaction:\n(?: {4}.*\n)+/.exec(readFileSync(join(CONFIG, file), 'utf8'))?.[0],
    );
    assert.ok(agent);
    assert.equal(agent, gateway);
  });
});

describe('a finding through the gateway into Jaeger', { skip: skip(otelcol, store) }, () => {
  const folder = new AppFolder('diogenesis-backends-');
  let traces: Jaeger;
  let logs: OtlpReceiver;
  let gateway: Collector;

  before(async () => {
    [traces, logs] = await Promise.all([Jaeger.start('binary' in store ? store.binary : ''), startOtlpReceiver()]);
    gateway = await Collector.start(binary, {
      files: ['gateway.yaml'],
      folder: folder.root,
      env: { TRACES_ENDPOINT: traces.otlp, LOGS_ENDPOINT: `${logs.url}/otlp` },
    });
  });
  after(async () => {
    await gateway?.stop();
    await Promise.all([traces?.[Symbol.asyncDispose](), logs?.close()]);
    folder[Symbol.dispose]();
  });

  it('is on the trace of the request with all its attributes, and ordinary traces are dropped', async () => {
    const shop = await openShop(gateway.http);
    try {
      shop.install(GOOD);
      await shop.serve(['learn', '--quiet'], { requests: 20 });
      shop.install(BAD);
      const { code, stderr } = await shop.serve(['run'], { requests: 40 });
      assert.equal(code, 0, stderr);
      const kept = await until('the trace in Jaeger', async () => {
        const found = await traces.traces('shop');
        return found.some((trace) => findingsOf(trace).some(({ fields }) => isAlert(fields))) && found;
      });
      for (const trace of kept) assert.notEqual(findingsOf(trace).length, 0, 'a trace without a finding was kept');

      const alerted = kept.find((trace) => findingsOf(trace).some(({ fields }) => isAlert(fields)));
      assert.ok(alerted);
      const alerts = findingsOf(alerted).filter(({ fields }) => isAlert(fields));
      const request = alerts.find(({ span }) => tag(span, 'span.kind') === 'server');
      assert.ok(request, 'the event is on the request');
      assert.equal(tag(request.span, 'diogenesis.threat.level'), 'ALERT');
      assert.ok(
        alerts.some(({ span }) => tag(span, 'diogenesis.trait') !== undefined),
        'the event is on the act',
      );
      for (const field of FIELDS) assert.ok(field in request.fields, field);
      assert.equal(request.fields['diogenesis.package.name'], 'invoice-format');

      // It is found as one would look for it on the page of Jaeger.
      const found = await traces.traces('shop', { 'diogenesis.threat.level': 'ALERT' });
      assert.deepEqual(
        found.map(({ traceID }) => traceID),
        [alerted.traceID],
      );
    } finally {
      await shop.close();
    }
  });

  it('arrives with a sampler of the application of 1 %', async () => {
    await using app = await VictimApp.create();
    app.write('main.js', MAIN);
    const before = await gateway.own('otelcol_receiver_accepted_spans');
    const { code, stderr } = await app.run(['main.js'], {
      ...exporting(gateway, 'sampled'),
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
      REQUESTS: '300',
    });
    assert.equal(code, 0, stderr);
    const [line] = app.findings().filter(({ level }) => level === 'ALERT');
    assert.ok(line);
    const trace = await until('the trace in Jaeger', async () =>
      (await traces.traces('sampled')).find((found) => findingsOf(found).some(({ fields }) => isAlert(fields))),
    );
    assert.equal(trace.traceID, line.traceId);
    // Of 300 requests 3 are expected, 30 are beyond chance; the acts of loading are not requests.
    const sent = (await gateway.own('otelcol_receiver_accepted_spans')) - before;
    assert.ok(sent > 0 && sent < 30, `${sent} spans were sent`);
  });

  it('is counted where the application exports only traces', async () => {
    await using app = await VictimApp.create();
    app.write('main.js', MAIN);
    const { code, stderr } = await app.run(['main.js'], {
      ...exporting(gateway, 'traces-only'),
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      REQUESTS: '3',
    });
    assert.equal(code, 0, stderr);
    const alerts = app.findings().filter(({ level }) => level === 'ALERT').length;
    assert.notEqual(alerts, 0);
    const line = await until('the count', async () =>
      (await gateway.scrape())
        .split('\n')
        .find(
          (text) =>
            text.startsWith('diogenesis_findings_traced_total{') &&
            text.includes('job="traces-only"') &&
            text.includes('level="ALERT"'),
        ),
    );
    assert.match(line, /diogenesis_package_name="labels"/);
    assert.equal(Number(line.slice(line.lastIndexOf(' '))), alerts, 'counted once, not once a span that bears it');
  });

  it('has a log record with its trace, in the store and in a file of its own', async () => {
    await using app = await VictimApp.create();
    app.write('main.js', MAIN);
    const { code, stderr } = await app.run(['main.js'], { ...exporting(gateway, 'logged'), REQUESTS: '3' });
    assert.equal(code, 0, stderr);
    const ids = app.findings().map(({ id }) => id);
    const stored = await logs.waitFor((receiver) => {
      const own = receiver.logs().filter(({ resource }) => resource['service.name'] === 'logged');
      return own.length >= ids.length && own;
    });
    assert.deepEqual(stored.map(({ attributes }) => attributes['diogenesis.finding.id']).sort(), [...ids].sort());
    const alert = stored.find(({ attributes }) => isAlert(attributes));
    assert.equal(alert?.traceId, app.findings().find(({ level }) => level === 'ALERT')?.traceId);
    assert.equal(alert?.severityText, 'ERROR');
    const inFile = await until('the file', () => {
      const own = recordsIn(gateway.findingsFile).map(({ attributes }) => attributes['diogenesis.finding.id']);
      return ids.every((id) => own.includes(id)) && own;
    });
    assert.equal(new Set(inFile).size, inFile.length, 'each once');
  });

  it('an honest application leaves nothing', async () => {
    await using app = await VictimApp.create();
    app.labels('1.0.0', HONEST);
    app.write('main.js', MAIN);
    const { code, stderr } = await app.run(['main.js'], { ...exporting(gateway, 'honest'), REQUESTS: '20' });
    assert.equal(code, 0, stderr);
    // Behind the honest one's traces through the same queue: when this one is there, those were decided upon.
    app.labels('1.0.1', STEALS);
    const later = await app.run(['main.js'], { ...exporting(gateway, 'later'), REQUESTS: '1' });
    assert.equal(later.code, 0, later.stderr);
    await until('the later one', async () => (await traces.traces('later')).length > 0);
    assert.deepEqual(await traces.traces('honest'), []);
  });
});

describe('secrets in what others send', { skip: skip(otelcol) }, () => {
  /* Put together here, so that no scanner takes this file for a leak. */
  const SECRETS = {
    'aws key': `AKIA${'Q'.repeat(16)}`,
    github: `ghp_${'a1B2'.repeat(9)}`,
    npm: `npm_${'z9Y8'.repeat(9)}`,
    jwt: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.${'s'.repeat(20)}`,
    bearer: `Bearer ${'t0k3n'.repeat(4)}`,
    address: `postgres://admin:${'hunter2'}@db.internal/shop`,
    npmrc: `//registry.example/:_authToken=${'c'.repeat(12)}`,
  };
  const KEYED = 'plain-but-under-a-telling-name';
  const HARMLESS = 'fs.read:<home>/.npmrc [credential]';

  it('are blackened by agent and gateway wherever they are, and nothing else is', async () => {
    using folder = new AppFolder('diogenesis-backends-');
    const backend = await startOtlpReceiver();
    const env = { TRACES_ENDPOINT: backend.url, LOGS_ENDPOINT: backend.url, SAMPLING_PERCENTAGE: '100' };
    try {
      await using gateway = await Collector.start(binary, {
        files: ['gateway.yaml'],
        folder: folder.path('gateway'),
        env,
      });
      await using agent = await Collector.start(binary, {
        files: ['agent.yaml'],
        folder: folder.path('agent'),
        env: { GATEWAYS: `[${gateway.grpc}]` },
      });
      const text = (value: string) => ({ stringValue: value });
      const attributes = [
        ...Object.entries(SECRETS).map(([key, value]) => ({ key, value: text(`before ${value} after`) })),
        { key: 'http.request.header.authorization', value: text(KEYED) },
        { key: 'diogenesis.trait', value: text(HARMLESS) },
        { key: 'process.command_args', value: { arrayValue: { values: Object.values(SECRETS).map(text) } } },
      ];
      const now = `${Date.now()}000000`;
      const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
      const resource = { attributes: [{ key: 'service.name', value: text('leaky') }] };
      const bodies = {
        traces: {
          resourceSpans: [
            {
              resource,
              scopeSpans: [
                {
                  spans: [
                    {
                      ...ids,
                      name: 'GET /',
                      kind: 2,
                      startTimeUnixNano: now,
                      endTimeUnixNano: now,
                      attributes,
                      events: [{ name: 'diogenesis.finding', timeUnixNano: now, attributes }],
                    },
                  ],
                },
              ],
            },
          ],
        },
        logs: {
          resourceLogs: [
            {
              resource,
              scopeLogs: [
                {
                  logRecords: [{ ...ids, timeUnixNano: now, body: text(Object.values(SECRETS).join(' ')), attributes }],
                },
              ],
            },
          ],
        },
      };
      for (const [signal, body] of Object.entries(bodies)) {
        const response = await fetch(`${agent.http}/v1/${signal}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        assert.equal(response.status, 200, await response.text());
      }
      const span = await backend.waitFor((receiver) => receiver.spans()[0]);
      const log = await backend.waitFor((receiver) => receiver.logs()[0]);
      const arrived = JSON.stringify([span, log]);
      for (const [name, secret] of Object.entries(SECRETS)) assert.ok(!arrived.includes(secret), `${name}: ${arrived}`);
      assert.ok(!arrived.includes(KEYED), arrived);
      for (const kept of [span.attributes, span.events[0]?.attributes, log.attributes]) {
        assert.equal(kept?.['diogenesis.trait'], HARMLESS);
      }
      assert.equal(span.traceId, ids.traceId);
    } finally {
      await backend.close();
    }
  });
});

function isAlert(fields: Record<string, unknown>): boolean {
  return fields['diogenesis.finding.level'] === 'ALERT';
}

function tag(span: { tags: readonly { key: string; value: unknown }[] }, name: string): unknown {
  return span.tags.find(({ key }) => key === name)?.value;
}

function exporting(to: Collector, service: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: to.http,
    OTEL_SERVICE_NAME: service,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
  };
}
