import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attributes, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';

const resource = resourceFromAttributes({ 'service.name': 'receiver-test' });
const attributes: Attributes = {
  text: 'ä',
  integer: -7,
  large: 2 ** 40,
  real: 0.5,
  flag: true,
  list: ['a', 'b'],
};

const exporters = [
  {
    encoding: 'JSON',
    Traces: JsonTraces,
    Logs: JsonLogs,
    Metrics: JsonMetrics,
    compression: CompressionAlgorithm.NONE,
  },
  {
    encoding: 'gzipped JSON',
    Traces: JsonTraces,
    Logs: JsonLogs,
    Metrics: JsonMetrics,
    compression: CompressionAlgorithm.GZIP,
  },
  {
    encoding: 'protobuf',
    Traces: ProtoTraces,
    Logs: ProtoLogs,
    Metrics: ProtoMetrics,
    compression: CompressionAlgorithm.NONE,
  },
  {
    encoding: 'gzipped protobuf',
    Traces: ProtoTraces,
    Logs: ProtoLogs,
    Metrics: ProtoMetrics,
    compression: CompressionAlgorithm.GZIP,
  },
];

for (const { encoding, Traces, Logs, Metrics, compression } of exporters) {
  test(`the OTLP receiver reads spans, logs and metrics sent as ${encoding}`, async (t) => {
    const receiver = await startOtlpReceiver();
    t.after(() => receiver.close());
    const to = (signal: string) => ({ url: `${receiver.url}/v1/${signal}`, compression });

    const traces = new TracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor({ exporter: new Traces(to('traces')) })],
    });
    const tracer = traces.getTracer('scope');
    const parent = tracer.startSpan('parent', { kind: SpanKind.SERVER, attributes });
    const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
    child.addEvent('happened', attributes);
    child.setStatus({ code: 2, message: 'no' });
    child.end();
    parent.end();
    await traces.shutdown();

    const logs = new LoggerProvider({
      resource,
      processors: [new SimpleLogRecordProcessor({ exporter: new Logs(to('logs')) })],
    });
    logs
      .getLogger('scope')
      .emit({ eventName: 'event', severityNumber: 17, severityText: 'ERROR', body: 'words', attributes });
    await logs.shutdown();

    const metrics = new MeterProvider({
      resource,
      readers: [new PeriodicExportingMetricReader({ exporter: new Metrics(to('metrics')) })],
    });
    const meter = metrics.getMeter('scope');
    meter.createCounter('counter', { unit: '{thing}' }).add(3, { a: 'b' });
    meter.createGauge('gauge', { unit: '1' }).record(0.25);
    meter.createHistogram('histogram').record(4);
    await metrics.shutdown();

    const [childSpan, parentSpan] = receiver.spans();
    assert.ok(childSpan && parentSpan);
    assert.deepEqual([childSpan.name, childSpan.parentSpanId, childSpan.status], ['child', parentSpan.spanId, 2]);
    assert.deepEqual([parentSpan.kind, parentSpan.scope, parentSpan.parentSpanId], [2, 'scope', '']);
    assert.match(parentSpan.traceId, /^[0-9a-f]{32}$/);
    assert.deepEqual(parentSpan.attributes, attributes);
    assert.deepEqual(
      childSpan.events.map(({ name, attributes }) => ({ name, attributes })),
      [{ name: 'happened', attributes }],
    );
    assert.ok(Math.abs(childSpan.start - Date.now()) < 60_000);
    assert.equal(parentSpan.resource['service.name'], 'receiver-test');

    const [log] = receiver.logs();
    assert.ok(log);
    assert.deepEqual([log.eventName, log.severityNumber, log.severityText, log.body], ['event', 17, 'ERROR', 'words']);
    assert.deepEqual(log.attributes, attributes);

    assert.deepEqual(
      receiver.metrics().map(({ name, unit, type, attributes, value }) => ({ name, unit, type, attributes, value })),
      [
        { name: 'counter', unit: '{thing}', type: 'sum', attributes: { a: 'b' }, value: 3 },
        { name: 'gauge', unit: '1', type: 'gauge', attributes: {}, value: 0.25 },
        { name: 'histogram', unit: '', type: 'histogram', attributes: {}, value: 4 },
      ],
    );
  });
}

test('the OTLP receiver can refuse, ask for patience, hang up, and come back on the same port', async (t) => {
  const receiver = await startOtlpReceiver({ behaviour: { status: 503, retryAfter: 1 } });
  t.after(() => receiver.close());
  const post = (): Promise<Response> =>
    fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });

  const refused = await post();
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
  receiver.behave('reset');
  await assert.rejects(post());
  await receiver.close();
  await assert.rejects(post());

  const again = await startOtlpReceiver({ port: receiver.port });
  t.after(() => again.close());
  assert.equal((await post()).status, 200);
  assert.equal(await again.waitFor(({ requests }) => requests.length), 1);
});
