import type { BatchObservableResult, Meter, MeterProvider, Observable } from '@opentelemetry/api';
import { VERSION } from '../version.ts';
import { currentMeterProvider } from './providers.ts';
import * as semconv from './semconv.ts';

/** A counter's value with its attributes. */
export interface Point {
  readonly value: number;
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

/** Everything the metrics say, read when a reader collects: the hot path only ever adds to a number. */
export interface MetricSource {
  behaviors(): readonly Point[];
  findings(): readonly Point[];
  /** Packages below 1, lowest first; at most 100. */
  voltages(): readonly Point[];
  coherence(): number;
  selfSeconds(): number;
  selfErrors(): readonly Point[];
}

/** Series of `diogenesis.voltage` at most; a fleet's cardinality is bounded by it. */
export const MAX_VOLTAGE_SERIES = 100;

/** Registers the instruments with a meter; answers how to take them back. */
export function observeMetrics(meter: Meter, source: MetricSource): () => void {
  const behaviors = meter.createObservableCounter(semconv.METRIC_BEHAVIORS, {
    unit: '{behavior}',
    description: 'Acts of packages that were seen.',
  });
  const findings = meter.createObservableCounter(semconv.METRIC_FINDINGS, {
    unit: '{finding}',
    description: 'Findings raised.',
  });
  const voltage = meter.createObservableGauge(semconv.METRIC_VOLTAGE, {
    unit: '1',
    description: 'How closely a package behaves as its baseline: 1 as always, 0 not at all. Only packages below 1.',
  });
  const coherence = meter.createObservableGauge(semconv.METRIC_FIELD_COHERENCE, {
    unit: '1',
    description: 'How closely the whole process behaves as its baseline.',
  });
  const duration = meter.createObservableCounter(semconv.METRIC_SELF_DURATION, {
    unit: 's',
    description: 'Time spent in Diogenesis itself; a sampled estimate.',
  });
  const errors = meter.createObservableCounter(semconv.METRIC_SELF_ERRORS, {
    unit: '{error}',
    description: 'Errors inside Diogenesis; the application did not notice them.',
  });
  const observables: Observable[] = [behaviors, findings, voltage, coherence, duration, errors];
  const report = (result: BatchObservableResult) => {
    const all = (instrument: Observable, points: readonly Point[]) => {
      for (const { value, attributes } of points) result.observe(instrument, value, { ...attributes });
    };
    all(behaviors, source.behaviors());
    all(findings, source.findings());
    all(voltage, source.voltages());
    all(errors, source.selfErrors());
    result.observe(coherence, source.coherence());
    result.observe(duration, source.selfSeconds());
  };
  meter.addBatchObservableCallback(report, observables);
  return () => meter.removeBatchObservableCallback(report, observables);
}

/**
 * Follows whichever meter provider is current. A meter taken before the SDK starts is a no-op for ever, so `refresh` is
 * called again and again, and costs a comparison.
 */
export class MetricsFollower {
  private readonly source: MetricSource;
  private provider: MeterProvider | undefined;
  private stop: (() => void) | undefined;

  constructor(source: MetricSource) {
    this.source = source;
  }

  refresh(): void {
    const provider = currentMeterProvider();
    if (provider === undefined || provider === this.provider) return;
    this.provider = provider;
    this.stop?.();
    this.stop = observeMetrics(provider.getMeter(semconv.SCOPE_NAME, VERSION), this.source);
  }

  close(): void {
    this.stop?.();
    this.stop = undefined;
    this.provider = undefined;
  }
}
