import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { LINEAGE } from '../../src/attribution/lineage.ts';
import { TOOL_CALL } from '../../src/attribution/tool-call.ts';
import {
  ArrayIsArray,
  basename,
  dirname,
  existsSync,
  join,
  ReflectDefineProperty,
  ReflectGetPrototypeOf,
  RegExpPrototypeExec,
  readFileSync,
  resolvePath,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../../src/primordials.ts';

const { create, getOwnPropertyDescriptors } = Object;

type Environment = Record<string, string | undefined>;

/** How this process was told to load Diogenesis first. */
export interface Preload {
  /** Absolute path of the `register` file where it is known, otherwise the specifier that was given. */
  readonly specifier: string;
  /** The same as a word of `NODE_OPTIONS`. */
  readonly option: string;
  /** What a child under the permission model must be allowed to read for it, as words of `NODE_OPTIONS`. */
  readonly grants?: string;
}

const ownFolder = import.meta.dirname;

/** Reads the preload out of `NODE_OPTIONS` and the process's own options; `undefined` when there is none. */
export function findPreload(
  nodeOptions: string | undefined,
  execArgv: readonly string[],
  folder: string = ownFolder,
): Preload | undefined {
  const given =
    preloadIn(splitNodeOptions(nodeOptions ?? ''), folder) ?? preloadIn(execArgv as readonly string[], folder);
  if (given === undefined) return undefined;
  const specifier = isAbsolutePath(given) ? resolvePath(given) : given;
  // A bare name may not resolve in the child's working directory, and a child that cannot start is no child.
  const beside = join(folder, 'register.js');
  const path = isAbsolutePath(specifier) ? specifier : existsSync(beside) ? beside : specifier;
  return { specifier: path, option: `--require ${quote(path)}` };
}

/* As they were when the process started: the application may delete them, and its children shall be watched still. */
const preload = findPreload(process.env.NODE_OPTIONS, process.execArgv);
takeAddedOption(process.execArgv);
const settings: Environment = {};
for (const key in process.env) {
  if (StringPrototypeStartsWith(key, 'DIOGENESIS_') && key !== LINEAGE && key !== TOOL_CALL)
    settings[key] = process.env[key];
}

/** `--require PATH` as this process was started with it; `undefined` when Diogenesis was not preloaded. */
export function preloadOption(): string | undefined {
  return preload?.option;
}

const OPTION_WITH_VALUE =
  /^(?:-[reCp]|-pe|--(?:require|import|eval|print|conditions|title|env-file(?:-if-exists)?|allow-fs-(?:read|write)|(?:experimental-)?(?:loader|config-file)))$/;

/**
 * The preload for a child with these arguments. Node's permission model would not let it read the preload, and it would
 * not start: then it is granted that, and what the parent goes by, to read.
 */
export function preloadFor(
  argv: readonly string[],
  nodeOptions: string | undefined,
  by: Preload | undefined = preload,
  also = settings,
): Preload | undefined {
  if (by === undefined) return undefined;
  const words = splitNodeOptions(nodeOptions ?? '');
  optionsIn(argv, words);
  let isRestricted = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === '--permission' || word === '--experimental-permission') isRestricted = true;
    else if (word === '--allow-fs-read=*' || (word === '--allow-fs-read' && words[i + 1] === '*')) return by;
  }
  return isRestricted ? { ...by, grants: grantsOf(by.specifier, also) } : by;
}

/* The words in front of the script, without most values. */
function optionsIn(argv: readonly string[], words: string[]): void {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (typeof word !== 'string' || !StringPrototypeStartsWith(word, '-') || word === '--') break;
    words[words.length] = word;
    if (RegExpPrototypeExec(OPTION_WITH_VALUE, word) === null) continue;
    i++;
    if (word === '--allow-fs-read') words[words.length] = `${argv[i]}`;
  }
}

const FILE_OF_OPTIONS = /^--(?:env-file(?:-if-exists)?|(?:experimental-)?(?:default-)?config-file)(?:=|$)/;

/**
 * The arguments for a Node that takes options from a file, which it does only while `NODE_OPTIONS` says nothing: the
 * preload is one of them. `undefined` for any other, which gets it through its environment.
 */
export function argumentsWithPreload(
  argv: readonly string[],
  nodeOptions: string | undefined,
  by: Preload | undefined = preload,
): string[] | undefined {
  if (by === undefined || nodeOptions !== undefined) return undefined;
  // What it must be granted besides stays out of its arguments.
  if (preloadFor(argv, nodeOptions, by)?.grants !== undefined) return undefined;
  const words: string[] = [];
  optionsIn(argv, words);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (RegExpPrototypeExec(FILE_OF_OPTIONS, word) !== null) return [addedOption(by.specifier), ...argv];
  }
  return undefined;
}

/**
 * The file whose `NODE_OPTIONS` this process would have taken, had not the environment brought the preload alone: a
 * shell or a package manager started it, whose arguments are not ours to change.
 */
export function fileOfLostOptions(
  execArgv: readonly string[] = process.execArgv,
  nodeOptions: string | undefined = process.env.NODE_OPTIONS,
  by: Preload | undefined = preload,
): string | undefined {
  if (by === undefined || nodeOptions !== by.option) return undefined;
  for (let i = execArgv.length - 1; i >= 0; i--) {
    const file = RegExpPrototypeExec(/^--env-file(?:-if-exists)?=(.*)/s, execArgv[i] as string)?.[1] ?? execArgv[i + 1];
    if (file === undefined || RegExpPrototypeExec(/^--env-file/, execArgv[i] as string) === null) continue;
    try {
      if (parseEnv(readFileSync(file, 'utf8')).NODE_OPTIONS !== undefined) return file;
    } catch {
      // Node has said what is wrong with it.
    }
  }
  return undefined;
}

function grantsOf(specifier: string, also: Environment): string {
  const folder = dirname(specifier);
  const root = dirname(folder);
  const paths = [
    join(folder, '*'),
    join(root, 'package.json'),
    join(root, 'node_modules', '@opentelemetry', '*'),
    join(dirname(root), '@opentelemetry', '*'),
  ];
  for (const name of ['DIOGENESIS_LOCK', 'DIOGENESIS_CONFIG']) {
    const path = also[name];
    if (path !== undefined && isAbsolutePath(path)) paths[paths.length] = path;
  }
  let options = '';
  for (let i = 0; i < paths.length; i++) options += ` ${quote(`--allow-fs-read=${paths[i]}`)}`;
  return options;
}

/**
 * The environment under which a child Node is watched like its parent: `env` itself when it already says so or when
 * this process was not preloaded, otherwise a copy. What the caller set himself is kept.
 */
export function withMonitoring<E extends Environment>(env: E, by: Preload | undefined = preload, also = settings): E {
  if (by === undefined) return env;
  const key = nodeOptionsKey(env);
  if (carriesPreload(env[key], by) && by.grants === undefined) return env;
  const copy: Environment = { __proto__: null } as never;
  for (const name in env) copy[name] = env[name]; // inherited values too, as Node takes them
  addTo(copy, key, by, also);
  return copy as E;
}

/** The same for `NAME=value` pairs; `undefined` stands for the environment of this process. */
export function pairsWithMonitoring(
  pairs: readonly string[] | undefined,
  by: Preload | undefined = preload,
  also = settings,
): readonly string[] | undefined {
  if (by === undefined) return pairs;
  const env: Environment = { __proto__: null } as never;
  if (pairs === undefined) {
    if (carriesPreload(process.env.NODE_OPTIONS, by) && by.grants === undefined) return undefined;
    for (const name in process.env) env[name] = process.env[name];
  } else {
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as string;
      const equals = StringPrototypeIndexOf(pair, '=', 1);
      if (equals > 0) env[StringPrototypeSlice(pair, 0, equals)] = StringPrototypeSlice(pair, equals + 1);
    }
  }
  const key = nodeOptionsKey(env);
  if (carriesPreload(env[key], by) && by.grants === undefined) return pairs;
  const added: Environment = { __proto__: null } as never;
  if (env[key] !== undefined) added[key] = env[key];
  for (const name in also) if (env[name] === undefined) added[name] = also[name];
  addTo(added, key, by, {});
  const result: string[] = [];
  const source = pairs ?? pairsOf(env);
  for (let i = 0; i < source.length; i++) {
    if (!StringPrototypeStartsWith(source[i] as string, `${key}=`)) result[result.length] = source[i] as string;
  }
  for (const name in added) result[result.length] = `${name}=${added[name]}`;
  return result;
}

/** `NODE_OPTIONS` in `NAME=value` pairs. */
export function nodeOptionsIn(pairs: readonly string[] | undefined): string | undefined {
  if (pairs === undefined) return process.env.NODE_OPTIONS;
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as string;
    if (StringPrototypeStartsWith(pair, 'NODE_OPTIONS=')) return StringPrototypeSlice(pair, 13);
  }
  return undefined;
}

/** Whether options of a program (`process.execArgv` of a fork) load Diogenesis already. */
export function argumentsCarryPreload(argv: readonly string[], by: Preload | undefined = preload): boolean {
  return by !== undefined && preloadIn(argv, dirname(by.specifier)) !== undefined;
}

/**
 * Tells a worker on whose behalf it runs. Only where it has a copy of this process's environment anyway:
 * a shared one would tell everybody.
 */
export function workerOptionsWithLineage<O extends { env?: unknown }>(options: O, lineage: string, toolCall = ''): O {
  const { env } = options;
  if (preload === undefined || (lineage === '' && toolCall === '') || typeof env === 'symbol') return options;
  const source = (typeof env === 'object' && env !== null ? env : process.env) as Environment;
  return { ...options, env: withLineage({ ...source }, lineage, toolCall) };
}

/** What a worker inherits, with the preload put back where its options would drop it. */
export function workerOptionsWithMonitoring<O extends { env?: unknown; execArgv?: unknown } | undefined>(
  options: O,
  by: Preload | undefined = preload,
  also = settings,
): O {
  if (by === undefined || options === undefined || options === null) return options;
  const { env, execArgv } = options;
  const ownEnv = typeof env === 'object' && env !== null ? (env as Environment) : undefined;
  // Node hands down its own options, the preload among them, unless it is given others.
  if (ownEnv === undefined && !ArrayIsArray(execArgv)) return options;
  const argv = ArrayIsArray(execArgv) ? (execArgv as string[]) : process.execArgv;
  if (argumentsCarryPreload(argv, by)) return options;
  const inherited = ownEnv ?? process.env;
  if (carriesPreload(inherited[nodeOptionsKey(inherited)], by)) return options;
  const copy = create(ReflectGetPrototypeOf(options), getOwnPropertyDescriptors(options)) as O & object;
  const set = (name: string, value: unknown): void => {
    ReflectDefineProperty(copy, name, { value, configurable: true, enumerable: true, writable: true });
  };
  if (ownEnv !== undefined) set('env', withMonitoring({ ...ownEnv }, by, also));
  else set('execArgv', [...argv, addedOption(by.specifier)]);
  return copy;
}

/* Nobody else spells a path like this, so who is started with it knows that its `process.execArgv` is to be without it. */
function addedOption(specifier: string): string {
  if (!isAbsolutePath(specifier)) return `--require=${specifier}`;
  return `--require=${dirname(specifier)}${sep}.${sep}${basename(specifier)}`;
}

/** Takes the option that a worker or a child was given for us off its own view of its options. */
export function takeAddedOption(execArgv: string[]): void {
  let kept = 0;
  for (let i = 0; i < execArgv.length; i++) {
    const word = execArgv[i] as string;
    if (RegExpPrototypeExec(/^--require=.*[\\/]\.[\\/]register\.[cm]?[jt]s$/, word) === null) execArgv[kept++] = word;
  }
  execArgv.length = kept;
}

/**
 * The same pairs, telling the child on whose behalf it runs: of a package, and of an agent's tool. They are this
 * process's own when there are none.
 */
export function pairsWithLineage(
  pairs: readonly string[] | undefined,
  lineage: string,
  toolCall = '',
): readonly string[] | undefined {
  if (preload === undefined) return pairs;
  const source = pairs ?? pairsOf(process.env);
  const result: string[] = [];
  for (let i = 0; i < source.length; i++) {
    const pair = source[i] as string;
    if (StringPrototypeStartsWith(pair, `${LINEAGE}=`) || StringPrototypeStartsWith(pair, `${TOOL_CALL}=`)) continue;
    result[result.length] = pair;
  }
  if (lineage === '' && toolCall === '' && result.length === source.length) return pairs;
  if (lineage !== '') result[result.length] = `${LINEAGE}=${lineage}`;
  if (toolCall !== '') result[result.length] = `${TOOL_CALL}=${toolCall}`;
  return result;
}

/** The same for an environment. */
export function withLineage<E extends Environment>(env: E, lineage: string, toolCall = ''): E {
  if (preload === undefined || ((env[LINEAGE] ?? '') === lineage && (env[TOOL_CALL] ?? '') === toolCall)) return env;
  const copy: Environment = { __proto__: null } as never;
  for (const name in env) if (name !== LINEAGE && name !== TOOL_CALL) copy[name] = env[name];
  if (lineage !== '') copy[LINEAGE] = lineage;
  if (toolCall !== '') copy[TOOL_CALL] = toolCall;
  return copy as E;
}

function addTo(env: Environment, key: string, by: Preload, also: Environment): void {
  let given = env[key] ?? '';
  if (!carriesPreload(given, by)) given = given === '' ? by.option : `${by.option} ${given}`;
  env[key] = `${given}${by.grants ?? ''}`;
  for (const name in also) if (env[name] === undefined) env[name] = also[name];
}

function pairsOf(env: Environment): string[] {
  const pairs: string[] = [];
  for (const name in env) if (env[name] !== undefined) pairs[pairs.length] = `${name}=${env[name]}`;
  return pairs;
}

/* On Windows names of variables are compared without case. */
function nodeOptionsKey(env: Environment): string {
  if (process.platform !== 'win32') return 'NODE_OPTIONS';
  for (const name in env) if (name.length === 12 && name.toUpperCase() === 'NODE_OPTIONS') return name;
  return 'NODE_OPTIONS';
}

function carriesPreload(nodeOptions: unknown, by: Preload): boolean {
  if (typeof nodeOptions !== 'string' || nodeOptions === '') return false;
  return preloadIn(splitNodeOptions(nodeOptions), dirname(by.specifier)) !== undefined;
}

function preloadIn(words: readonly string[], folder: string): string | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (typeof word !== 'string') continue;
    if (word === '--require' || word === '-r' || word === '--import') {
      const next = words[i + 1];
      if (typeof next === 'string' && isRegister(next, folder)) return scriptPath(next);
    } else if (StringPrototypeStartsWith(word, '--require=') || StringPrototypeStartsWith(word, '--import=')) {
      const value = StringPrototypeSlice(word, StringPrototypeIndexOf(word, '=') + 1);
      if (isRegister(value, folder)) return scriptPath(value);
    }
  }
  return undefined;
}

/** `diogenesis-otel/register`, that file inside an installed package, or the one beside this very code. */
export function isRegister(specifier: string, folder: string): boolean {
  if (specifier === 'diogenesis-otel/register') return true;
  const path = scriptPath(specifier);
  if (RegExpPrototypeExec(/(?:^|[\\/])register(?:\.[cm]?[jt]s)?$/, path) === null) return false;
  if (RegExpPrototypeExec(/[\\/]diogenesis-otel[\\/]/, path) !== null) return true;
  return dirname(isAbsolutePath(path) ? resolvePath(path) : path) === folder;
}

function scriptPath(name: string): string {
  if (!StringPrototypeStartsWith(name, 'file://')) return name;
  try {
    return fileURLToPath(name);
  } catch {
    return name;
  }
}

function isAbsolutePath(path: string): boolean {
  return StringPrototypeStartsWith(path, '/') || RegExpPrototypeExec(/^[A-Za-z]:[\\/]|^\\\\/, path) !== null;
}

/** NODE_OPTIONS has its own quoting: double quotes, within which a backslash takes the next character as it is. */
export function splitNodeOptions(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let started = false;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    let c = text[i] as string;
    if (c === '\\' && quoted) {
      c = text[++i] ?? '';
    } else if (c === ' ' && !quoted) {
      if (started) words[words.length] = word;
      word = '';
      started = false;
      continue;
    } else if (c === '"') {
      quoted = !quoted;
      started = true;
      continue;
    }
    word += c;
    started = true;
  }
  if (started) words[words.length] = word;
  return words;
}

function quote(path: string): string {
  if (!StringPrototypeIncludes(path, ' ') && !StringPrototypeIncludes(path, '"')) return path;
  let escaped = '';
  for (let i = 0; i < path.length; i++) {
    const c = path[i] as string;
    escaped += c === '"' || c === '\\' ? `\\${c}` : c;
  }
  return `"${escaped}"`;
}
