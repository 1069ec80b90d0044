import { isOwnWork } from './attribution/async-origin.ts';
import { forgetAhead, lookAhead } from './attribution/call-sites.ts';
import type { Act, Chain, Principal } from './behavior.ts';
import { ObjectHasOwn, RangeErrorConstructor } from './primordials.ts';

/** What a sense must still do about an act that was worth a closer look. */
export interface Perception {
  /** The act may go without attribution from now on: admit it to the sense's `Habituation`. */
  readonly habituated: boolean;
  /** The act must fail with this error, in the shape its API fails in (`mode: 'block'`); usually undefined. */
  readonly refusal: Error | undefined;
  /** Who did it: for what belongs to the act and becomes known later. */
  readonly chain?: Chain | undefined;
  /** False when nobody waits for the end: `end` and `setAttribute` do nothing. */
  readonly isTold?: boolean;
  /** Ends the span of the act, if it has one. Called exactly once by the sense, when the act returned or threw. */
  end(error?: unknown): void;
  /** Adds an attribute learned later (the address that a host became) to the span of the act, before `end`. */
  setAttribute(name: string, value: string | number | boolean | string[]): void;
}

/** Who listens to the senses: the immune system of this process. */
export interface Perceiver {
  /** Tells that what the senses stand on is tampered with; `undefined` where nobody knows by whom. */
  tampered?(doer: Principal | undefined, chain: Chain | undefined, what: string, says: string): void;
  /** Tells that `Array.prototype` was given elements, which swallow what others store, and takes them away. */
  arraysTampered?(): void;
  perceive(act: Act): Perception | undefined;
  senseFailed(sense: Act['sense'], error: unknown): void;
}

const nobody: Perceiver = { perceive: () => undefined, senseFailed: () => {} };
let perceiver = nobody;

/**
 * Tells the immune system of an act, before the act goes on: who does it, what it means, what to think of it.
 * Never throws. Answers `undefined` when the act was ours, or implied by another one.
 */
export function perceive(act: Act): Perception | undefined {
  // Whose it is known already, or ours. Nothing is read that the act may not have: that would ask `Object.prototype`.
  if (ObjectHasOwn(act, 'principal') || ObjectHasOwn(act, 'chain') || isOwnWork()) return perceiver.perceive(act);
  lookAhead(act.sense !== 'fs', perceive);
  try {
    return perceiver.perceive(act);
  } finally {
    forgetAhead();
  }
}

/**
 * The perception as far as somebody waits for its end; a call whose end nobody waits for is not to be touched. Asked
 * after refusal and habituation.
 */
export function awaited(perception: Perception | undefined): Perception | undefined {
  try {
    return perception?.isTold === false ? undefined : perception;
  } catch {
    return undefined; // asked outside of any guard
  }
}

/**
 * Reports an error inside a sense: counted, and when it repeats the sense is switched off with a finding. Throws nothing
 * but the overflow of the stack that it is given.
 */
export function senseFailed(sense: Act['sense'], error: unknown): void {
  // Too little stack is left to look, so there is too little to act: otherwise diving deep would be a way of going unseen.
  if (isStackOverflow(error)) throw error;
  perceiver.senseFailed(sense, error);
}

/** The error of a stack that is used up. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeErrorConstructor && error.message === 'Maximum call stack size exceeded';
}

/** A sense that collects in arrays asks first whether they still hold what they are given. Never throws. */
export function checkArrays(): void {
  perceiver.arraysTampered?.();
}

/** What the senses stand on is tampered with. */
export function tampered(doer: Principal | undefined, chain: Chain | undefined, what: string, says: string): void {
  perceiver.tampered?.(doer, chain, what, says);
}

/** Connects the senses to an immune system (`undefined`: to nobody). Answers how to restore the one before. */
export function setPerceiver(next: Perceiver | undefined): () => void {
  const before = perceiver;
  perceiver = next ?? nobody;
  return () => {
    perceiver = before;
  };
}

/** Replaces `perceive` alone: how a test of one sense records what it reports. */
export function replacePerceive(record: Perceiver['perceive']): () => void {
  return setPerceiver({ perceive: record, senseFailed: () => {} });
}
