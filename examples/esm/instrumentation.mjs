import { register } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { withDiogenesis } from 'diogenesis-otel';

// OpenTelemetry's own loader, for its http instrumentation. Diogenesis needs none.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const sdk = new NodeSDK(withDiogenesis({ instrumentations: [new HttpInstrumentation()] }));
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
