import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api';
import type { ImmuneSystem } from './immune-system.ts';
import { behaviorOf } from './telemetry/act-span.ts';
import { isOfAgent } from './telemetry/tool-spans.ts';

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

/* SamplingDecision */
const NOT_RECORD = 0;
const RECORD = 1;
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
    if (behavior === undefined) return result.decision === NOT_RECORD ? this.withTools(args, result) : result;
    try {
      const assessment = this.immuneSystem()?.assess(behavior);
      if (assessment === undefined || assessment.findings.length === 0) return result;
      return { ...result, decision: RECORD_AND_SAMPLED };
    } catch {
      return result;
    }
  }

  /* Recorded, not exported: whose tool is at work is known although the trace is not kept. */
  private withTools(
    [context, , name, , attributes]: Parameters<Sampler['shouldSample']>,
    result: ReturnType<Sampler['shouldSample']>,
  ): ReturnType<Sampler['shouldSample']> {
    try {
      return isOfAgent(attributes, name, context) ? { ...result, decision: RECORD } : result;
    } catch {
      return result;
    }
  }

  toString(): string {
    return `DiogenesisSampler{${this.delegate.toString()}}`;
  }
}
