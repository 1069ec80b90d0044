import type { Attributes } from '@opentelemetry/api';
import type { Act } from '../../src/behavior.ts';
import { awaited, checkArrays, type Perception, perceive, senseFailed } from '../../src/perception.ts';
import { basename, dirname, StringPrototypeLastIndexOf, StringPrototypeSlice } from '../../src/primordials.ts';
import { carriedByBody } from '../carried-secrets.ts';
import { callTelling } from '../telling.ts';
import type { FsFunction, PathArgument } from './functions.ts';
import { habituate, isHabitual, unlearn } from './habits.ts';
import { ANYWHERE, enterTree, isCarried, isSource, isWalked, leaveTree, takeLoad } from './implied.ts';
import { accessOf, BIT, type FsOperation } from './operations.ts';
import { absolutePath, globFolders, pathOf, symlinkTarget, urlPathOf } from './paths.ts';

/* Not in the stable part of the conventions yet: copied, as they recommend. */
const ATTR_FILE_PATH = 'file.path';
const ATTR_FILE_DIRECTORY = 'file.directory';
const ATTR_FILE_NAME = 'file.name';
const ATTR_FILE_EXTENSION = 'file.extension';

/** One call under observation: its acts, what was perceived of them, and what must be undone when it is over. */
export class Attention {
  refusal: Error | undefined;
  private readonly perceptions: { perception: Perception; key: string; bit: number }[] = [];
  private readonly walks: { place: number; path: string }[] = [];
  private ended = false;

  get isEmpty(): boolean {
    return this.perceptions.length === 0 && this.walks.length === 0;
  }

  /** Somebody waits for how it ends. */
  get isTold(): boolean {
    return this.perceptions.length > 0;
  }

  add(perception: Perception, key: string, bit: number): void {
    if (perception.refusal === undefined && awaited(perception) === undefined) {
      if (perception.habituated) habituate(key, bit);
      return;
    }
    this.perceptions[this.perceptions.length] = { perception, key, bit };
    this.refusal ??= perception.refusal;
  }

  walk(path: string): void {
    this.walks[this.walks.length] = { place: enterTree(path), path };
  }

  /** The call is over. Called from whatever way it ends, so only the first time counts. */
  end(error?: unknown, walksOn?: boolean): void {
    try {
      if (this.ended) return;
      this.ended = true;
      for (let i = 0; i < this.walks.length && walksOn !== true; i++) {
        const walk = this.walks[i] as { place: number; path: string };
        leaveTree(walk.place, walk.path);
      }
      for (let i = 0; i < this.perceptions.length; i++) {
        const { perception, key, bit } = this.perceptions[i] as { perception: Perception; key: string; bit: number };
        perception.end(error);
        if (perception.habituated) habituate(key, bit);
      }
    } catch (failure) {
      senseFailed('fs', failure);
    }
  }
}

/* What puts something else under a path that is known. */
const REPLACES: { readonly [name: string]: true | undefined } = {
  __proto__: null as never,
  symlink: true,
  link: true,
  rename: true,
};

/* What may put a whole folder there. */
const BRINGS_TREE: { readonly [name: string]: true | undefined } = {
  __proto__: null as never,
  symlink: true,
  rename: true,
  cp: true,
};

/* What is written is their second argument. */
const WRITES_CONTENT: { readonly [name: string]: true | undefined } = {
  __proto__: null as never,
  writeFile: true,
  appendFile: true,
};

/** What a call does to one path. */
interface PathAct {
  operation: FsOperation;
  path: string;
  /** What habituation goes by: the string as the caller wrote it, or the path that its bytes or URL stand for. */
  key: string;
}

/**
 * Looks at a call that the hot path did not know. Never throws; `undefined` when there is nothing to wait for.
 * `counted`: the hot path has looked its path up already, in vain.
 *
 * Paths given as URL objects are replaced in `args` by the string they stood for: a getter that answers differently the
 * second time would otherwise make Node open another file than the one reported.
 */
export function attend(fn: FsFunction, args: unknown[], counted: boolean): Attention | undefined {
  try {
    checkArrays();
    if (isCarried(args[0])) return undefined;
    const acts = actsOf(fn, args);
    if (acts.length === 0) return undefined;
    const attention = new Attention();
    for (let i = 0; i < acts.length; i++) {
      const { operation, path, key } = acts[i] as PathAct;
      const bit = BIT[operation];
      if ((counted && key === args[0]) || !isHabitual(key, bit)) {
        const content = operation === 'write' && WRITES_CONTENT[fn.name] === true ? args[1] : undefined;
        look(attention, fn, operation, path, key, bit, acts, content);
      }
    }
    if (REPLACES[fn.name] === true) {
      const { path, key } = acts[acts.length - 1] as PathAct;
      unlearn(path);
      unlearn(key);
    }
    if (fn.walks !== undefined && (fn.walks === true || isRecursive(args))) {
      for (let i = 0; i < acts.length; i++) {
        attention.walk(fn.name === 'realpath' ? ANYWHERE : (acts[i] as PathAct).path);
      }
      if (fn.name === 'glob') attention.walk(absolutePath('.'));
    }
    return attention.isEmpty ? undefined : attention;
  } catch (failure) {
    senseFailed('fs', failure);
    return undefined;
  }
}

function look(
  attention: Attention,
  fn: FsFunction,
  operation: FsOperation,
  path: string,
  key: string,
  bit: number,
  acts: readonly PathAct[],
  content: unknown,
): void {
  let impliedByNode = isWalked(path, operation);
  if (operation === 'read') {
    const load = takeLoad(path);
    if (load === 'always') return;
    // Node also reads what a module hands on (`module.exports = require('./lib')`) when an ES module imports it, unasked.
    impliedByNode ||= load === 'by node' || isSource(path);
  }
  const bringsTree = operation === 'write' && BRINGS_TREE[fn.name] === true;
  const linksTo = fn.name === 'symlink' && operation === 'write' ? acts[0]?.path : undefined;
  const attributes = attributesOf(path);
  const carries = content === undefined ? undefined : () => carriedByBody(content);
  const act: Act = { sense: 'fs', operation, target: path, attributes, impliedByNode, bringsTree, linksTo, carries };
  const perception = perceive(act);
  if (perception !== undefined) attention.add(perception, key, bit);
}

function attributesOf(path: string): Attributes {
  const name = basename(path);
  const dot = StringPrototypeLastIndexOf(name, '.');
  const attributes: Attributes = {
    [ATTR_FILE_PATH]: path,
    [ATTR_FILE_DIRECTORY]: dirname(path),
    [ATTR_FILE_NAME]: name,
  };
  if (dot > 0) attributes[ATTR_FILE_EXTENSION] = StringPrototypeSlice(name, dot + 1);
  return attributes;
}

/** What a call does, from its row and its arguments. Empty for descriptors, handles and invalid arguments. */
function actsOf(fn: FsFunction, args: unknown[]): PathAct[] {
  const acts: PathAct[] = [];
  for (let i = 0; i < fn.paths.length; i++) {
    const argument = fn.paths[i] as PathArgument;
    if (argument.as === 'glob') {
      const folders = globFolders(args[argument.at], args[1]);
      for (let k = 0; k < folders.length; k++) {
        const folder = folders[k] as string;
        acts[acts.length] = { operation: argument.operation, path: folder, key: folder };
      }
      continue;
    }
    const given = args[argument.at];
    const url = urlPathOf(given);
    if (url !== undefined) args[argument.at] = url;
    const raw = url ?? pathOf(given);
    if (raw === undefined) {
      if (given === undefined && fn.otherwise !== undefined) {
        const path = absolutePath(fn.otherwise());
        acts[acts.length] = { operation: argument.operation, path, key: path };
      }
      continue;
    }
    const path =
      argument.as === 'symlink'
        ? symlinkTarget(raw, pathOf(args[1]))
        : absolutePath(argument.as === 'prefix' ? `${raw}XXXXXX` : raw);
    // Only what the caller wrote as a plain string can be looked up by the hot path.
    const key = argument.as === undefined && typeof given === 'string' ? given : path;
    if (fn.access === undefined) {
      acts[acts.length] = { operation: argument.operation, path, key };
      continue;
    }
    const access = accessOf(flagsOf(fn, args[1])) | (fn.access === 'flags' ? 0 : BIT.read);
    if ((access & BIT.read) !== 0) acts[acts.length] = { operation: 'read', path, key };
    if ((access & BIT.write) !== 0) acts[acts.length] = { operation: 'write', path, key };
  }
  return acts;
}

/** The flags a call opens its file with. */
function flagsOf(fn: FsFunction, options: unknown): unknown {
  if (fn.access === 'flags') return options;
  if (typeof options !== 'object' || options === null) return undefined;
  return fn.access === 'option.flag' ? (options as { flag?: unknown }).flag : (options as { flags?: unknown }).flags;
}

function isRecursive(args: readonly unknown[]): boolean {
  const options = args[1];
  return typeof options === 'object' && options !== null && (options as { recursive?: unknown }).recursive === true;
}

/** Makes a synchronous call under attention. */
export function attentive(fn: FsFunction, args: unknown[], original: () => unknown): unknown {
  const attention = attend(fn, args, false);
  if (attention === undefined) return original();
  if (attention.refusal !== undefined) {
    attention.end(attention.refusal);
    throw attention.refusal;
  }
  const result = callTelling(attention, original);
  attention.end();
  return result;
}
