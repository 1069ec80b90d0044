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
 * How likely a normal trace is to be as strange as this one, by those of each fold, which its model has not seen
 * (cross-conformal prediction, https://doi.org/10.1007/s10472-013-9368-4). `scores` and `folds` go by fold.
 */
export function pValue(scores: readonly number[], folds: readonly (readonly number[])[]): number {
  let stranger = 0;
  let all = 0;
  for (const [index, calibration] of folds.entries()) {
    for (const score of calibration) if (score >= (scores[index] as number)) stranger++;
    all += calibration.length;
  }
  return (stranger + 1) / (all + 1);
}

export interface Measured {
  readonly name: string;
  readonly auc: number;
  readonly rates: readonly { readonly alpha: number; readonly falsePositives: number; readonly recall: number }[];
}

/* Neighbours come from one session and know each other: what is set aside is a stretch of traces, not every third. */
const FOLDS = 3;

/** The curve is of the model of all training traces; the rates are of those that each lack a third of them. */
export function measure(scorer: Scorer, { train, valid, attack }: Traces): Measured {
  const foldOf = (index: number) => Math.floor((index * FOLDS) / train.length);
  const models = Array.from({ length: FOLDS }, (_, fold) => scorer.train(train.filter((_, i) => foldOf(i) !== fold)));
  const folds = models.map((score, fold) => train.filter((_, i) => foldOf(i) === fold).map(score));
  const likelihoods = (traces: readonly Trace[]) =>
    traces.map((trace) =>
      pValue(
        models.map((score) => score(trace)),
        folds,
      ),
    );
  const [ofNormal, ofAttack] = [likelihoods(valid), likelihoods(attack)];
  const below = (all: readonly number[], alpha: number) =>
    all.filter((one) => one <= alpha).length / Math.max(1, all.length);
  const score = scorer.train(train);
  return {
    name: scorer.name,
    auc: auc(valid.map(score), attack.map(score)),
    rates: LEVELS.map((alpha) => ({
      alpha,
      falsePositives: below(ofNormal, alpha),
      recall: below(ofAttack, alpha),
    })),
  };
}

export type { Trace };
