import { ArrayPrototypeJoin, NumberPrototypeToFixed } from '../primordials.ts';
import type { Finding, FindingStep } from './finding.ts';

/** THREAT and SUSPICIOUS and BENIGN as the origin of this project had them; follows from the level. */
export type Verdict = 'THREAT' | 'SUSPICIOUS' | 'BENIGN';

/** What was looked at when a finding was raised, and why it has its level. */
export interface Investigation {
  readonly finding: Finding;
  /** The principal under suspicion. */
  readonly agent: string;
  /** What was seen. */
  readonly observation: string;
  /** What it would mean. */
  readonly hypothesis: string;
  /** What was seen before it, oldest first, the act itself last. */
  readonly evidence: readonly FindingStep[];
  /** What the baseline says. */
  readonly baseline: string;
  readonly verdict: Verdict;
  /** 0..1: 1 − voltage, how far the principal is from its baseline. */
  readonly confidence: number;
  /** Why this level, in words; names the traits that weighed most. */
  readonly reasoning: string;
}

const VERDICTS = { ALERT: 'THREAT', WARN: 'SUSPICIOUS', LOG: 'BENIGN' } as const;

/** A trait and how much it added to the evidence against a principal, in nats. */
export interface Increment {
  readonly trait: string;
  readonly evidence: number;
}

export function investigate(finding: Finding, increments: readonly Increment[]): Investigation {
  let weights = '';
  for (let i = 0; i < increments.length; i++) {
    const { trait, evidence } = increments[i] as Increment;
    weights += `${i === 0 ? '' : ', '}${trait} (+${NumberPrototypeToFixed(evidence, 1)})`;
  }
  return {
    finding,
    agent: finding.principal.key,
    observation: `${finding.trait} through ${ArrayPrototypeJoin(finding.chain, ' ← ')}`,
    hypothesis: finding.rule.description,
    evidence: finding.steps,
    baseline: finding.baseline,
    verdict: VERDICTS[finding.level],
    confidence: 1 - finding.voltage,
    reasoning: `${finding.reason}${weights === '' ? '' : ` Evidence: ${weights}.`}`,
  };
}
