import type * as OpenTelemetryApi from '@opentelemetry/api';
import { optionalPeer } from './peers.ts';

type Api = typeof OpenTelemetryApi;

/* Where every copy of @opentelemetry/api 1.x keeps what was registered: providers, context manager, propagator. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

let api: Api | undefined;

/**
 * The OpenTelemetry API, once somebody in this process has registered anything with it. Until then there is nobody to
 * send telemetry to, and loading its 60 files would cost more than the start of many an application.
 */
export function otelApi(): Api | undefined {
  if (api === undefined && (globalThis as { [REGISTERED]?: object })[REGISTERED] !== undefined) {
    api = optionalPeer<Api>('@opentelemetry/api');
  }
  return api;
}

/** The API whether or not anybody registered with it: for whoever is about to. */
export function requireOtelApi(): Api | undefined {
  api ??= optionalPeer<Api>('@opentelemetry/api');
  return api;
}
