import type { TracerProvider } from '@opentelemetry/api';
import type { Sampler } from '../sampler.ts';
import type { SpanProcessor } from '../span-processor.ts';
import { otelApi } from './otel-api.ts';

type Trace = NonNullable<ReturnType<typeof otelApi>>['trace'];

/*
 * NodeSDK has no public way to add a span processor or to wrap the sampler that it takes from OTEL_TRACES_SAMPLER:
 * passing `spanProcessors` replaces the exporter configured by environment, passing `sampler` replaces the sampler. So
 * ours are added to the provider when it is made the global one, through fields that SDK 2.0 to 3.1 have under these
 * names (a test holds each supported version to it). Where a field is missing, nothing is lost but the mark on the
 * local root span and the sampler's override: senses assess on their own.
 */
interface SdkTracerProvider {
  getDelegate?(): SdkTracerProvider;
  _activeSpanProcessor?: { _spanProcessors?: SpanProcessor[] };
  /** SDK 3.x */
  _tracerOptions?: { sampler?: Sampler };
  /** SDK 2.x */
  _config?: { sampler?: Sampler };
  _tracers?: Map<string, { _sampler?: Sampler }>;
}

export interface Attachment {
  readonly spanProcessor: boolean;
  readonly sampler: boolean;
}

export interface Attachable {
  readonly spanProcessor: SpanProcessor;
  wrapSampler(sampler: Sampler): Sampler;
  isOurs(part: unknown): boolean;
}

/** Adds our processor and sampler to a provider that does not have them. */
export function attachTo(provider: TracerProvider, ours: Attachable): Attachment {
  const sdk = ((provider as SdkTracerProvider).getDelegate?.() ?? provider) as SdkTracerProvider;
  return { spanProcessor: addProcessor(sdk, ours), sampler: wrapSampler(sdk, ours) };
}

function addProcessor(sdk: SdkTracerProvider, ours: Attachable): boolean {
  const processors = sdk._activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(processors)) return false;
  if (!processors.some(ours.isOurs)) processors.unshift(ours.spanProcessor);
  return true;
}

function wrapSampler(sdk: SdkTracerProvider, ours: Attachable): boolean {
  const options = sdk._tracerOptions ?? sdk._config;
  if (options?.sampler === undefined) return false;
  if (ours.isOurs(options.sampler)) return true;
  const wrapped = ours.wrapSampler(options.sampler);
  options.sampler = wrapped;
  sdk._tracers?.forEach((tracer) => {
    if (tracer._sampler !== undefined) tracer._sampler = wrapped;
  });
  return true;
}

/**
 * Follows the global tracer provider: calls `onProvider` for the one that is there and for each that comes. `refresh` is
 * called by whoever is about to use it, and costs a comparison; where the API is loaded, the moment a provider is set is
 * seen as well, so that not even its first span is missed.
 */
export class ProviderFollower {
  private readonly onProvider: (provider: TracerProvider) => void;
  private provider: unknown;
  private unwatch: (() => void) | undefined;

  constructor(onProvider: (provider: TracerProvider) => void) {
    this.onProvider = onProvider;
  }

  refresh(): void {
    const api = otelApi();
    if (api === undefined) return;
    if (this.unwatch === undefined) this.watch(api.trace);
    const provider = api.trace.getTracerProvider() as SdkTracerProvider & TracerProvider;
    const real = provider.getDelegate?.() ?? provider;
    if (real === this.provider) return;
    this.provider = real;
    if (real._activeSpanProcessor !== undefined) this.onProvider(real as TracerProvider & SdkTracerProvider);
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private watch(trace: Trace): void {
    const set = trace.setGlobalTracerProvider;
    const watching = (provider: TracerProvider): boolean => {
      const done = set.call(trace, provider);
      try {
        if (done) this.refresh();
      } catch {
        // Never into the application's start-up.
      }
      return done;
    };
    trace.setGlobalTracerProvider = watching;
    this.unwatch = () => {
      if (trace.setGlobalTracerProvider === watching) Reflect.deleteProperty(trace, 'setGlobalTracerProvider');
    };
  }
}
