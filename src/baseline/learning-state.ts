/**
 * When does learning end? By evidence, not by a count: a baseline is `stable` when another session would probably bring
 * nothing new.
 *
 * The estimate is Good and Turing's, taken at the level of sessions: the share k/n of the n sessions that hold a trait
 * which no other session holds is the (leave-one-out) probability that a session holds something new.
 * I. J. Good, "The population frequencies of species and the estimation of population parameters", Biometrika 40, 1953;
 * for programs: M. Böhme, "STADS: Software Testing as Species Discovery", TOSEM 27, 2018.
 * It does not depend on the order of sessions, so that observations merge in any order. What is compared with EPSILON is
 * the exact (Clopper–Pearson) upper limit of k/n at CONFIDENCE: few sessions are no evidence, however quiet they were.
 */
import type { LearningState } from './lock-file.ts';

/** Stable when, with this confidence … */
export const CONFIDENCE = 0.8;
/** … fewer than this share of further sessions would bring anything new. Both together: 6 sessions without novelty. */
export const EPSILON = 0.25;
/** The latest sessions that must have been free of novelty: the quiet period at the end of learning. */
export const QUIET_SESSIONS = 2;

/** What one session saw of one principal. */
export interface SessionTraits {
  /** Sortable by time. */
  readonly id: string;
  /** Observed from process start in every process that loaded it. */
  readonly complete: boolean;
  readonly traits: ReadonlySet<string>;
}

export interface LearningProgress {
  readonly state: LearningState;
  /** Sessions that count: those observed from process start. */
  readonly sessions: number;
  /** How many of them hold a trait that no other session holds. */
  readonly novel: number;
  /** Sessions without novelty that are still needed; 0 when stable. */
  readonly sessionsMissing: number;
  /** What is missing, in words; empty when stable. */
  readonly missing: string;
}

/** Assesses one principal over the sessions in which it was loaded. */
export function learningProgress(sessions: readonly SessionTraits[]): LearningProgress {
  const counts = new Map<string, number>();
  for (const { traits } of sessions) for (const trait of traits) counts.set(trait, (counts.get(trait) ?? 0) + 1);
  const complete = sessions
    .filter((session) => session.complete)
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const isNovel = ({ traits }: SessionTraits) => {
    for (const trait of traits) if (counts.get(trait) === 1) return true;
    return false;
  };
  const novel = complete.filter(isNovel).length;
  if (complete.length === 0) {
    const sessionsMissing = sessionsNeeded(0);
    const missing = 'never observed from process start: start the process with the preload';
    return { state: 'partial', sessions: 0, novel: 0, sessionsMissing, missing };
  }
  const latest = complete.slice(-QUIET_SESSIONS).map(isNovel);
  const unquiet = latest.lastIndexOf(true) + 1 + QUIET_SESSIONS - latest.length;
  const isStable = sessionsNeeded(novel) <= complete.length && !latest.includes(true);
  // What the latest sessions brought will be met again if it is real, and is then no novelty: the least that is missing.
  const settled = novel - latest.filter(Boolean).length;
  const least = Math.max(1, sessionsNeeded(settled) - complete.length, latest.includes(true) ? unquiet : 0);
  const sessionsMissing = isStable ? 0 : least;
  if (sessionsMissing === 0) return { state: 'stable', sessions: complete.length, novel, sessionsMissing, missing: '' };
  const missing = `${sessionsMissing} more session${sessionsMissing === 1 ? '' : 's'} without novelty`;
  return { state: 'learning', sessions: complete.length, novel, sessionsMissing, missing };
}

const needed: number[] = [];

/** The fewest sessions for which `novel` of them being novel still counts as quiet. */
export function sessionsNeeded(novel: number): number {
  let n = needed[novel];
  if (n === undefined) {
    n = Math.max(novel, 1);
    while (noveltyBound(novel, n) > EPSILON) n++;
    needed[novel] = n;
  }
  return n;
}

/**
 * Exact one-sided upper confidence limit of a probability after `hits` in `trials`.
 * C. J. Clopper and E. S. Pearson, Biometrika 26, 1934: the p for which P(X ≤ hits | trials, p) = 1 − confidence.
 */
export function noveltyBound(hits: number, trials: number, confidence = CONFIDENCE): number {
  if (hits >= trials) return 1;
  let low = hits / trials;
  let high = 1;
  for (let i = 0; i < 50; i++) {
    const p = (low + high) / 2;
    if (binomialTail(hits, trials, p) > 1 - confidence) low = p;
    else high = p;
  }
  return high;
}

function binomialTail(hits: number, trials: number, p: number): number {
  let term = trials * Math.log1p(-p);
  let sum = Math.exp(term);
  for (let k = 1; k <= hits; k++) {
    term += Math.log((trials - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(term);
  }
  return sum;
}
