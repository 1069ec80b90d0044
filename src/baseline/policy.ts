/** What the reviewers wrote into the config file, at work in a running process: allow, deny, other levels. */
import type { Sense } from '../behavior.ts';
import type { LevelOverride, Override } from '../config.ts';
import {
  ArrayPrototypePush,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import type { Level } from '../response/finding.ts';
import { type CompiledOverride, compileOverride, dayOf, faultOf, overrideFor } from './overrides.ts';

const DAY = 86_400_000;

export interface Overrides {
  readonly allow: readonly Override[];
  readonly deny: readonly Override[];
  readonly levels: readonly LevelOverride[];
}

/** Asked with the time of the act, so that an exception ends on its day also in a process that outlives it. */
export class Policy {
  private readonly allow: readonly CompiledOverride[];
  private readonly deny: readonly CompiledOverride[];
  private readonly levels: readonly CompiledOverride<LevelOverride>[];
  private readonly onExpired: (line: string) => void;
  private readonly toldOf: CompiledOverride[] = [];
  private today = '';
  private tomorrow = 0;

  /** `onExpired`: one line for an exception that counts no more, once each; the first ones before this returns. */
  constructor({ allow, deny, levels }: Overrides, time: number, onExpired: (line: string) => void = () => {}) {
    this.allow = allow.map((override) => compileOverride(override));
    this.deny = deny.map((override) => compileOverride(override, true));
    this.levels = levels.map((override) => compileOverride(override));
    this.onExpired = onExpired;
    // To ask for the date the first time takes a quarter of a millisecond of every start.
    if (allow.length + deny.length + levels.length > 0) this.dayAt(time);
  }

  allows(principalKey: string, trait: string, time: number): boolean {
    return this.allow.length > 0 && overrideFor(this.allow, principalKey, trait, this.dayAt(time)) !== undefined;
  }

  /** Why this must not happen; `undefined` when nobody says so. */
  denial(principalKey: string, trait: string, time: number): string | undefined {
    if (this.deny.length === 0) return undefined;
    return overrideFor(this.deny, principalKey, trait, this.dayAt(time))?.reason;
  }

  /** The level that findings about this have instead of their own. */
  levelFor(principalKey: string, trait: string, time: number): Level | undefined {
    if (this.levels.length === 0) return undefined;
    return overrideFor(this.levels, principalKey, trait, this.dayAt(time))?.level;
  }

  /** An exception that would have allowed it until its last day. */
  expiredException(principalKey: string, trait: string, time: number): Override | undefined {
    const today = this.dayAt(time);
    for (let i = 0; i < this.allow.length; i++) {
      const override = this.allow[i] as CompiledOverride;
      if (override.expiredOn(today) && override.matches(principalKey, trait)) return override.source;
    }
    return undefined;
  }

  /** Acts of this sense may be denied to somebody: none of them is only counted, whoever did it first. */
  watches(sense: Sense, time: number): boolean {
    if (this.deny.length === 0) return false;
    const today = this.dayAt(time);
    for (let i = 0; i < this.deny.length; i++) {
      const { source, expiredOn } = this.deny[i] as CompiledOverride;
      if (!expiredOn(today) && mayName(source.trait, sense)) return true;
    }
    return false;
  }

  private dayAt(time: number): string {
    if (time < this.tomorrow) return this.today;
    this.today = dayOf(time);
    this.tomorrow = time - (time % DAY) + DAY;
    const lists = [this.allow, this.deny, this.levels] as const;
    for (let i = 0; i < lists.length; i++) this.tellExpired(lists[i] as readonly CompiledOverride[]);
    return this.today;
  }

  private tellExpired(list: readonly CompiledOverride[]): void {
    for (let i = 0; i < list.length; i++) {
      const override = list[i] as CompiledOverride;
      if (!override.expiredOn(this.today) || isIn(this.toldOf, override)) continue;
      ArrayPrototypePush(this.toldOf, override);
      this.onExpired(expiredLine(override.source));
    }
  }
}

/** Overrides that can never match, one line each. */
export function faultsOf({ allow, deny, levels }: Overrides): string[] {
  return [...allow, ...deny, ...levels].flatMap((override) => {
    const fault = faultOf(override);
    return fault === undefined ? [] : [`the override for ${override.package} ${override.trait}: ${fault}`];
  });
}

function expiredLine({ package: subject, trait, reason, expires }: Override): string {
  return `the override for ${subject} ${trait} (${reason}) expired on ${expires} and counts no more`;
}

/* Whether a trait of this sense can match: what stands before the first `*` begins with it, or is its beginning. */
function mayName(glob: string, sense: Sense): boolean {
  const star = StringPrototypeIndexOf(glob, '*');
  const literal = star < 0 ? glob : StringPrototypeSlice(glob, 0, star);
  return StringPrototypeStartsWith(literal, sense) || StringPrototypeStartsWith(sense, literal);
}

function isIn(list: readonly CompiledOverride[], override: CompiledOverride): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === override) return true;
  return false;
}
