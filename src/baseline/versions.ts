import { splitOn } from '../classification/text.ts';
import { MathMax, RegExpPrototypeExec, StringPrototypeLastIndexOf, StringPrototypeSlice } from '../primordials.ts';

/* Asked while the application runs: a package that replaces `RegExp.prototype.exec` must not choose its own baseline. */
const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const DIGITS = /^\d+$/;

/**
 * Orders two versions as SemVer 2.0.0 section 11 does (build metadata ignored). Anything that is not a version is
 * older than everything that is, and ordered by its text.
 */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return 1;
    if (right !== undefined) return -1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  for (let i = 0; i < 3; i++) {
    const difference = (left.core[i] as number) - (right.core[i] as number);
    if (difference !== 0) return difference;
  }
  return comparePrerelease(left.prerelease, right.prerelease);
}

function parse(version: string): { core: number[]; prerelease: string[] } | undefined {
  const match = RegExpPrototypeExec(VERSION, version);
  if (match === null) return undefined;
  const prerelease = match[4];
  return {
    core: [+(match[1] as string), +(match[2] as string), +(match[3] as string)],
    prerelease: prerelease === undefined ? [] : splitOn(prerelease, '.'),
  };
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  // A version without a pre-release part comes after the same version with one.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < MathMax(a.length, b.length); i++) {
    const x = a[i];
    const y = b[i];
    if (x === undefined || y === undefined) return a.length - b.length;
    if (x === y) continue;
    const xIsNumber = RegExpPrototypeExec(DIGITS, x) !== null;
    const yIsNumber = RegExpPrototypeExec(DIGITS, y) !== null;
    if (xIsNumber && yIsNumber) return +x - +y;
    if (xIsNumber !== yIsNumber) return xIsNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

/** `name@version` taken apart; a key without a version (`<app>`, a tool) is all name. */
export function splitKey(key: string): { name: string; version: string } {
  const at = StringPrototypeLastIndexOf(key, '@');
  return at <= 0
    ? { name: key, version: '' }
    : { name: StringPrototypeSlice(key, 0, at), version: StringPrototypeSlice(key, at + 1) };
}

/**
 * The version whose behavior a version is held to: the newest older one, or, after a downgrade, the oldest newer one.
 * Undefined when no other version is known.
 */
export function previousVersion(version: string, others: readonly string[]): string | undefined {
  let older: string | undefined;
  let newer: string | undefined;
  for (let i = 0; i < others.length; i++) {
    const other = others[i] as string;
    if (other === version) continue;
    if (compareVersions(other, version) <= 0) {
      if (older === undefined || compareVersions(other, older) > 0) older = other;
    } else if (newer === undefined || compareVersions(other, newer) < 0) newer = other;
  }
  return older ?? newer;
}

const COMPARATOR =
  /^(\^|~|>=|<=|>|<|=|)v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** A range taken apart: one of the lists must hold in full. */
export type Range = readonly (readonly string[])[];

/**
 * Takes a range apart. Knows `1.2.3`, `1.x`, `*`, `^`, `~`, comparators joined by spaces, `a - b` and `||`.
 * A range it does not understand matches nothing: an exception with a misspelt range must not open a door.
 */
export function parseRange(range: string): Range {
  return range.split('||').map((alternative) => {
    const text = alternative
      .trim()
      .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
      .replace(/([\^~<>=])\s+/g, '$1');
    return text === '' ? [] : text.split(/\s+/);
  });
}

/** False for what no version can lie in, because it is not understood. */
export function isRange(range: string): boolean {
  return parseRange(range).every((list) => list.every((one) => RegExpPrototypeExec(COMPARATOR, one) !== null));
}

/** Does a version lie in a range? */
export function inRange(version: string, range: Range): boolean {
  for (let i = 0; i < range.length; i++) {
    const comparators = range[i] as readonly string[];
    let holds = true;
    for (let j = 0; holds && j < comparators.length; j++) holds = satisfies(version, comparators[j] as string);
    if (holds) return true;
  }
  return false;
}

function satisfies(version: string, comparator: string): boolean {
  const match = RegExpPrototypeExec(COMPARATOR, comparator);
  if (match === null) return false;
  const operator = match[1] as string;
  const numbers: number[] = [];
  for (let i = 2; i <= 4; i++) {
    const part = match[i];
    if (part === undefined || RegExpPrototypeExec(DIGITS, part) === null) break;
    numbers[numbers.length] = +part;
  }
  if (numbers.length === 0) return operator !== '<' && operator !== '>';
  const major = numbers[0] ?? 0;
  const minor = numbers[1] ?? 0;
  const patch = numbers[2] ?? 0;
  const order = compareVersions(version, `${major}.${minor}.${patch}${match[5] ?? ''}`);
  const partial = numbers.length < 3;
  /* Below the first version after everything with the same first numbers; `-0` keeps its prereleases out. */
  const below = (kept: number) => {
    const next =
      kept === 1 ? `${major + 1}.0.0-0` : kept === 2 ? `${major}.${minor + 1}.0-0` : `${major}.${minor}.${patch + 1}-0`;
    return compareVersions(version, next) < 0;
  };
  switch (operator) {
    case '^':
      return order >= 0 && below(major > 0 || numbers.length === 1 ? 1 : minor > 0 || numbers.length === 2 ? 2 : 3);
    case '~':
      return order >= 0 && below(numbers.length === 1 ? 1 : 2);
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '>':
      return partial ? !below(numbers.length) : order > 0;
    case '<=':
      return partial ? below(numbers.length) : order <= 0;
    default:
      return partial ? order >= 0 && below(numbers.length) : order === 0;
  }
}
