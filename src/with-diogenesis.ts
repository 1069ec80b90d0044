import { ChildProcessInstrumentation } from '../instrumentations/child-process/index.ts';
import { FsInstrumentation } from '../instrumentations/fs/index.ts';
import { ImportInstrumentation } from '../instrumentations/import/index.ts';
import { NetInstrumentation } from '../instrumentations/net/index.ts';
import { accuseMeddler, current, stopQuietly, theSpanProcessor, wrapSampler } from './activate.ts';
import { activate } from './api.ts';
import type { DiogenesisConfig } from './config.ts';
import type { Level } from './response/finding.ts';
import type { Sampler } from './sampler.ts';
import type { SpanProcessor } from './span-processor.ts';
import { requireOtelApi } from './telemetry/otel-api.ts';

/** The part of a `NodeSDK` configuration that is looked at; everything else passes through untouched. */
export interface SdkConfiguration {
  instrumentations?: unknown[];
  sampler?: unknown;
  spanProcessors?: unknown[];
}

/** Pieces for a tracer provider built by hand. Each is optional: without any of them findings are still made. */
export interface Diogenesis {
  /** For `registerInstrumentations`: import, fs, net, child process. */
  readonly instrumentations: (
    | ImportInstrumentation
    | FsInstrumentation
    | NetInstrumentation
    | ChildProcessInstrumentation
  )[];
  /** Goes before the exporting processors. */
  readonly spanProcessor: SpanProcessor;
  /** Wraps a sampler, so that the span of a finding is exported even in a trace that was sampled out. */
  sampler(delegate: Sampler): Sampler;
  /** What has been found so far, by level; `undefined` in `mode: 'off'`. Everything else: the functions of the API. */
  readonly immuneSystem: { readonly counts: Readonly<Record<Level, number>> } | undefined;
  /** Flushes and switches off. */
  shutdown(): Promise<void>;
}

/** Activates Diogenesis and answers its pieces. Never throws. */
export function createDiogenesis(config?: DiogenesisConfig): Diogenesis {
  // Whoever calls this is about to start an SDK: seen from its first span on.
  requireOtelApi();
  const before = current();
  activate(config);
  const started = current();
  const wanted = current()?.config.senses;
  const instrumentations: Diogenesis['instrumentations'] = [];
  if (wanted?.import) instrumentations.push(new ImportInstrumentation());
  if (wanted?.fs) instrumentations.push(new FsInstrumentation());
  if (wanted?.net) instrumentations.push(new NetInstrumentation());
  if (wanted?.childProcess) instrumentations.push(new ChildProcessInstrumentation());
  const spanProcessor = theSpanProcessor();
  return {
    instrumentations,
    spanProcessor,
    sampler: wrapSampler,
    immuneSystem: current()?.immuneSystem,
    async shutdown() {
      // Now, while whoever wants it is on the stack; what was running before may not be theirs to stop.
      if (before !== undefined && current() === before) accuseMeddler('deactivate', 'switched Diogenesis off');
      await spanProcessor.forceFlush();
      for (const instrumentation of instrumentations) instrumentation.disable();
      if (started !== undefined) stopQuietly(started);
    },
  };
}

/**
 * Adds Diogenesis to a `NodeSDK` configuration in one line. Exporter, sampler, processors and the configuration by
 * environment stay what they were.
 *
 * ```ts
 * const sdk = new NodeSDK(withDiogenesis({ instrumentations: [getNodeAutoInstrumentations()] }));
 * ```
 */
export function withDiogenesis<T extends object>(sdkConfiguration: T, config?: DiogenesisConfig): T {
  const diogenesis = createDiogenesis(config);
  const given = sdkConfiguration as SdkConfiguration;
  const combined: SdkConfiguration = {
    ...given,
    instrumentations: [...(given.instrumentations ?? []), ...diogenesis.instrumentations],
  };
  // Only what was given is replaced: an SDK that finds neither takes exporter and sampler from OTEL_* variables, and
  // ours are added once it has (telemetry/attach.ts).
  if (given.spanProcessors !== undefined) combined.spanProcessors = [diogenesis.spanProcessor, ...given.spanProcessors];
  if (given.sampler !== undefined) combined.sampler = diogenesis.sampler(given.sampler as Sampler);
  return combined as T;
}
