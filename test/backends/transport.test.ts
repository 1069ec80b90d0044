/** How findings travel to a real Collector, and what becomes of application and findings when they cannot. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AppFolder } from '../support/app-folder.ts';
import { type OtlpReceiver, refusedEndpoint, startOtlpReceiver } from '../support/otlp-receiver.ts';
import type { Ran, VictimApp } from '../support/victim-app.ts';
import { certificates } from './support/certificates.ts';
import { Collector } from './support/collector.ts';
import { collector } from './support/servers.ts';
import { appOfThieves, exportingTo } from './support/thieves.ts';

const otelcol = await collector();
const binary = 'binary' in otelcol ? otelcol.binary : '';
const skip = 'missing' in otelcol && `because ${otelcol.missing}`;
const THIEVES = 5;

describe('OTLP to a real Collector', { skip }, () => {
  const folder = new AppFolder('diogenesis-backends-');
  let backend: OtlpReceiver;
  let app: VictimApp;
  before(async () => {
    backend = await startOtlpReceiver();
    app = await appOfThieves(THIEVES);
  });
  after(async () => {
    await backend.close();
    await app[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const gatewayWith = (name: string, files: string[], env: NodeJS.ProcessEnv = {}) =>
    Collector.start(binary, {
      files: ['gateway.yaml', ...files],
      folder: folder.path(name),
      env: { TRACES_ENDPOINT: backend.url, LOGS_ENDPOINT: backend.url, ...env },
    });

  /** Runs the application; answers what it said it found, for the comparison with what arrived. */
  async function runs(service: string, env: NodeJS.ProcessEnv): Promise<{ ran: Ran; ids: string[] }> {
    const findings = app.folder.path(`${service}.jsonl`);
    const ran = await app.run(['main.js'], {
      ...exportingTo('', service),
      THIEVES: `0-${THIEVES}`,
      DIOGENESIS_FINDINGS: findings,
      ...env,
    });
    const ids = app.findings(findings).map(({ id }) => id);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, 'the application is well\n');
    assert.ok(ids.length >= THIEVES, ran.stderr);
    return { ran, ids: ids.sort() };
  }

  const stored = (service: string) =>
    backend
      .logs()
      .filter(({ resource }) => resource['service.name'] === service)
      .map(({ attributes }) => String(attributes['diogenesis.finding.id']))
      .sort();

  async function allArrive(service: string, env: NodeJS.ProcessEnv): Promise<void> {
    const { ids } = await runs(service, env);
    await backend.waitFor(() => stored(service).length >= ids.length);
    assert.deepEqual(stored(service), ids);
    await backend.waitFor((receiver) =>
      receiver.spans().some(({ resource, events }) => resource['service.name'] === service && events.length > 0),
    );
  }

  it('speaks http/json, http/protobuf and gRPC, plain and compressed', async () => {
    await using gateway = await gatewayWith('plain', []);
    for (const protocol of ['http/json', 'http/protobuf', 'grpc']) {
      for (const compression of ['none', 'gzip']) {
        await allArrive(`${protocol.replace('/', '-')}-${compression}`, {
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_COMPRESSION: compression,
          OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? `http://${gateway.grpc}` : gateway.http,
        });
      }
    }
  });

  it('means what the protocol is called', async () => {
    for (const [protocol, type] of Object.entries({
      'http/json': 'application/json',
      'http/protobuf': 'application/x-protobuf',
    })) {
      backend.clear();
      await allArrive(`direct-${protocol.slice(5)}`, {
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      });
      for (const { contentType } of backend.requests) assert.equal(contentType, type);
    }
  });

  it('is let in with the header that the Collector asks for, and without it the application is unharmed', async () => {
    await using gateway = await gatewayWith('token', ['bearer-token.yaml'], { OTLP_TOKEN: 'opensesame' });
    await allArrive('with-token', {
      OTEL_EXPORTER_OTLP_ENDPOINT: gateway.http,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20opensesame',
    });
    await runs('without-token', { OTEL_EXPORTER_OTLP_ENDPOINT: gateway.http });
    assert.deepEqual(stored('without-token'), []);
    // The path of our own takes the same headers.
    await ownExporterArrives('own-token', gateway.http, {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20opensesame',
    });
  });

  it('shows its certificate, over HTTP and gRPC; with a wrong one the application is unharmed', async () => {
    const right = certificates(folder.path('tls'));
    const wrong = certificates(folder.path('tls-of-others'));
    await using gateway = await gatewayWith('mtls', ['mtls.yaml'], { TLS_DIR: folder.path('tls') });
    const https = gateway.http.replace('http:', 'https:');
    const showing = ({ ca, cert, key }: typeof right) => ({
      OTEL_EXPORTER_OTLP_CERTIFICATE: ca,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: cert,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: key,
    });
    await allArrive('mtls-http', { OTEL_EXPORTER_OTLP_ENDPOINT: https, ...showing(right) });
    await allArrive('mtls-grpc', {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://${gateway.grpc}`,
      ...showing(right),
    });
    await ownExporterArrives('mtls-own', https, showing(right));
    await runs('wrong-client', {
      OTEL_EXPORTER_OTLP_ENDPOINT: https,
      ...showing({ ...wrong, ca: right.ca }),
    });
    await runs('wrong-server', { OTEL_EXPORTER_OTLP_ENDPOINT: https, ...showing(wrong) });
    assert.deepEqual([...stored('wrong-client'), ...stored('wrong-server')], []);
  });

  async function ownExporterArrives(service: string, endpoint: string, env: NodeJS.ProcessEnv): Promise<void> {
    const { ids } = await runs(service, {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      DIOGENESIS_OTLP_ENDPOINT: endpoint,
      LINGER_MS: '1500',
      ...env,
    });
    await backend.waitFor(() => stored(service).length >= ids.length);
    assert.deepEqual(stored(service), ids);
  }

  it('to a port where nobody listens: the application is unharmed, the findings are in their file', async () => {
    const { ids } = await runs('nobody', {
      OTEL_EXPORTER_OTLP_ENDPOINT: await refusedEndpoint(),
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    });
    assert.ok(ids.length >= THIEVES);
  });

  for (const status of [429, 503]) {
    it(`${status} with Retry-After is waited for: nothing is lost`, async () => {
      const busy = await startOtlpReceiver({ behaviour: { status, retryAfter: 2 } });
      try {
        const service = `busy-${status}`;
        const running = runs(service, { OTEL_EXPORTER_OTLP_ENDPOINT: busy.url });
        await busy.waitFor(({ requests }) => requests.some(({ path }) => path === '/v1/logs'));
        const asked = Date.now();
        busy.behave('accept');
        const { ids } = await running;
        const seen = busy.logs().map(({ attributes }) => attributes['diogenesis.finding.id']);
        assert.deepEqual([...new Set(seen)].sort(), ids);
        assert.ok(Date.now() - asked > 1_500, 'it did not wait');
      } finally {
        await busy.close();
      }
    });
  }

  it('a Collector that is killed and comes back within the time of retries: nothing is lost', async () => {
    await using gateway = await gatewayWith('restart', []);
    const running = runs('restart', {
      OTEL_EXPORTER_OTLP_ENDPOINT: gateway.http,
      OTEL_BLRP_SCHEDULE_DELAY: '200',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      EVERY_MS: '700',
    });
    await backend.waitFor(() => stored('restart').length > 0);
    await gateway.stop('SIGKILL');
    await wait(1_500);
    await gateway.start();
    const { ids } = await running;
    await backend.waitFor(() => new Set(stored('restart')).size >= ids.length);
    assert.deepEqual([...new Set(stored('restart'))], ids);
  });

  it('a Collector that comes later than all retries: our own path still has the findings', async () => {
    const away = await startOtlpReceiver();
    const { port, url } = away;
    await away.close();
    const running = runs('later', {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      DIOGENESIS_OTLP_ENDPOINT: url,
      LINGER_MS: '9000',
    });
    await wait(3_500);
    const back = await startOtlpReceiver({ port });
    try {
      const { ids } = await running;
      const seen = back.logs().map(({ attributes }) => String(attributes['diogenesis.finding.id']));
      assert.deepEqual(seen.sort(), ids);
      assert.equal(back.spans().length, ids.length);
    } finally {
      await back.close();
    }
  });

  it('a store that is away for a while: the Collector keeps what it took, over a restart of its own', async () => {
    const store = await startOtlpReceiver();
    const { port } = store;
    await using gateway = await gatewayWith('outage', [], { TRACES_ENDPOINT: store.url, LOGS_ENDPOINT: store.url });
    await store.close();
    const { ids } = await runs('outage', { OTEL_EXPORTER_OTLP_ENDPOINT: gateway.http });
    await gateway.stop('SIGKILL');
    const back = await startOtlpReceiver({ port });
    try {
      await gateway.start();
      await back.waitFor((receiver) => receiver.logs().length >= ids.length);
      const seen = back.logs().map(({ attributes }) => String(attributes['diogenesis.finding.id']));
      assert.deepEqual([...new Set(seen)].sort(), ids);
    } finally {
      await back.close();
    }
  });
});
