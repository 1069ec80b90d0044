import type { Act } from './behavior.ts';

/** What a sense must still do about an act that was worth a closer look. */
export interface Perception {
  /** The act may go without attribution from now on: admit it to the sense's `Habituation`. */
  readonly habituated: boolean;
  /** The act must fail with this error, in the shape its API fails in (`mode: 'block'`); usually undefined. */
  readonly refusal: Error | undefined;
  /** Ends the span of the act, if it has one. Called exactly once by the sense, when the act returned or threw. */
  end(error?: unknown): void;
  /** Adds an attribute learned later (the address that a host became) to the span of the act, before `end`. */
  setAttribute(name: string, value: string | number | boolean | string[]): void;
}

/**
 * Tells the immune system of an act, before the act goes on: who does it, what it means, what to think of it.
 * Never throws. Answers `undefined` when the act was ours, or implied by another one.
 */
export function perceive(_act: Act): Perception | undefined {
  return undefined;
}

/** Reports an error inside a sense: counted, and when it repeats the sense is switched off with a finding. Never throws. */
export function senseFailed(_sense: Act['sense'], _error: unknown): void {}
