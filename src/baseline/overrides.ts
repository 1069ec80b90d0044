/** Reviewed exceptions: which package and trait an override of the config file means. Pure; the day comes as an argument. */
import type { Override, ToolBlock } from '../config.ts';
import {
  DateConstructor,
  DatePrototypeToISOString,
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} from '../primordials.ts';
import { inRange, isRange, parseRange, splitKey } from './versions.ts';

/** An override made ready to match. */
export interface CompiledOverride<T extends Override = Override> {
  readonly source: T;
  matches(principalKey: string, trait: string): boolean;
  /** Its last day is over: it counts no more, and whoever relied on it should be told. */
  expiredOn(today: string): boolean;
}

/** A day as overrides write it, in UTC. */
export function dayOf(time: number): string {
  return StringPrototypeSlice(DatePrototypeToISOString(new DateConstructor(time)), 0, 10);
}

/**
 * @param isDenial a denial of `net.connect:*` means secret destinations too; an exception must name each secret
 */
export function compileOverride<T extends Override>(source: T, isDenial = false): CompiledOverride<T> {
  const { name, version } = splitKey(source.package);
  const packageName = globToRegExp(name);
  const range = version === '' ? undefined : parseRange(version);
  const { body, sensitivity } = splitTrait(source.trait);
  const traitBody = globToRegExp(body);
  return {
    source,
    matches(principalKey, trait) {
      const principal = splitKey(principalKey);
      if (RegExpPrototypeExec(packageName, principal.name) === null) return false;
      if (range !== undefined && !inRange(principal.version, range)) return false;
      const subject = splitTrait(trait);
      // `fs.read:*` must not let `fs.read:<home>/.npmrc [credential]` through: a secret is named, or it is not meant.
      if (subject.sensitivity !== sensitivity && !(isDenial && sensitivity === '')) return false;
      return RegExpPrototypeExec(traitBody, subject.body) !== null;
    },
    expiredOn(today) {
      return source.expires !== undefined && source.expires < today;
    },
  };
}

/** What is wrong with an override's range, in words; such an override matches nothing. */
export function faultOf({ package: subject }: Override): string | undefined {
  const { version } = splitKey(subject);
  return version === '' || isRange(version) ? undefined : `"${version}" is not a range of versions`;
}

/** The first override that counts for a behavior today. */
export function overrideFor<T extends Override>(
  overrides: readonly CompiledOverride<T>[],
  principalKey: string,
  trait: string,
  today: string,
): T | undefined {
  for (let i = 0; i < overrides.length; i++) {
    const override = overrides[i] as CompiledOverride<T>;
    if (!override.expiredOn(today) && override.matches(principalKey, trait)) return override.source;
  }
  return undefined;
}

/** What tools are refused, made ready to match: answers the row that forbids a trait to a tool. */
export function compileToolBlocks(
  rows: readonly ToolBlock[],
): ((toolKey: string, trait: string) => ToolBlock | undefined) | undefined {
  if (rows.length === 0) return undefined;
  const compiled = rows.map((row) => {
    const { body, sensitivity } = splitTrait(row.trait);
    return { row, sensitivity, tool: globToRegExp(`tool:${row.tool}`), trait: globToRegExp(body) };
  });
  return (toolKey, given) => {
    const { body, sensitivity } = splitTrait(given);
    for (let i = 0; i < compiled.length; i++) {
      const one = compiled[i] as (typeof compiled)[number];
      // To forbid reading is to forbid reading secrets; it is allowing that has to name them.
      if (one.sensitivity !== '' && one.sensitivity !== sensitivity) continue;
      const isMeant = RegExpPrototypeExec(one.tool, toolKey) !== null && RegExpPrototypeExec(one.trait, body) !== null;
      if (isMeant) return one.row;
    }
    return undefined;
  };
}

function splitTrait(trait: string): { body: string; sensitivity: string } {
  const open = StringPrototypeLastIndexOf(trait, ' [');
  return open < 0 || !StringPrototypeEndsWith(trait, ']')
    ? { body: trait, sensitivity: '' }
    : { body: StringPrototypeSlice(trait, 0, open), sensitivity: StringPrototypeSlice(trait, open + 1) };
}

/* Literal but for `*`. A run of stars is one: several in a row would make matching quadratic and worse. */
function globToRegExp(glob: string): RegExp {
  const parts = glob.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
