const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { withDiogenesis } = require('diogenesis-otel');

const sdk = new NodeSDK(withDiogenesis({ instrumentations: [new HttpInstrumentation()] }));
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
