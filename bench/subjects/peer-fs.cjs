/* The official instrumentation of fs, sampled and in batches, exported to nowhere, as far as its maker lets it. */
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { BatchSpanProcessor } = require('@opentelemetry/sdk-trace');
const { FsInstrumentation } = require('@opentelemetry/instrumentation-fs');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

process.env.OTEL_SDK_DISABLED = 'false';
const exporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {}, forceFlush: async () => {} };
new NodeSDK({
  spanProcessors: [new BatchSpanProcessor({ exporter })],
  instrumentations: [new HttpInstrumentation(), new FsInstrumentation()],
  metricReaders: [],
  logRecordProcessors: [],
}).start();
