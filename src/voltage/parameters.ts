/**
 * Every number of the voltage model, with its reason. docs/detection.md shows what they do together.
 * None of them was fitted to a scenario: they are round numbers that satisfy the sentences beside them.
 */

/** Evidence at which voltage reaches 0: 1/ALPHA to 1 against "behaves as its baseline". */
export const ALPHA = 1e-4;

/** Exponent of the betting function κ·p^(κ−1). 0.5 is the customary choice: it loses least over unknown alternatives. */
export const KAPPA = 0.5;

/** Pitman–Yor strength: a package we know nothing of is worth one pseudo-event. */
export const THETA = 1;

/** Pitman–Yor discount: packages grow new traits slowly (a power law of exponent 0.2 over events). */
export const DISCOUNT = 0.2;

/**
 * Events that one trait of a stable baseline stands for. A lock file holds no counts (two machines must write the
 * same bytes), so a stable entry of T traits counts as 50·T events: it was seen in many sessions without novelty.
 */
export const EVENTS_PER_STABLE_TRAIT = 50;

/** The same for `learning` and `partial` entries: somebody looked, but not long, or not from the start. */
export const EVENTS_PER_UNSETTLED_TRAIT = 5;

/**
 * A package without a baseline never gets less unseen mass than this, however often it repeats itself: repetitions
 * within one session say nothing about what another session brings (novelty must be estimated over sessions).
 */
export const FIRST_CONTACT_UNSEEN = 0.25;

/** Unseen mass that `surprise` uses for anything not in its baseline, so that two members of a chain tie. */
export const REFERENCE_UNSEEN = 0.01;

/** Quiet time in which half of the evidence is forgotten. Long enough for a person to look at a dashboard. */
export const HALF_LIFE_MS = 10 * 60_000;

/** Evidence is kept no higher than this multiple of what brings voltage to 0: recovery has a bounded duration. */
export const MAX_EVIDENCE = 1.25;

/** A finding of a level brings voltage down to at most this. LOG is information and accuses nobody. */
export const VOLTAGE_AFTER = { LOG: 1, WARN: 0.5, ALERT: 0.2 } as const;

/** What every further finding at or above the cap takes away, so that a second ALERT is visible in the curve. */
export const FURTHER_FINDING = 0.05;

/** Principals held, at least half of them for as long as they act: the largest apps load about 3,000 packages. */
export const MAX_PRINCIPALS = 16_384;

/** New traits a principal is remembered by, per process; traits are generalised, so honest packages stay far below. */
export const MAX_TRAITS = 512;

/** Increments kept for `explain`. */
export const TOP_INCREMENTS = 8;

/** Points of voltage history kept for the whole process. */
export const HISTORY = 1024;

/** Changes of voltage smaller than this leave no point in the history. */
export const HISTORY_STEP = 0.005;

/** Recovery since the last point that is worth a point of its own, once something happens. */
export const HISTORY_RECOVERY = 0.05;

/** Members that count as "the lowest" for coherence. */
export const COHERENCE_LOWEST = 5;

export const MAX_NODES = 2000;
export const MAX_EDGES = 8000;
