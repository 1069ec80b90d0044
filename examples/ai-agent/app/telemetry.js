import { NodeSDK } from '@opentelemetry/sdk-node';
import { withDiogenesis } from 'diogenesis-otel';

const sdk = new NodeSDK(withDiogenesis({}));
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
