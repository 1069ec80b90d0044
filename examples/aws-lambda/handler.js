require('./instrumentation.js');
const { SpanKind, trace } = require('@opentelemetry/api');
const { label } = require('labels');

/** Every span is out before the process is frozen. Log records: give the SDK a processor that exports them at once. */
const flush = () => trace.getTracerProvider().getDelegate().forceFlush();

exports.handler = (event) =>
  trace.getTracer('handler').startActiveSpan('POST /labels', { kind: SpanKind.SERVER }, async (span) => {
    try {
      return { statusCode: 200, body: label(event.text) };
    } finally {
      span.end();
      await flush();
    }
  });
