import type { Context, Span } from '@opentelemetry/api';
import type { ImmuneSystem, SensedBehavior } from './immune-system.ts';
import { SafeWeakSet } from './primordials.ts';
import { behaviorOf } from './telemetry/act-span.ts';
import { followSpan, forgetSpan, markActSpan, markRequest } from './telemetry/findings.ts';
import { followToolSpan } from './telemetry/tool-spans.ts';

/** The part of the SDK's `SpanProcessor` (2.x and 3.x alike) that is used. */
export interface SpanProcessor {
  onStart(span: Span, parentContext: Context): void;
  onEnd(span: unknown): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

const marked = new SafeWeakSet<SensedBehavior>();

/** Writes what the immune system thinks of a behavior onto its span and its request's span, once. */
export function markSpans(behavior: SensedBehavior, span: Span, parent: Context, immuneSystem: ImmuneSystem): void {
  if (marked.has(behavior)) return;
  // A span that records nothing (no SDK yet) may be followed by one that does.
  if (span.isRecording()) marked.add(behavior);
  const assessment = immuneSystem.assess(behavior);
  markActSpan(span, assessment);
  markRequest(parent, assessment.findings, behavior.call?.span as Span | undefined);
}

/**
 * Computes voltage and threat level of every behavior in-process, as its span starts, and writes the findings onto it.
 * Never throws: an exception in a processor would reach the application.
 */
export class DiogenesisSpanProcessor implements SpanProcessor {
  private readonly immuneSystem: () => ImmuneSystem | undefined;
  private readonly flush: () => Promise<void>;

  constructor(immuneSystem: () => ImmuneSystem | undefined, flush: () => Promise<void> = () => Promise.resolve()) {
    this.immuneSystem = immuneSystem;
    this.flush = flush;
  }

  onStart(span: Span, parentContext: Context): void {
    try {
      followSpan(span, parentContext);
      followToolSpan(span, parentContext);
      const behavior = behaviorOf(parentContext);
      const immuneSystem = this.immuneSystem();
      if (behavior !== undefined && immuneSystem !== undefined) markSpans(behavior, span, parentContext, immuneSystem);
    } catch {
      // The sense assesses as the last resort, and counts its own errors.
    }
  }

  onEnd(span: unknown): void {
    try {
      forgetSpan(span);
    } catch {
      // Kept a little longer, in a table that is bounded.
    }
  }

  async forceFlush(): Promise<void> {
    await this.flush();
  }

  async shutdown(): Promise<void> {
    await this.flush();
  }
}
