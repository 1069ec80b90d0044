import type { Principal } from '../behavior.ts';
import { MathFloor } from '../primordials.ts';

/** In order of severity. LOG is information, WARN wants a look, ALERT wants one now. */
export type Level = 'LOG' | 'WARN' | 'ALERT';

export const LEVELS: readonly Level[] = ['LOG', 'WARN', 'ALERT'];

/** The five built-in patterns; custom ones carry their own name. */
export type BuiltInPattern =
  | 'data_exfiltration'
  | 'privilege_escalation'
  | 'shadow_import'
  | 'resource_abuse'
  | 'behavioral_drift';

/** One step of the story a finding tells. */
export interface FindingStep {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly principal: string;
  readonly trait: string;
}

/** Which tool, called by which agent, in which conversation. */
export interface FindingAgent {
  readonly tool: string | undefined;
  readonly name: string | undefined;
  readonly conversation: string | undefined;
}

/** Something a package did that it should not have done. Plain data, free of secrets. */
export interface Finding {
  /** Unique, sortable by time, short enough to type. */
  readonly id: string;
  readonly time: number;
  readonly level: Level;
  readonly pattern: string;
  /** One sentence for a person: who did what, and why it matters. */
  readonly reason: string;
  readonly principal: Principal;
  /** Keys of the whole chain, nearest first. */
  readonly chain: readonly string[];
  readonly trait: string;
  readonly voltage: number;
  readonly rule: { readonly name: string; readonly description: string; readonly reference: readonly string[] };
  /** What was seen before it, oldest first, this act last. */
  readonly steps: readonly FindingStep[];
  /** What the baseline says of the principal, in words. */
  readonly baseline: string;
  /** The AI agent on whose behalf it happened: names only. */
  readonly agent?: FindingAgent | undefined;
  /** Where in the code; `undefined` when nobody is on the stack, or somebody else stands there. */
  readonly code?: { readonly file: string; readonly line: number } | undefined;
  /** The act was refused (`mode: 'block'`, or the policy of a tool): it did not happen. */
  blocked?: boolean | undefined;
  traceId: string | undefined;
  spanId: string | undefined;
}

/** Numeric order of levels, for comparisons. */
export function severityOf(level: Level): number {
  return level === 'ALERT' ? 2 : level === 'WARN' ? 1 : 0;
}

/** A voltage as it is shown: to four digits, so that nobody reads 0.19999999999999996. */
export function rounded(voltage: number): number {
  return MathFloor(voltage * 10_000 + 0.5) / 10_000;
}
