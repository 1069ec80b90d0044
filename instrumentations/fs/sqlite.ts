import { awaited, perceive, senseFailed } from '../../src/perception.ts';
import {
  ReflectApply,
  ReflectConstruct,
  RegExpPrototypeExec,
  SafeWeakSet,
  StringPrototypeStartsWith,
} from '../../src/primordials.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { attend, attentive } from './attention.ts';
import type { FsFunction } from './functions.ts';
import { absolutePath, pathOf, urlPathOf } from './paths.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;

const decodeText = decodeURIComponent;

const READ_DATABASE: FsFunction = { name: 'DatabaseSync', paths: [{ at: 0, operation: 'read' }], forms: ['returns'] };
const WRITE_DATABASE: FsFunction = {
  name: 'DatabaseSync',
  paths: [
    { at: 0, operation: 'read' },
    { at: 0, operation: 'write' },
  ],
  forms: ['returns'],
};
const BACKUP: FsFunction = { name: 'backup', paths: [{ at: 1, operation: 'write' }], forms: ['returns'] };

/**
 * node:sqlite opens files below fs, where not even Node's own permission audit looks: with its classes, and with
 * `ATTACH` and `VACUUM INTO` in a statement.
 */
export function patchSqlite(patch: Patcher, sqlite: object): void {
  patch.method(sqlite, 'DatabaseSync', wrapDatabase);
  patch.method(sqlite, 'backup', (original) => wrapBackup(BACKUP, original));
  const database = (sqlite as { DatabaseSync?: { prototype: object } }).DatabaseSync;
  if (database === undefined) return;
  patch.method(database.prototype, 'loadExtension', wrapLoadExtension);
  patch.method(database.prototype, 'exec', readingSql);
  patch.method(database.prototype, 'prepare', readingSql);
  const statement = (sqlite as { StatementSync?: { prototype: object } }).StatementSync;
  if (statement === undefined) return;
  for (const name of ['run', 'get', 'all', 'iterate']) patch.method(statement.prototype, name, bindingFile);
}

/* With the file as a string in the statement; with a parameter (`ATTACH ?`) the file comes when it is run. */
const OPENS_FILE = /\b(?:attach|into)\b/i;
const FILE_IN_SQL = /\b(?:attach(?:\s+database)?|into)\s+(['"])((?:(?!\1)[\s\S]|\1\1)*)\1/gi;
const attaching = new SafeWeakSet<object>();

function readingSql<T extends AnyFunction>(original: T): T {
  const wrapper = {
    wrapper(this: unknown, ...args: unknown[]) {
      const [sql] = args;
      if (typeof sql !== 'string' || RegExpPrototypeExec(OPENS_FILE, sql) === null) {
        return ReflectApply(original as unknown as Call, this, args);
      }
      FILE_IN_SQL.lastIndex = 0;
      let found = false;
      for (let match = RegExpPrototypeExec(FILE_IN_SQL, sql); match !== null; ) {
        found = true;
        lookAtFile(match[2]);
        match = RegExpPrototypeExec(FILE_IN_SQL, sql);
      }
      const result = ReflectApply(original as unknown as Call, this, args);
      if (!found && typeof result === 'object' && result !== null) attaching.add(result);
      return result;
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

function bindingFile<T extends AnyFunction>(original: T): T {
  const wrapper = {
    wrapper(this: object) {
      if (attaching.has(this)) {
        for (let i = 0; i < arguments.length; i++) if (typeof arguments[i] === 'string') lookAtFile(arguments[i]);
      }
      return ReflectApply(original as unknown as Call, this, arguments as never);
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

function lookAtFile(file: unknown): void {
  if (file === ':memory:' || file === '') return;
  const attention = attend(WRITE_DATABASE, [databaseFile([file], 0)], false);
  attention?.end(attention.refusal);
  if (attention?.refusal !== undefined) throw attention.refusal;
}

/** Calls `before` with the arguments of every construction; subclasses and `instanceof` go on working. */
export function constructing<T extends AnyFunction>(original: T, before: (args: unknown[]) => void): T {
  const wrapper = function (this: unknown, ...args: unknown[]) {
    const target = new.target as AnyFunction | undefined;
    if (target === undefined) return ReflectApply(original as unknown as Call, this, args);
    before(args);
    return ReflectConstruct(original as never, args as never, (target === wrapper ? original : target) as never);
  } as unknown as T;
  return wrapper;
}

function wrapDatabase<T extends AnyFunction>(original: T): T {
  const wrapper = disguise(
    function (this: unknown, ...args: unknown[]) {
      const target = new.target as AnyFunction | undefined;
      if (target === undefined) return ReflectApply(original as unknown as Call, this, args);
      const fn = opensReadOnly(args[1]) ? READ_DATABASE : WRITE_DATABASE;
      const file = databaseFile(args, 0);
      const open = () =>
        ReflectConstruct(
          original as never,
          args as never,
          (target === wrapper ? original : target) as never,
        ) as unknown;
      return args[0] === ':memory:' ? open() : attentive(fn, [file], open);
    } as unknown as T,
    original,
  );
  return wrapper;
}

function opensReadOnly(options: unknown): boolean {
  return typeof options === 'object' && options !== null && (options as { readOnly?: unknown }).readOnly === true;
}

function wrapBackup<T extends AnyFunction>(fn: FsFunction, original: T): T {
  const wrapper = {
    wrapper(this: unknown, ...args: unknown[]) {
      const file = databaseFile(args, 1);
      return attentive(fn, [args[0], file], () => ReflectApply(original as unknown as Call, this, args));
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

/*
 * The file that SQLite will open. It reads URIs, also in strings, whose query says how to open it: a URL is replaced by
 * its text, which stays what it is, and never by a path.
 */
function databaseFile(args: unknown[], at: number): unknown {
  let given = args[at];
  if (typeof given === 'object' && given !== null && urlPathOf(given) !== undefined) {
    given = (given as URL).href;
    args[at] = given;
  }
  if (typeof given !== 'string' || !StringPrototypeStartsWith(given, 'file:')) return given;
  const uri = RegExpPrototypeExec(/^file:(?:\/\/[^/?#]*)?([^?#]*)/, given);
  try {
    return decodeText(uri?.[1] ?? '');
  } catch {
    return uri?.[1];
  }
}

/* An extension is native code like any addon. */
function wrapLoadExtension<T extends AnyFunction>(original: T): T {
  const wrapper = {
    wrapper(this: unknown, ...args: unknown[]) {
      const perception = perceiveNative(args[0]);
      if (perception?.refusal !== undefined) {
        perception.end(perception.refusal);
        throw perception.refusal;
      }
      const told = awaited(perception);
      if (told === undefined) return ReflectApply(original as unknown as Call, this, args);
      const result = callTelling(told, () => ReflectApply(original as unknown as Call, this, args));
      told.end();
      return result;
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

function perceiveNative(file: unknown): ReturnType<typeof perceive> {
  try {
    const path = pathOf(file);
    if (path === undefined) return undefined;
    return perceive({ sense: 'native', operation: 'dlopen', target: absolutePath(path) });
  } catch (failure) {
    senseFailed('fs', failure);
    return undefined;
  }
}
