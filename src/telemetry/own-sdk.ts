import { runAsOwn } from '../attribution/async-origin.ts';
import { otelApi } from './otel-api.ts';
import { optionalPeer } from './peers.ts';

interface Sdk {
  start(): void;
  shutdown(): Promise<void>;
}

/* A child that ends sooner has nothing to send but findings, and those start the SDK at once. */
const START_AFTER_MS = 500;
/**
 * Milliseconds that an export may take, with its retries, unless the variable says otherwise: what the end of the process
 * waits for at the most. OpenTelemetry's own default is ten seconds.
 */
export const EXPORT_TIMEOUT_MS = 2_000;
export const EXPORT_TIMEOUT = 'OTEL_EXPORTER_OTLP_TIMEOUT';

/**
 * Starts a NodeSDK configured from `OTEL_*` when the application has none of its own. Loading an SDK costs more than
 * many an application, so nothing is loaded unless an `OTEL_*` variable asks for it, and nothing by a process that ends
 * within half a second and has found nothing: children inherit these variables, and most of them are short.
 *
 * @param onFinding - Is given what to call at the first finding that no SDK has taken.
 */
export function startOwnSdk(complain: (line: string) => void, onFinding: (start: () => void) => void): void {
  if (!isConfigured(process.env)) return;
  let isDecided = false;
  const decide = (): void => {
    if (isDecided) return;
    isDecided = true;
    try {
      if (!hasProvider()) start(complain);
    } catch (error) {
      complain(`the OpenTelemetry SDK could not start (${String(error)}); findings still reach their file and stderr`);
    }
  };
  // An application starts its SDK while its main module loads, so the decision waits until after that.
  runAsOwn(() => setTimeout(decide, START_AFTER_MS)).unref();
  onFinding(() => void setImmediate(decide));
}

function isConfigured(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  return Object.keys(env).some((name) => name.startsWith('OTEL_') && name !== 'OTEL_SDK_DISABLED' && env[name] !== '');
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
  const sdk = withExportTimeout(() => {
    const made = new module.NodeSDK();
    made.start();
    return made;
  });
  let isFlushing = false;
  // `beforeExit` comes again after asynchronous work: the second time there is nothing left to send.
  process.on('beforeExit', () => {
    if (isFlushing) return;
    isFlushing = true;
    void runAsOwn(() => sdk.shutdown()).catch(() => {});
  });
}

/* Exporters read it when they are made. */
function withExportTimeout<T>(make: () => T): T {
  if (process.env[EXPORT_TIMEOUT] !== undefined) return make();
  process.env[EXPORT_TIMEOUT] = String(EXPORT_TIMEOUT_MS);
  try {
    return make();
  } finally {
    delete process.env[EXPORT_TIMEOUT];
  }
}
