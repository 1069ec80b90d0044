import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api';
import type { ImmuneSystem } from './immune-system.ts';
import { behaviorOf } from './telemetry/act-span.ts';

/** The SDK's `Sampler` (2.x and 3.x alike). */
export interface Sampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): { decision: number; attributes?: Readonly<Attributes>; traceState?: TraceState };
  toString(): string;
}

/* SamplingDecision.RECORD_AND_SAMPLED */
const RECORD_AND_SAMPLED = 2;

/** Asks the user's own sampler, except that the span of a finding is always recorded and exported. */
export class DiogenesisSampler implements Sampler {
  readonly delegate: Sampler;
  private readonly immuneSystem: () => ImmuneSystem | undefined;

  constructor(delegate: Sampler, immuneSystem: () => ImmuneSystem | undefined) {
    this.delegate = delegate;
    this.immuneSystem = immuneSystem;
  }

  shouldSample(...args: Parameters<Sampler['shouldSample']>): ReturnType<Sampler['shouldSample']> {
    const result = this.delegate.shouldSample(...args);
    if (result.decision === RECORD_AND_SAMPLED) return result;
    const behavior = behaviorOf(args[0]);
    if (behavior === undefined) return result;
    try {
      const assessment = this.immuneSystem()?.assess(behavior);
      if (assessment === undefined || assessment.findings.length === 0) return result;
      return { ...result, decision: RECORD_AND_SAMPLED };
    } catch {
      return result;
    }
  }

  toString(): string {
    return `DiogenesisSampler{${this.delegate.toString()}}`;
  }
}
