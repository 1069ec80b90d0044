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
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (match === null) return undefined;
  return { core: [Number(match[1]), Number(match[2]), Number(match[3])], prerelease: match[4]?.split('.') ?? [] };
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  // A version without a pre-release part comes after the same version with one.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a[i];
    const y = b[i];
    if (x === undefined || y === undefined) return a.length - b.length;
    if (x === y) continue;
    const xIsNumber = /^\d+$/.test(x);
    const yIsNumber = /^\d+$/.test(y);
    if (xIsNumber && yIsNumber) return Number(x) - Number(y);
    if (xIsNumber !== yIsNumber) return xIsNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

/** `name@version` taken apart; a key without a version (`<app>`, a tool) is all name. */
export function splitKey(key: string): { name: string; version: string } {
  const at = key.lastIndexOf('@');
  return at <= 0 ? { name: key, version: '' } : { name: key.slice(0, at), version: key.slice(at + 1) };
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

/**
 * Does a version lie in a range? Knows `1.2.3`, `1.x`, `*`, `^`, `~`, comparators joined by spaces, `a - b` and `||`.
 * A range it does not understand matches nothing: an exception with a misspelt range must not open a door.
 */
export function inRange(version: string, range: string): boolean {
  return range.split('||').some((alternative) => {
    const text = alternative
      .trim()
      .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
      .replace(/([\^~<>=])\s+/g, '$1');
    return text === '' || text.split(/\s+/).every((comparator) => satisfies(version, comparator));
  });
}

function satisfies(version: string, comparator: string): boolean {
  const match = COMPARATOR.exec(comparator);
  if (match === null) return false;
  const operator = match[1] as string;
  const numbers: number[] = [];
  for (let i = 2; i <= 4; i++) {
    const part = match[i];
    if (part === undefined || !/^\d+$/.test(part)) break;
    numbers.push(Number(part));
  }
  if (numbers.length === 0) return operator !== '<' && operator !== '>';
  const [major = 0, minor = 0, patch = 0] = numbers;
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
