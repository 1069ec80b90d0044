import { senseFailed } from '../../src/perception.ts';
import { SafeMap, SafeSet, StringPrototypeEndsWith, StringPrototypeStartsWith } from '../../src/primordials.ts';
import type { Attention } from './attention.ts';
import type { FsOperation } from './operations.ts';

/*
 * Node implements functions of fs with other functions of fs, and those are patched too. What one call implies is known
 * here exactly, by path and operation: to skip whatever "Node" calls would let `process.nextTick(fs.unlink, …)` pass.
 */

/* ── A stream opens its file with fs.open, one tick after it was made, when the caller has left the stack. ── */

export interface Opening {
  readonly access: number;
  /** What ends when the file is open; `undefined` when the stream was habitual. */
  readonly attention: Attention | undefined;
}
const MAX_PATHS = 256;
const openings = new SafeMap<string, Opening[]>();

/** A stream has been made on this path: one opening of it, for this access, has been told of. */
export function expectOpening(path: string, opening: Opening): void {
  const list = openings.get(path);
  if (list !== undefined) {
    if (list.length < MAX_PATHS) list[list.length] = opening;
    return;
  }
  if (openings.size >= MAX_PATHS) openings.clear();
  openings.set(path, [opening]);
}

/** The stream's own opening of this path, if one is due. */
export function takeOpening(path: string, access: number): Opening | undefined {
  if (openings.size === 0) return undefined;
  const list = openings.get(path);
  if (list === undefined) return undefined;
  for (let i = 0; i < list.length; i++) {
    const opening = list[i] as Opening;
    if (opening.access === access) {
      remove(path, list, i);
      return opening;
    }
  }
  return undefined;
}

/** Nothing will take this opening any more. False when it was taken. */
export function forgetOpening(path: string, opening: Opening): boolean {
  const list = openings.get(path);
  if (list === undefined) return false;
  for (let i = 0; i < list.length; i++) {
    if (list[i] === opening) {
      remove(path, list, i);
      return true;
    }
  }
  return false;
}

function remove(path: string, list: Opening[], at: number): void {
  for (let i = at + 1; i < list.length; i++) list[i - 1] = list[i] as Opening;
  list.length--;
  if (list.length === 0) openings.delete(path);
}

/* ── The module loader reads what it has resolved, with the patched fs.readFileSync. ── */

const MAX_LOADS = 8192;
const loads = new SafeSet<string>();

/** The loader is about to read this file; the import itself is told by the import sense. */
export function expectLoad(path: string): void {
  if (loads.size >= MAX_LOADS) loads.clear();
  loads.add(path);
}

/** Shortcut for the hot path: whether this is source text that the loader has resolved and not read yet. */
export function takeSource(path: unknown): boolean {
  try {
    return loads.size > 0 && typeof path === 'string' && isSource(path) && loads.delete(path);
  } catch (failure) {
    senseFailed('fs', failure);
    return false;
  }
}

let sourcePath: unknown;
let sourceText: unknown;

/** The loader was given this text for a file it had resolved. */
export function noteSource(path: unknown, text: unknown): void {
  sourcePath = path;
  sourceText = text;
}

/** Whether this is the text that was last read for a resolved file. Of each reading it answers once. */
export function isSourceOf(path: string, text: unknown): boolean {
  const isIt = sourcePath === path && typeof text === 'string' && sourceText === text;
  sourcePath = undefined;
  sourceText = undefined;
  return isIt;
}

/** Whether this is source text, by its name. */
export function isSource(path: string): boolean {
  return StringPrototypeEndsWith(path, 'js') || StringPrototypeEndsWith(path, 'ts');
}

/**
 * Whether the loader may read this path now. `always` for source text, which is no secret; anything else (JSON can be
 * somebody's credentials, and `require.resolve` expects without loading) only if Node itself is the caller.
 */
export function takeLoad(path: string): 'always' | 'by node' | undefined {
  if (!loads.delete(path)) return undefined;
  return isSource(path) ? 'always' : 'by node';
}

/* ── cp, rm, glob, realpath and recursive watching walk a tree. ── */

const MAX_TREES = 32;
const trees: (string | undefined)[] = [];
let underWay = 0;

/** A walk of the tree around this path begins. Answers its place, for `leaveTree`. */
export function enterTree(path: string): number {
  // Walks without a known end (iterators, watchers) are overwritten by the 32nd walk after them.
  const place = underWay++ % MAX_TREES;
  trees[place] = path;
  return place;
}

export function leaveTree(place: number, path: string): void {
  if (trees[place] === path) trees[place] = undefined;
}

/** A walk that may lead anywhere, but only asks: realpath follows links. */
export const ANYWHERE = '';

/** Whether a walk that has been told of may touch this path: it lies above or below where the walk began. */
export function isWalked(path: string, operation: FsOperation): boolean {
  for (let i = 0; i < trees.length; i++) {
    const root = trees[i];
    if (root === ANYWHERE ? operation === 'stat' : root !== undefined && (isWithin(path, root) || isWithin(root, path)))
      return true;
  }
  return false;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || StringPrototypeStartsWith(path, `${folder}/`);
}

/* ── writeFile opens, appendFile writes: on the same path, before it returns. ── */

let carried: unknown;

/** Until `putDown`, calls on this very path are part of the running one. Answers what `putDown` needs. */
export function carry(path: unknown): unknown {
  const before = carried;
  carried = path;
  return before;
}

export function putDown(before: unknown): void {
  carried = before;
}

export function isCarried(path: unknown): boolean {
  return carried !== undefined && carried === path;
}
