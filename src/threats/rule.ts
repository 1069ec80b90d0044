import type { Deed, Standing } from '../behavior.ts';
import type { BuiltInPattern, Level } from '../response/finding.ts';
import type { Note, Trail } from './trail.ts';

/** One step of a sequence. */
export interface Step {
  /** At least one of these signs (see sign-bits.ts). */
  readonly signs: number;
  /** None of these. */
  readonly not?: number;
  /** The step itself must be unreviewed; by default one unreviewed step in the sequence is enough. */
  readonly unreviewed?: true;
  readonly fits?: (note: Note) => boolean;
}

/**
 * What a match is worth, by what the principal is held to. `undefined` is silence. `first` is first contact: the
 * package has no settled baseline. Applications answer for themselves and are held to less.
 */
export interface Levels {
  readonly novel: Level | undefined;
  readonly first: Level | undefined;
  readonly appNovel?: Level;
  readonly appFirst?: Level;
}

export interface MatchContext {
  readonly deed: Deed;
  readonly note: Note;
  readonly trail: Trail;
  /** One note a step, in order; the last one is `note`. */
  readonly steps: readonly Note[];
  readonly standing: Standing;
}

/** One row of a pattern. */
export interface Rule {
  readonly name: string;
  readonly pattern: BuiltInPattern;
  /** What a match would mean, as a sentence. */
  readonly description: string;
  /** ATT&CK v19 and ATLAS techniques. */
  readonly reference: readonly string[];
  readonly windowSeconds: number;
  /** In order; the last one is the deed being looked at. */
  readonly sequence: readonly Step[];
  readonly level: Levels;
  /** Completes "PACKAGE …"; `{0}` is the trait of the first step, `{f}` and `{w}` tell of a carried secret. */
  readonly says: string;
  /** Legitimate sequences of this shape: rows of excuses.ts. */
  readonly unless?: readonly Excuse[];
  /** More than the sequence must hold (counts); answers the steps of the story, or undefined. */
  readonly also?: (context: MatchContext) => readonly Note[] | undefined;
}

/** A named reason why a match is honest work: silences it, or lowers it to `to`. */
export interface Excuse {
  readonly name: string;
  readonly to: Level | undefined;
  readonly holds: (context: MatchContext) => boolean;
}
