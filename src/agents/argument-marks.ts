import {
  RegExpPrototypeExec,
  SafeSet,
  SafeWeakMap,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
} from '../primordials.ts';
import { eachAddress, eachHost, hashOf, textsOf } from './texts.ts';

/*
 * What of a tool's arguments could turn up as a command, a path or a host. Only seeded hashes are kept, and only while
 * the call's own object lives: the text is neither recorded nor reproducible.
 */

/** Of each text; a model may hand over whole documents, of which the beginning is looked at. */
const MAX_CHARACTERS = 16_384;
const MAX_MARKS = 512;
const MAX_ADDRESSES = 32;

export interface ArgumentMarks {
  /** Each text as a whole: a command that the model wrote, a program that it named. */
  readonly wholes: ReadonlySet<number>;
  /** Words that follow a separator of a shell inside a text: what runs if the text reaches one. */
  readonly injected: ReadonlySet<number>;
  /** Paths, without what a change of directory in front of them would mean. */
  readonly paths: ReadonlySet<number>;
  readonly hosts: ReadonlySet<number>;
  /** Addresses with more than a host. */
  readonly addresses: readonly number[];
  /** The arguments as a whole: the same call again has the same. */
  readonly all: number;
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
  const texts = textsOf(value, MAX_CHARACTERS);
  const wholes = new SafeSet<number>();
  const injected = new SafeSet<number>();
  const paths = new SafeSet<number>();
  const hosts = new SafeSet<number>();
  const addresses: number[] = [];
  let all = '';
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string;
    all += `${text.length}:${hashOf(text)},`;
    mark(wholes, StringPrototypeTrim(text));
    eachInjected(text, (word) => mark(injected, word));
    eachHost(text, (host) => mark(hosts, host));
    eachAddress(text, (address) => {
      if (addresses.length < MAX_ADDRESSES) addresses[addresses.length] = hashOf(address);
    });
    const path = pathIn(text);
    if (path !== undefined) mark(paths, path);
  }
  return { wholes, injected, paths, hosts, addresses, all: hashOf(all) };
}

function mark(set: Set<number>, text: string): void {
  if (text !== '' && set.size < MAX_MARKS) set.add(hashOf(text));
}

const SEPARATOR = /(?:[;|&\n`]|\$\()\s{0,8}([\w./~-]{2,128})/g;

/* A copy of the expression's state is its own: `lastIndex` of a shared one would be anybody's. */
function eachInjected(text: string, visit: (word: string) => void): void {
  SEPARATOR.lastIndex = 0;
  for (let found = RegExpPrototypeExec(SEPARATOR, text); found !== null; found = RegExpPrototypeExec(SEPARATOR, text)) {
    visit(found[1] as string);
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
