const { AlwaysOnSampler, BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { createDiogenesis } = require('diogenesis-otel');

const diogenesis = createDiogenesis();
const provider = new NodeTracerProvider({
  sampler: diogenesis.sampler(new AlwaysOnSampler()),
  spanProcessors: [diogenesis.spanProcessor, new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), ...diogenesis.instrumentations] });
process.once('beforeExit', () => provider.shutdown());
