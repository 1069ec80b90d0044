const { NodeSDK } = require('@opentelemetry/sdk-node');
const { withDiogenesis } = require('diogenesis-otel');

const sdk = new NodeSDK(withDiogenesis({}));
sdk.start();
