/**
 * Where in a JSON text something is wrong. `JSON.parse` decides what is valid and is fast; this runs only when a person
 * has to be told where to look, so it is small rather than fast.
 */
import { StringPrototypeCharCodeAt as at, ErrorConstructor, StringPrototypeSlice } from '../primordials.ts';

export interface Position {
  /** Both count from 1, as editors do. */
  readonly line: number;
  readonly column: number;
}

export interface JsonFault extends Position {
  /** What is wrong there, as the end of a sentence. */
  readonly what: string;
}

/** A key or an array index for each level, outermost first. */
export type JsonPath = readonly (string | number)[];

const MAX_DEPTH = 200;
const [TAB, LF, CR, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [9, 10, 13, 32, 34, 44, 58, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

class Fault extends ErrorConstructor {
  readonly offset: number;
  constructor(offset: number, what: string) {
    super(what);
    this.offset = offset;
  }
}

/** Line and column of an offset; a carriage return before a line feed belongs to the line it ends. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let i = 0; i < offset && i < text.length; i++) {
    if (at(text, i) === LF) {
      line++;
      start = i + 1;
    }
  }
  return { line, column: offset - start + 1 };
}

/** The first fault of a JSON text, or undefined when it is valid and no object has the same key twice. */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    const end = skipSpace(text, scanValue(text, skipSpace(text, 0), [], undefined));
    if (end < text.length) throw new Fault(end, 'something follows the end of the document');
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...positionAt(text, error.offset), what: error.message };
  }
}

/** Where the value at `path` begins in a valid JSON text (the key for an object member); the start when it is not there. */
export function locateInJson(text: string, path: JsonPath): Position {
  let found = 0;
  try {
    scanValue(text, skipSpace(text, 0), [], (current, offset) => {
      if (current.length !== path.length) return;
      for (let i = 0; i < path.length; i++) if (current[i] !== path[i]) return;
      found = offset;
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return positionAt(text, found);
}

type Visit = ((path: (string | number)[], offset: number) => void) | undefined;

function skipSpace(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const c = at(text, i);
    if (c !== SPACE && c !== LF && c !== CR && c !== TAB) break;
  }
  return i;
}

function scanValue(text: string, i: number, path: (string | number)[], visit: Visit): number {
  if (i >= text.length) throw new Fault(i, 'the file ends in the middle: it is truncated');
  if (path.length > MAX_DEPTH) throw new Fault(i, `nested deeper than ${MAX_DEPTH} levels`);
  const c = at(text, i);
  if (c === OPEN_OBJECT) return scanObject(text, i, path, visit);
  if (c === OPEN_LIST) return scanList(text, i, path, visit);
  if (c === QUOTE) return scanString(text, i);
  return scanWord(text, i);
}

function scanObject(text: string, open: number, path: (string | number)[], visit: Visit): number {
  const seen = new Set<string>();
  let i = skipSpace(text, open + 1);
  if (at(text, i) === CLOSE_OBJECT) return i + 1;
  for (;;) {
    if (i >= text.length) throw new Fault(i, 'the file ends in the middle: it is truncated');
    if (at(text, i) !== QUOTE) throw new Fault(i, `expected a key in double quotes, found ${show(text, i)}`);
    const start = i;
    i = scanString(text, i);
    const key = JSON.parse(StringPrototypeSlice(text, start, i)) as string;
    if (seen.has(key)) throw new Fault(start, `the key ${JSON.stringify(key)} is there twice`);
    seen.add(key);
    path[path.length] = key;
    visit?.(path, start);
    i = skipSpace(text, i);
    if (at(text, i) !== COLON) throw expected(text, i, '":" after the key');
    i = skipSpace(text, scanValue(text, skipSpace(text, i + 1), path, visit));
    path.length--;
    if (at(text, i) === CLOSE_OBJECT) return i + 1;
    if (at(text, i) !== COMMA) throw expected(text, i, '"," or "}"');
    i = skipSpace(text, i + 1);
    if (at(text, i) === CLOSE_OBJECT) throw new Fault(i, 'a comma before "}" is one too many');
  }
}

function scanList(text: string, open: number, path: (string | number)[], visit: Visit): number {
  let i = skipSpace(text, open + 1);
  if (at(text, i) === CLOSE_LIST) return i + 1;
  for (let index = 0; ; index++) {
    path[path.length] = index;
    visit?.(path, i);
    i = skipSpace(text, scanValue(text, i, path, visit));
    path.length--;
    if (at(text, i) === CLOSE_LIST) return i + 1;
    if (at(text, i) !== COMMA) throw expected(text, i, '"," or "]"');
    i = skipSpace(text, i + 1);
    if (at(text, i) === CLOSE_LIST) throw new Fault(i, 'a comma before "]" is one too many');
  }
}

function scanString(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const c = at(text, i);
    if (c === BACKSLASH) i++;
    else if (c === QUOTE) {
      try {
        JSON.parse(StringPrototypeSlice(text, open, i + 1));
      } catch {
        throw new Fault(open, 'a string with an invalid escape');
      }
      return i + 1;
    } else if (c < SPACE) throw new Fault(i, 'a line break or control character inside a string: a quote is missing');
  }
  throw new Fault(text.length, 'the file ends inside a string: it is truncated');
}

const WORD = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

function scanWord(text: string, i: number): number {
  WORD.lastIndex = i;
  const match = WORD.exec(text);
  if (match === null) throw new Fault(i, `unexpected ${show(text, i)}`);
  return i + match[0].length;
}

function expected(text: string, i: number, what: string): Fault {
  if (i >= text.length) return new Fault(i, 'the file ends in the middle: it is truncated');
  return new Fault(i, `expected ${what}, found ${show(text, i)}`);
}

function show(text: string, i: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(i) ?? 0xfffd));
}
