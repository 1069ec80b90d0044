/** Reviewed exceptions: which package and trait an override of the config file means. Pure; the day comes as an argument. */
import type { Override } from '../config.ts';
import { inRange, splitKey } from './versions.ts';

/** An override made ready to match. */
export interface CompiledOverride<T extends Override = Override> {
  readonly source: T;
  matches(principalKey: string, trait: string): boolean;
  /** Its last day is over: it counts no more, and whoever relied on it should be told. */
  expiredOn(today: string): boolean;
}

/** A day as overrides write it, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

export function compileOverride<T extends Override>(source: T): CompiledOverride<T> {
  const { name, version: range } = splitKey(source.package);
  const packageName = globToRegExp(name);
  const { body, sensitivity } = splitTrait(source.trait);
  const traitBody = globToRegExp(body);
  return {
    source,
    matches(principalKey, trait) {
      const principal = splitKey(principalKey);
      if (!packageName.test(principal.name)) return false;
      if (range !== '' && !inRange(principal.version, range)) return false;
      const subject = splitTrait(trait);
      // `fs.read:*` must not let `fs.read:<home>/.npmrc [credential]` through: a secret is named, or it is not meant.
      return subject.sensitivity === sensitivity && traitBody.test(subject.body);
    },
    expiredOn(today) {
      return source.expires !== undefined && source.expires < today;
    },
  };
}

/** The first override that counts for a behavior today. */
export function overrideFor<T extends Override>(
  overrides: readonly CompiledOverride<T>[],
  principalKey: string,
  trait: string,
  today: string,
): T | undefined {
  return overrides.find((o) => !o.expiredOn(today) && o.matches(principalKey, trait))?.source;
}

function splitTrait(trait: string): { body: string; sensitivity: string } {
  const open = trait.lastIndexOf(' [');
  return open < 0 || !trait.endsWith(']')
    ? { body: trait, sensitivity: '' }
    : { body: trait.slice(0, open), sensitivity: trait.slice(open + 1) };
}

/* Literal but for `*`. A run of stars is one: several in a row would make matching quadratic and worse. */
function globToRegExp(glob: string): RegExp {
  const parts = glob.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
