import type { Standing } from '../behavior.ts';
import { MathExp, MathLog, MathMax, MathMin } from '../primordials.ts';
import type { BaselineView } from './baseline-view.ts';
import type { NoveltyRow } from './novelty-class.ts';
import {
  ALPHA,
  DISCOUNT,
  EVENTS_PER_STABLE_TRAIT,
  EVENTS_PER_UNSETTLED_TRAIT,
  FIRST_CONTACT_UNSEEN,
  HALF_LIFE_MS,
  KAPPA,
  MAX_EVIDENCE,
  REFERENCE_UNSEEN,
  THETA,
} from './parameters.ts';

/** ln(1/α): the evidence, in nats, at which voltage is 0. */
export const FULL_EVIDENCE = MathLog(1 / ALPHA);

const LN2 = MathLog(2);

/** n of the Pitman–Yor process that a baseline stands for. At least one trait's worth: doing nothing is a habit too. */
export function eventsOf(state: BaselineView['state'], traits: number): number {
  const each = state === 'stable' ? EVENTS_PER_STABLE_TRAIT : EVENTS_PER_UNSETTLED_TRAIT;
  return each * MathMax(1, traits);
}

/** Unseen mass of a Pitman–Yor process (one-table approximation, Teh 2006): (θ + d·T) / (n + θ). */
export function unseenMass(events: number, traits: number, hasBaseline: boolean): number {
  const mass = MathMin(1, (THETA + DISCOUNT * traits) / (events + THETA));
  return hasBaseline ? mass : MathMax(FIRST_CONTACT_UNSEEN, mass);
}

/** Predictive p-value of a new trait: the mass of everything unseen that is at least as dangerous. */
export function pValue(unseen: number, row: NoveltyRow, first: boolean): number {
  return MathMin(1, MathMax(row.floor, unseen * (first ? row.first : row.further)));
}

/**
 * ln max(1, κ·p^(κ−1)). Without the maximum every familiar event would shrink the evidence, and an attacker could
 * drown one credential read in a thousand ordinary ones. The price: M is no longer a martingale, so α is not an exact
 * false alarm rate; time, not familiarity, pays evidence back (docs/detection.md).
 */
export function increment(p: number): number {
  return MathMax(0, MathLog(KAPPA) + (KAPPA - 1) * MathLog(p));
}

/** −ln p with a reference unseen mass instead of the principal's own: comparable between members of one chain. */
export function surpriseOf(standing: Standing, row: NoveltyRow, first: boolean): number {
  if (standing === 'known') return 0;
  const unseen = standing === 'novel' ? REFERENCE_UNSEEN : 1;
  return -MathLog(MathMin(1, unseen * (first ? row.first : row.further)));
}

/** Evidence left after `elapsed` milliseconds of quiet. */
export function decayed(evidence: number, elapsed: number, halfLife: number = HALF_LIFE_MS): number {
  if (evidence === 0 || elapsed <= 0) return evidence;
  const left = evidence * MathExp((-LN2 * elapsed) / halfLife);
  return left < 1e-3 ? 0 : left;
}

/** V = clip(1 − ln M / ln(1/α), 0, 1). */
export function voltageOfEvidence(evidence: number): number {
  return MathMax(0, MathMin(1, 1 - evidence / FULL_EVIDENCE));
}

export function boundedEvidence(evidence: number): number {
  return MathMin(evidence, MAX_EVIDENCE * FULL_EVIDENCE);
}

/** How many to one the evidence is, for people. */
export function oddsOf(evidence: number): number {
  return MathExp(evidence);
}
