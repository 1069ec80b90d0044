import type * as api from '@opentelemetry/api';
import { VERSION } from '../version.ts';
import { otelApi } from './otel-api.ts';
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

/** The tracer of our scope; a proxy until the application's SDK has started, `undefined` while there is nobody. */
export function currentTracer(): api.Tracer | undefined {
  tracer ??= (tracerProvider ?? otelApi()?.trace)?.getTracer(SCOPE_NAME, VERSION);
  return tracer;
}

export function currentMeterProvider(): api.MeterProvider | undefined {
  return meterProvider ?? otelApi()?.metrics.getMeterProvider();
}

/** The Logs API: part of `@opentelemetry/api` since 1.10, a package of its own before. */
interface LogsApi {
  getLogger(name: string, version?: string): { emit(record: object): void };
}

let logs: LogsApi | null | undefined;

export function currentLogger(): ReturnType<LogsApi['getLogger']> | undefined {
  const api = otelApi();
  if (api === undefined) return undefined;
  if (logs === undefined) logs = findLogsApi(api) ?? null;
  return logs?.getLogger(SCOPE_NAME, VERSION);
}

function findLogsApi(api: object): LogsApi | undefined {
  if ('logs' in api) return api.logs as LogsApi;
  // Absent beside an SDK 2.x without logs: span events and metrics remain.
  return optionalPeer<{ logs: LogsApi }>('@opentelemetry/api-logs')?.logs;
}
