import * as api from '@opentelemetry/api';
import { VERSION } from '../version.ts';
import { optionalPeer } from './peers.ts';
import { SCOPE_NAME } from './semconv.ts';

/*
 * Which providers telemetry goes to: the ones handed to us (an instrumentation's `setTracerProvider`), else the global
 * ones. They are asked for anew each time: a meter taken before the SDK starts is a no-op for ever.
 */
let tracerProvider: api.TracerProvider | undefined;
let meterProvider: api.MeterProvider | undefined;
let tracer: api.Tracer | undefined;

export function useTracerProvider(provider: api.TracerProvider | undefined): void {
  tracerProvider = provider;
  tracer = undefined;
}

export function useMeterProvider(provider: api.MeterProvider | undefined): void {
  meterProvider = provider;
}

/** The tracer of our scope; a proxy until the application's SDK has started. */
export function currentTracer(): api.Tracer {
  tracer ??= (tracerProvider ?? api.trace).getTracer(SCOPE_NAME, VERSION);
  return tracer;
}

export function currentTracerProvider(): api.TracerProvider {
  return tracerProvider ?? api.trace.getTracerProvider();
}

export function currentMeterProvider(): api.MeterProvider {
  return meterProvider ?? api.metrics.getMeterProvider();
}

/** The Logs API: part of `@opentelemetry/api` since 1.10, a package of its own before. */
interface LogsApi {
  getLogger(name: string, version?: string): { emit(record: object): void };
}

let logs: LogsApi | null | undefined;

export function currentLogger(): ReturnType<LogsApi['getLogger']> | undefined {
  if (logs === undefined) logs = findLogsApi() ?? null;
  return logs?.getLogger(SCOPE_NAME, VERSION);
}

function findLogsApi(): LogsApi | undefined {
  if ('logs' in api) return api.logs as LogsApi;
  // Absent beside an SDK 2.x without logs: span events and metrics remain.
  return optionalPeer<{ logs: LogsApi }>('@opentelemetry/api-logs')?.logs;
}
