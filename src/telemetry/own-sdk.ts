import { runAsOwn } from '../attribution/async-origin.ts';
import { otelApi } from './otel-api.ts';
import { optionalPeer } from './peers.ts';

interface Sdk {
  start(): void;
  shutdown(): Promise<void>;
}

/**
 * Starts a NodeSDK configured from `OTEL_*` when the application has none of its own. Loading an SDK costs more than
 * many an application, so nothing is loaded unless an `OTEL_*` variable asks for it.
 *
 * An application starts its SDK while its main module loads, so the decision waits for the first turn of the event loop
 * after that.
 */
export function startOwnSdk(complain: (line: string) => void): void {
  if (!isConfigured(process.env)) return;
  setImmediate(() => {
    try {
      if (!hasProvider()) start(complain);
    } catch (error) {
      complain(`the OpenTelemetry SDK could not start (${String(error)}); findings still reach their file and stderr`);
    }
  });
}

function isConfigured(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  return Object.keys(env).some((name) => name.startsWith('OTEL_') && env[name] !== '');
}

function hasProvider(): boolean {
  const provider = otelApi()?.trace.getTracerProvider() as { getDelegate?(): object } | undefined;
  if (provider === undefined) return false;
  const delegate = provider.getDelegate?.() ?? provider;
  return '_activeSpanProcessor' in delegate || delegate.constructor?.name !== 'NoopTracerProvider';
}

function start(complain: (line: string) => void): void {
  const module = runAsOwn(() => optionalPeer<{ NodeSDK: new () => Sdk }>('@opentelemetry/sdk-node'));
  if (module === undefined) {
    complain('OTEL_* is set, but @opentelemetry/sdk-node is not installed: npm install @opentelemetry/sdk-node');
    return;
  }
  const sdk = new module.NodeSDK();
  sdk.start();
  let isFlushing = false;
  // `beforeExit` comes again after asynchronous work: the second time there is nothing left to send.
  process.on('beforeExit', () => {
    if (isFlushing) return;
    isFlushing = true;
    void runAsOwn(() => sdk.shutdown()).catch(() => {});
  });
}
