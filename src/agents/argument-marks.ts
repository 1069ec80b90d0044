import { types } from 'node:util';
import {
  ArrayIsArray,
  DateNow,
  JSONParse,
  MathImul,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  SafeSet,
  SafeWeakMap,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
} from '../primordials.ts';

/*
 * What of a tool's arguments could turn up as a command, a path or a host. Only seeded hashes are kept, and only while
 * the call's own object lives: the text is neither recorded nor reproducible.
 */

/** Bounds: a model may hand over whole documents, of which the beginning is looked at. */
const MAX_TEXTS = 64;
const MAX_DEPTH = 6;
const MAX_CHARACTERS = 16_384;
const MAX_MARKS = 512;

export interface ArgumentMarks {
  /** Each text as a whole: a command that the model wrote, a program that it named. */
  readonly wholes: ReadonlySet<number>;
  /** Words that follow a separator of a shell inside a text: what runs if the text reaches one. */
  readonly injected: ReadonlySet<number>;
  /** Paths, without what a change of directory in front of them would mean. */
  readonly paths: ReadonlySet<number>;
  readonly hosts: ReadonlySet<number>;
  /** The arguments as a whole: the same call again has the same. */
  readonly all: number;
}

const SEED = (DateNow() % 0x7fffffff) | 1;

/* 52 bits of two multiplicative hashes: a chance match among 512 marks is once in 10^12. */
function hashOf(text: string): number {
  let a = SEED;
  let b = ~SEED;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    a = MathImul(a ^ code, 2654435761);
    b = MathImul(b ^ code, 1597334677);
  }
  a = MathImul(a ^ (a >>> 16), 2246822507) ^ (b >>> 13);
  b = MathImul(b ^ (b >>> 16), 3266489909) ^ (a >>> 13);
  return (b >>> 0) * 0x100000 + (a >>> 12);
}

const known = new SafeWeakMap<object, ArgumentMarks>();

/** Classifies what a call was given, once; the text is let go of. */
export function marksOf(given: { value: unknown } | undefined): ArgumentMarks | undefined {
  if (given === undefined || (given.value === undefined && !known.has(given))) return undefined;
  let marks = known.get(given);
  if (marks === undefined) {
    marks = classify(given.value);
    known.set(given, marks);
    given.value = undefined;
  }
  return marks;
}

function classify(value: unknown): ArgumentMarks {
  const texts: string[] = [];
  gather(parsed(value), texts, 0);
  const wholes = new SafeSet<number>();
  const injected = new SafeSet<number>();
  const paths = new SafeSet<number>();
  const hosts = new SafeSet<number>();
  let all = '';
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string;
    all += `${text.length}:${hashOf(text)},`;
    mark(wholes, StringPrototypeTrim(text));
    eachInjected(text, (word) => mark(injected, word));
    eachHost(text, (host) => mark(hosts, host));
    const path = pathIn(text);
    if (path !== undefined) mark(paths, path);
  }
  return { wholes, injected, paths, hosts, all: hashOf(all) };
}

function mark(set: Set<number>, text: string): void {
  if (text !== '' && set.size < MAX_MARKS) set.add(hashOf(text));
}

/* Frameworks hand arguments over as objects, or as the JSON text that the model wrote. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const first = StringPrototypeTrim(value)[0];
  if (first !== '{' && first !== '[') return value;
  try {
    return JSONParse(value) as unknown;
  } catch {
    return value;
  }
}

const { isProxy } = types;

/* Data properties only, and no proxies: no getter and no trap of the application runs because of us. */
function gather(value: unknown, texts: string[], depth: number): void {
  if (texts.length >= MAX_TEXTS || depth > MAX_DEPTH) return;
  if (typeof value === 'string') {
    texts[texts.length] = value.length > MAX_CHARACTERS ? StringPrototypeSlice(value, 0, MAX_CHARACTERS) : value;
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    texts[texts.length] = `${value}`;
  } else if (typeof value !== 'object' || value === null || isProxy(value)) {
    return;
  } else if (ArrayIsArray(value)) {
    for (let i = 0; i < value.length && i < MAX_TEXTS; i++) gather(dataOf(value, `${i}`), texts, depth + 1);
  } else {
    const keys = ReflectOwnKeys(value);
    for (let i = 0; i < keys.length && i < MAX_TEXTS; i++) {
      gather(dataOf(value, keys[i] as string | symbol), texts, depth + 1);
    }
  }
}

function dataOf(owner: object, key: string | symbol): unknown {
  return ReflectGetOwnPropertyDescriptor(owner, key)?.value;
}

const SEPARATOR = /(?:[;|&\n`]|\$\()\s{0,8}([\w./~-]{2,128})/g;

/* A copy of the expression's state is its own: `lastIndex` of a shared one would be anybody's. */
function eachInjected(text: string, visit: (word: string) => void): void {
  SEPARATOR.lastIndex = 0;
  for (let found = RegExpPrototypeExec(SEPARATOR, text); found !== null; found = RegExpPrototypeExec(SEPARATOR, text)) {
    visit(found[1] as string);
  }
}

const HOST =
  /(?:[a-z][a-z0-9+.-]{1,15}:\/\/(?:[^\s/@]{1,128}@)?|\b)((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]{2,45}\])(?=[:/?#\s"'<>),\]}]|$)/gi;

function eachHost(text: string, visit: (host: string) => void): void {
  HOST.lastIndex = 0;
  for (let found = RegExpPrototypeExec(HOST, text); found !== null; found = RegExpPrototypeExec(HOST, text)) {
    visit(StringPrototypeToLowerCase(found[1] as string));
  }
}

/* `../../etc/x`, `~/x`, `/etc/x`, `file:///etc/x`: what is left when the way there is taken off. */
function pathIn(text: string): string | undefined {
  let path = StringPrototypeTrim(text);
  if (path.length > 1_024 || path.length < 2 || StringPrototypeIndexOf(path, '\n') >= 0) return undefined;
  if (StringPrototypeStartsWith(path, 'file://')) path = StringPrototypeSlice(path, 7);
  else if (StringPrototypeIndexOf(path, '://') >= 0) return undefined;
  const parts = partsOf(path);
  if (parts.length === 0) return undefined;
  let joined = parts[0] as string;
  for (let i = 1; i < parts.length; i++) joined += `/${parts[i]}`;
  return joined;
}

function partsOf(path: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i <= path.length; i++) {
    const c = path[i];
    if (i < path.length && c !== '/' && c !== '\\') continue;
    const part = StringPrototypeSlice(path, start, i);
    start = i + 1;
    if (part === '..') {
      if (parts.length > 0) parts.length--;
    } else if (part !== '' && part !== '.' && part !== '~' && part !== '$HOME') parts[parts.length] = part;
  }
  return parts;
}

/** A path of the machine is one that an argument names. */
export function namesPath(marks: ArgumentMarks, path: string): boolean {
  if (marks.paths.size === 0) return false;
  let tails = 0;
  // Every tail of the path: the argument may have been relative to any folder.
  for (let start = path.length; start >= 0 && tails < 16; start--) {
    if (start > 0 && path[start - 1] !== '/') continue;
    if (marks.paths.has(hashOf(StringPrototypeSlice(path, start)))) return true;
    tails++;
  }
  return false;
}

/** A host is one that an argument names. */
export function namesHost(marks: ArgumentMarks, host: string): boolean {
  return marks.hosts.has(hashOf(StringPrototypeToLowerCase(host)));
}

/** How a command line relates to the arguments: written by the model, with a part slipped in by it, or neither. */
export function commandIn(
  marks: ArgumentMarks,
  program: string,
  argv: readonly string[] | undefined,
  shell: boolean,
): 'whole' | 'injected' | undefined {
  const command = shell ? (argv?.[argv.length - 1] ?? program) : program;
  if (marks.wholes.has(hashOf(StringPrototypeTrim(command)))) return 'whole';
  if (!shell || marks.injected.size === 0) return undefined;
  let isInjected = false;
  const beginning = command.length > MAX_CHARACTERS ? StringPrototypeSlice(command, 0, MAX_CHARACTERS) : command;
  eachInjected(beginning, (word) => {
    isInjected ||= marks.injected.has(hashOf(word));
  });
  return isInjected ? 'injected' : undefined;
}
