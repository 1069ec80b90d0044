/**
 * Finds the rows of `sensitive-files.ts` that a path matches. Rows are indexed by the one part of them that is written
 * out (file name, folder or extension), so a path costs one look-up a part however many rows there are.
 */
import {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  SafeMap,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import type { PlaceClass } from './roots.ts';
import { PUBLIC_FILES, SENSITIVE_FILES, type SensitiveRow } from './sensitive-files.ts';
import { splitOn } from './text.ts';

type Anchor = '' | '~' | '/' | '<app>' | '<package>';

interface Pattern {
  /** `undefined`: the file is public after all. */
  readonly row: SensitiveRow | undefined;
  readonly order: number;
  readonly anchor: Anchor;
  /** Folder names in front of the indexed part. */
  readonly folders: readonly string[];
  /** What the file name begins and ends with, for patterns with a `*` in it. */
  readonly prefix: string;
  readonly suffix: string;
}

const byName = new SafeMap<string, Pattern[]>();
const byFolder = new SafeMap<string, Pattern[]>();
const byExtension = new SafeMap<string, Pattern[]>();
/* A `*` inside the name: keyed by the first or, where there is none, the last character. */
const byFirst = new SafeMap<string, Pattern[]>();
const byLast = new SafeMap<string, Pattern[]>();

function put(map: SafeMap<string, Pattern[]>, key: string, pattern: Pattern): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [pattern]);
  else ArrayPrototypePush(list, pattern);
}

function compile(text: string, row: SensitiveRow | undefined, order: number): void {
  let anchor: Anchor = '';
  if (StringPrototypeStartsWith(text, '/')) anchor = '/';
  else if (StringPrototypeStartsWith(text, '~/')) anchor = '~';
  else if (StringPrototypeStartsWith(text, '<app>/')) anchor = '<app>';
  else if (StringPrototypeStartsWith(text, '<package>/')) anchor = '<package>';
  const parts = splitOn(StringPrototypeSlice(text, anchor.length), '/');
  let last = parts.length - 1;
  if (parts[last] === '**') {
    last--;
    const folders = ArrayPrototypeSlice(parts, 0, last);
    put(byFolder, parts[last] as string, { row, order, anchor, folders, prefix: '', suffix: '' });
    return;
  }
  const name = parts[last] as string;
  const folders = ArrayPrototypeSlice(parts, 0, last);
  const star = StringPrototypeIndexOf(name, '*');
  if (star === -1) {
    put(byName, name, { row, order, anchor, folders, prefix: '', suffix: '' });
    return;
  }
  const prefix = StringPrototypeSlice(name, 0, star);
  const suffix = StringPrototypeSlice(name, star + 1);
  const pattern: Pattern = { row, order, anchor, folders, prefix, suffix };
  const dot = StringPrototypeLastIndexOf(suffix, '.');
  if (star === 0 && dot === 0) put(byExtension, StringPrototypeSlice(suffix, 1), pattern);
  else if (star > 0) put(byFirst, prefix[0] as string, pattern);
  else put(byLast, suffix[suffix.length - 1] as string, pattern);
}

let isCompiled = false;

/* At the first path, not when the module loads: a thousand patterns are milliseconds, and many a process asks for none. */
function compileAll(): void {
  isCompiled = true;
  for (let i = 0; i < PUBLIC_FILES.length; i++) compile(PUBLIC_FILES[i] as string, undefined, -1);
  for (let order = 0; order < SENSITIVE_FILES.length; order++) {
    const row = SENSITIVE_FILES[order] as SensitiveRow;
    for (let i = 0; i < row.patterns.length; i++) compile(row.patterns[i] as string, row, order);
  }
}

/** A path with what the matcher needs to know of its place. */
export interface Candidate {
  /** Normalised absolute path. */
  readonly path: string;
  readonly placeClass: PlaceClass;
  /** The part behind the place's label: what follows `~/`, `<app>/` or the package's folder. */
  readonly rest: string;
}

function inPosition(pattern: Pattern, candidate: Candidate, parts: readonly string[], at: number): boolean {
  const { folders, anchor } = pattern;
  let i = at - 1;
  for (let f = folders.length - 1; f >= 0; f--, i--) {
    if (i < 0) return false;
    const folder = folders[f] as string;
    if (folder === '*' || folder === parts[i]) continue;
    const star = StringPrototypeIndexOf(folder, '*');
    if (star <= 0 || !StringPrototypeStartsWith(parts[i] as string, StringPrototypeSlice(folder, 0, star)))
      return false;
  }
  switch (anchor) {
    case '':
      return true;
    case '/':
      // A drive letter stands before the root on Windows.
      return i === -1 || (i === 0 && (parts[0] as string)[1] === ':');
    default: {
      const { placeClass } = candidate;
      if (anchor === '<app>' && placeClass !== 'app') return false;
      if (anchor === '<package>' && placeClass !== 'package') return false;
      if (anchor === '~' && placeClass !== 'home' && placeClass !== 'other-home') return false;
      return parts.length - splitOn(candidate.rest, '/').length === i + 1;
    }
  }
}

/* Lower is better. A change is judged by what it starts, everything else by what it gives away. */
function rank(row: SensitiveRow, change: boolean): number {
  return (row.on === 'change' || row.sensitivity === 'agent-config') === change ? 0 : 1;
}

/** The row that decides about this path, or `undefined` when it is an ordinary file. */
export function sensitiveRowOf(candidate: Candidate, change: boolean): SensitiveRow | undefined {
  if (!isCompiled) compileAll();
  const parts = splitOn(StringPrototypeToLowerCase(candidate.path), '/');
  const last = parts.length - 1;
  if (last < 0) return undefined;
  const name = parts[last] as string;
  let best: Pattern | undefined;
  let isPublic = false;

  const consider = (list: Pattern[] | undefined, at: number) => {
    if (list === undefined) return;
    for (let i = 0; i < list.length; i++) {
      const pattern = list[i] as Pattern;
      const { row, prefix, suffix } = pattern;
      if (prefix !== '' || suffix !== '') {
        if (name.length < prefix.length + suffix.length) continue;
        if (!StringPrototypeStartsWith(name, prefix) || !StringPrototypeEndsWith(name, suffix)) continue;
      }
      if (row !== undefined) {
        if (row.on === 'change' && !change) continue;
        const inPackage = candidate.placeClass === 'package';
        if (inPackage && pattern.anchor !== '<package>') continue;
        if (row.inPlace === true && candidate.placeClass === 'tmp') continue;
        if (row.outsideApp === true && candidate.placeClass === 'app') continue;
      }
      if (!inPosition(pattern, candidate, parts, at)) continue;
      if (row === undefined) {
        isPublic = true;
        continue;
      }
      if (best?.row === undefined) best = pattern;
      else {
        const difference = rank(row, change) - rank(best.row, change);
        if (difference < 0 || (difference === 0 && pattern.order < best.order)) best = pattern;
      }
    }
  };

  consider(byName.get(name), last);
  const dot = StringPrototypeLastIndexOf(name, '.');
  if (dot >= 0) consider(byExtension.get(StringPrototypeSlice(name, dot + 1)), last);
  consider(byFirst.get(name[0] as string), last);
  consider(byLast.get(name[name.length - 1] as string), last);
  for (let i = 0; i <= last; i++) consider(byFolder.get(parts[i] as string), i);

  const row = (best as Pattern | undefined)?.row;
  return isPublic && row?.sensitivity === 'credential' ? undefined : row;
}
