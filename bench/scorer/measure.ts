/** How well scores tell attacks from normal traces, and whether a nominal rate of false alarms holds. Pure. */
import type { Scorer } from './scorers.ts';
import type { Trace, Traces } from './traces.ts';

export const LEVELS: readonly number[] = [0.1, 0.05, 0.01];

/** Area under the ROC curve: how often an attack scores higher than a normal trace; ties count half. */
export function auc(normal: readonly number[], attack: readonly number[]): number {
  const all = [...normal.map((score) => ({ score, bad: 0 })), ...attack.map((score) => ({ score, bad: 1 }))].sort(
    (a, b) => a.score - b.score,
  );
  let rankSum = 0;
  for (let i = 0; i < all.length; ) {
    let end = i;
    while (end < all.length && all[end]?.score === all[i]?.score) end++;
    const rank = (i + 1 + end) / 2;
    for (let j = i; j < end; j++) rankSum += (all[j]?.bad ?? 0) * rank;
    i = end;
  }
  const n = attack.length;
  return (rankSum - (n * (n + 1)) / 2) / (n * normal.length);
}

/**
 * The score that a new normal trace exceeds with a probability of at most `alpha`, by those set aside (split conformal
 * prediction, https://doi.org/10.1561/2200000101). Infinite when there are too few of them to say.
 */
export function threshold(calibration: readonly number[], alpha: number): number {
  const sorted = [...calibration].sort((a, b) => a - b);
  const at = Math.ceil((sorted.length + 1) * (1 - alpha)) - 1;
  return sorted[at] ?? Number.POSITIVE_INFINITY;
}

export interface Measured {
  readonly name: string;
  readonly auc: number;
  readonly rates: readonly { readonly alpha: number; readonly falsePositives: number; readonly recall: number }[];
}

const isCalibration = (index: number) => index % 3 === 2;

/** A third of the training traces is set aside for thresholds. */
export function measure(scorer: Scorer, { train, valid, attack }: Traces): Measured {
  const score = scorer.train(train.filter((_, index) => !isCalibration(index)));
  const calibration = train.filter((_, index) => isCalibration(index)).map(score);
  const [normal, bad] = [valid.map(score), attack.map(score)];
  const above = (scores: readonly number[], limit: number) =>
    scores.filter((one) => one > limit).length / Math.max(1, scores.length);
  return {
    name: scorer.name,
    auc: auc(normal, bad),
    rates: LEVELS.map((alpha) => {
      const limit = threshold(calibration, alpha);
      return { alpha, falsePositives: above(normal, limit), recall: above(bad, limit) };
    }),
  };
}

export type { Trace };
