/**
 * The text of `diogenesis.lock.json`, and nothing else about it: no files, no clock.
 * Two machines that saw the same behavior write the same bytes; see docs/lock-file.md.
 */
import {
  ArrayIsArray,
  ErrorConstructor,
  JSONParse,
  JSONStringify,
  RegExpPrototypeExec,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeTrim,
} from '../primordials.ts';
import { findJsonFault, type JsonPath, locateInJson, positionAt } from './json-text.ts';
import { readWritten } from './lock-text.ts';

export const LOCK_VERSION = 1;
export const LOCK_FILE_NAME = 'diogenesis.lock.json';

/**
 * How far a baseline can be trusted: `partial` was never observed from process start, `learning` still brings new
 * behavior from session to session, `stable` no longer does (learning-state.ts).
 */
export type LearningState = 'partial' | 'learning' | 'stable';
export const LEARNING_STATES: readonly LearningState[] = ['partial', 'learning', 'stable'];

export interface LockEntry {
  readonly state: LearningState;
  readonly traits: readonly string[];
}

/** Treat as immutable. */
export interface Lock {
  readonly lockfileVersion: typeof LOCK_VERSION;
  /** By `name@version`, `<app>` or `<unattributed>`. */
  readonly packages: ReadonlyMap<string, LockEntry>;
  /** By the tool's name, without the `tool:` of its principal key. */
  readonly tools: ReadonlyMap<string, LockEntry>;
}

const TOOL = 'tool:';

export function emptyLock(): Lock {
  return { lockfileVersion: LOCK_VERSION, packages: new SafeMap(), tools: new SafeMap() };
}

/** The entry of a principal (`Principal.key`). */
export function entryOf(lock: Lock, principalKey: string): LockEntry | undefined {
  return StringPrototypeStartsWith(principalKey, TOOL)
    ? lock.tools.get(StringPrototypeSlice(principalKey, TOOL.length))
    : lock.packages.get(principalKey);
}

/** A lock out of entries by principal key. */
export function lockOf(entries: ReadonlyMap<string, LockEntry>): Lock {
  const packages = new SafeMap<string, LockEntry>();
  const tools = new SafeMap<string, LockEntry>();
  entries.forEach((entry, key) => {
    if (StringPrototypeStartsWith(key, TOOL)) tools.set(StringPrototypeSlice(key, TOOL.length), entry);
    else packages.set(key, entry);
  });
  return { lockfileVersion: LOCK_VERSION, packages, tools };
}

/** Every entry by principal key, packages first. */
export function entriesOf(lock: Lock): Map<string, LockEntry> {
  const entries = new SafeMap<string, LockEntry>();
  lock.packages.forEach((entry, key) => {
    entries.set(key, entry);
  });
  lock.tools.forEach((entry, key) => {
    entries.set(TOOL + key, entry);
  });
  return entries;
}

/** A lock file that cannot be used. The message is one line: file, line, column, what is wrong, what to do. */
export class LockFileError extends ErrorConstructor {
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(file: string, line: number, column: number, what: string) {
    super(`${file}:${line}:${column}: ${what}`);
    this.name = 'LockFileError';
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

export interface ParseOptions {
  /** Also refuse a key that an object has twice: a bad merge would lose one of them. */
  readonly strict?: boolean;
}

const CONFLICT = /^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)/m;
const RESTORE = 'restore it from git, or delete it and run "diogenesis learn" again';

/**
 * Reads the text of a lock file.
 * @throws {LockFileError} when any part of it is not as documented; nothing is skipped silently.
 */
export function parseLock(text: string, file: string, options: ParseOptions = {}): Lock {
  const json = StringPrototypeCharCodeAt(text, 0) === 0xfeff ? StringPrototypeSlice(text, 1) : text;
  const written = readWritten(json, LOCK_VERSION);
  if (written !== undefined) return { lockfileVersion: LOCK_VERSION, packages: written.packages, tools: written.tools };
  let value: unknown;
  try {
    value = JSONParse(json);
  } catch {
    throw syntaxError(json, file);
  }
  if (options.strict === true) {
    const fault = findJsonFault(json);
    if (fault !== undefined) throw new LockFileError(file, fault.line, fault.column, `${fault.what}; keep one of them`);
  }
  const fail = (path: JsonPath, what: string): never => {
    const { line, column } = locateInJson(json, path);
    throw new LockFileError(file, line, column, what);
  };
  if (!isObject(value)) return fail([], `not a lock file: expected an object; ${RESTORE}`);
  if (value.lockfileVersion !== LOCK_VERSION) {
    if (value.lockfileVersion === undefined)
      return fail([], `not a lock file: "lockfileVersion" is missing; ${RESTORE}`);
    return fail(
      ['lockfileVersion'],
      typeof value.lockfileVersion === 'number' && value.lockfileVersion > LOCK_VERSION
        ? `lockfileVersion ${value.lockfileVersion} is newer than this diogenesis-otel understands (${LOCK_VERSION}): update diogenesis-otel`
        : `"lockfileVersion" must be ${LOCK_VERSION}; ${RESTORE}`,
    );
  }
  const keys = Object.keys(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (key !== 'lockfileVersion' && key !== 'packages' && key !== 'tools') {
      return fail([key], `unknown key ${JSONStringify(key)}: expected "packages" or "tools"`);
    }
  }
  return {
    lockfileVersion: LOCK_VERSION,
    packages: readSection(value, 'packages', fail),
    tools: readSection(value, 'tools', fail),
  };
}

type Fail = (path: JsonPath, what: string) => never;

function readSection(value: Record<string, unknown>, name: string, fail: Fail): Map<string, LockEntry> {
  const section = value[name];
  const entries = new SafeMap<string, LockEntry>();
  if (section === undefined) return entries;
  if (!isObject(section)) return fail([name], `"${name}" must be an object of entries`);
  const keys = Object.keys(section);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    entries.set(key, readEntry(section[key], [name, key], fail));
  }
  return entries;
}

function readEntry(entry: unknown, path: JsonPath, fail: Fail): LockEntry {
  if (!isObject(entry)) return fail(path, 'an entry must be an object with "state" and "traits"');
  const keys = Object.keys(entry);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (key !== 'state' && key !== 'traits') {
      return fail([...path, key], `unknown key ${JSONStringify(key)}: expected "state" or "traits"`);
    }
  }
  const state = entry.state as LearningState;
  if (state !== 'stable' && state !== 'learning' && state !== 'partial') {
    return fail(state === undefined ? path : [...path, 'state'], '"state" must be "learning", "partial" or "stable"');
  }
  const traits = entry.traits as unknown[];
  if (!ArrayIsArray(traits)) {
    return fail(traits === undefined ? path : [...path, 'traits'], '"traits" must be an array of strings');
  }
  for (let i = 0; i < traits.length; i++) {
    const trait = traits[i];
    if (typeof trait !== 'string' || trait === '') {
      return fail([...path, 'traits', i], 'a trait must be a string such as "fs.read:<home>/.npmrc [credential]"');
    }
  }
  return { state, traits: traits as string[] };
}

function syntaxError(json: string, file: string): LockFileError {
  if (StringPrototypeTrim(json) === '') return new LockFileError(file, 1, 1, `the file is empty; ${RESTORE}`);
  const conflict = RegExpPrototypeExec(CONFLICT, json);
  if (conflict !== null) {
    const { line, column } = positionAt(json, conflict.index);
    const how = `resolve it with "git checkout --ours ${file}" and "diogenesis merge"`;
    return new LockFileError(
      file,
      line,
      column,
      `an unresolved merge conflict; ${how} ("diogenesis init" avoids the next one)`,
    );
  }
  const fault = findJsonFault(json);
  return new LockFileError(
    file,
    fault?.line ?? 1,
    fault?.column ?? 1,
    `${fault?.what ?? 'not valid JSON'}; ${RESTORE}`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayIsArray(value);
}

/**
 * The bytes of a lock: keys and traits in code-unit order, each on its own line, so that git merges it line by line and
 * a diff shows a trait a line.
 */
export function serializeLock(lock: Lock): string {
  return `{\n  "lockfileVersion": ${LOCK_VERSION},\n  "packages": ${section(lock.packages)},\n  "tools": ${section(lock.tools)}\n}\n`;
}

function section(entries: ReadonlyMap<string, LockEntry>): string {
  if (entries.size === 0) return '{}';
  const lines: string[] = [];
  for (const key of [...entries.keys()].sort()) {
    const { state, traits } = entries.get(key) as LockEntry;
    const sorted = [...new Set(traits)].sort();
    const list =
      sorted.length === 0
        ? '[]'
        : `[\n${sorted.map((trait) => `        ${JSON.stringify(trait)}`).join(',\n')}\n      ]`;
    lines.push(
      `    ${JSON.stringify(key)}: {\n      "state": ${JSON.stringify(state)},\n      "traits": ${list}\n    }`,
    );
  }
  return `{\n${lines.join(',\n')}\n  }`;
}
