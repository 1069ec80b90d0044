/**
 * Where the settings come from: built-in defaults < config file < environment < options in code.
 * Runs at the start of every process of the app, so it looks for one file and reads nothing when it is not there.
 */
import { findJsonFault } from './baseline/json-text.ts';
import { conform } from './config-schema.ts';
import {
  dirname,
  existsSync,
  isAbsolute,
  JSONParse,
  RegExpPrototypeExec,
  readFileSync,
  resolvePath,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from './primordials.ts';
import type { Finding, Level } from './response/finding.ts';

export const CONFIG_FILE_NAME = 'diogenesis.config.json';
const DEFAULT_LOCK = 'diogenesis.lock.json';

/**
 * off: nothing is patched. learn: everything is written down, nothing judged. observe: findings. block: findings, and
 * acts fail before they happen.
 */
export type Mode = 'off' | 'learn' | 'observe' | 'block';

/** A reviewed exception. */
export interface Override {
  /** `NAME`, `NAME@RANGE`, `<app>`, `tool:NAME`; `*` stands for any part of a name. */
  readonly package: string;
  /**
   * A trait as in the lock file; `*` stands for any characters but, except in `deny`, never for a sensitivity in
   * brackets.
   */
  readonly trait: string;
  readonly reason: string;
  /** Last day (YYYY-MM-DD, UTC) on which it counts. */
  readonly expires?: string;
}

/** An act that a tool of an AI agent is refused. */
export interface ToolBlock {
  /** Name of the tool; `*` stands for any part of it. */
  readonly tool: string;
  /** A trait as in the lock file; `*` stands for any characters, and without a sensitivity every one is meant. */
  readonly trait: string;
  readonly reason: string;
}

export interface LevelOverride extends Override {
  readonly level: Level;
}

/** What users write, in `diogenesis.config.json` or in code. `diogenesis.schema.json` says the same. */
export interface DiogenesisConfig {
  /** Default `observe`. */
  mode?: Mode;
  /**
   * Lock file; default `diogenesis.lock.json` in the working directory or, where neither it nor a config file is there,
   * beside the main file or its package.json.
   */
  lock?: string;
  /** Append every finding to this file, one JSON object a line. */
  findings?: string;
  /** A span for every `notable` behavior (default), or for `all`. */
  capture?: 'notable' | 'all';
  /** No lines on stderr. */
  quiet?: boolean;
  /** Findings, their spans and the metrics also go to this OTLP/HTTP endpoint. */
  otlpEndpoint?: string;
  /** What is not in the lock file also leaves as log records, for the lock file of a fleet; default false. */
  shareTraits?: boolean;
  /** Which senses are attached; all by default. */
  senses?: { import?: boolean; fs?: boolean; net?: boolean; childProcess?: boolean };
  /** A finding of the same rule, package and target is raised once in this time; default 300. */
  cooldownSeconds?: number;
  block?: {
    /** Lowest level that blocks in mode `block`; default `ALERT`. */
    level?: Level;
    /** What tools of AI agents must not do; holds in the modes `observe` and `block`. */
    tools?: readonly ToolBlock[];
  };
  /** Reviewed exceptions: behavior that counts as known. */
  allow?: readonly Override[];
  /** Behavior that is an ALERT (refused in mode `block` and by `check`) even when the lock file has it. */
  deny?: readonly Override[];
  /** Other levels for findings, and for unreviewed behavior in the reports of `check`. */
  levels?: readonly LevelOverride[];
  /** Custom threat patterns, as `addPattern` takes them. */
  patterns?: readonly object[];
  /**
   * Called with every finding of this thread, in code only: after it was written, as soon as the code that is running has
   * returned (what must not happen at all: mode `block`). An error in it, or a promise that it answers and that is
   * rejected, is counted in `diogenesis.self.errors`. What it does, and everything that this starts, is watched as ever
   * but calls it no more. At most 256 findings wait for it.
   */
  onFinding?: (finding: Finding) => unknown;
}

/** Every setting, with defaults filled in and paths absolute. */
export interface ResolvedConfig {
  /** `check` is `learn` for the CLI's comparison: everything is attributed and written down, and judged as well. */
  readonly mode: Mode | 'check';
  /** Folder of the application, `<app>` in traits. */
  readonly root: string;
  readonly lock: string;
  /** The config file that was read or looked for. */
  readonly configFile: string;
  readonly findings: string | undefined;
  /** Folder this process writes its observation file to; set by the CLI. */
  readonly observations: string | undefined;
  /** The run this process belongs to; set by the CLI. */
  readonly session: string | undefined;
  readonly capture: 'notable' | 'all';
  readonly quiet: boolean;
  readonly otlpEndpoint: string | undefined;
  readonly shareTraits: boolean;
  readonly senses: {
    readonly import: boolean;
    readonly fs: boolean;
    readonly net: boolean;
    readonly childProcess: boolean;
  };
  readonly cooldownSeconds: number;
  readonly block: { readonly level: Level; readonly tools: readonly ToolBlock[] };
  readonly allow: readonly Override[];
  readonly deny: readonly Override[];
  readonly levels: readonly LevelOverride[];
  readonly patterns: readonly object[];
  readonly onFinding: ((finding: Finding) => unknown) | undefined;
}

/**
 * Resolves the settings of this process. Never throws: what cannot be used is left at its default and named in
 * `problems`, one clear line each. `main`: the main file of a running application.
 */
export function loadConfig(
  explicit: DiogenesisConfig | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
  main?: string,
): { config: ResolvedConfig; problems: string[] } {
  const problems: string[] = [];
  const fromEnvironment = env.DIOGENESIS_CONFIG;
  const asked = fromEnvironment !== undefined && fromEnvironment !== '';
  const home = settingsFolder(cwd, main);
  const configFile = asked ? absolute(cwd, fromEnvironment) : absolute(home, CONFIG_FILE_NAME);
  const file = readConfigFile(configFile, asked, problems);
  const folder = dirname(configFile);
  const { options, onFinding } = withoutCallback(explicit, problems);
  const code =
    options === undefined ? undefined : (conform(options, 'diogenesis options', problems) as DiogenesisConfig);
  // Functions do not survive a schema: patterns given in code are checked by addPattern itself.
  const pick = <K extends keyof DiogenesisConfig>(key: K): DiogenesisConfig[K] => code?.[key] ?? file?.[key];

  const namedLock =
    (code?.lock === undefined ? undefined : absolute(cwd, code.lock)) ??
    pathFrom(env.DIOGENESIS_LOCK, cwd) ??
    pathFrom(file?.lock, folder);
  const lock = namedLock ?? absolute(home, DEFAULT_LOCK);
  const senses = { ...file?.senses, ...code?.senses };
  const config: ResolvedConfig = {
    mode: code?.mode ?? modeFrom(env.DIOGENESIS_MODE, problems) ?? file?.mode ?? 'observe',
    root: pathFrom(env.DIOGENESIS_ROOT, cwd) ?? rootOf(lock, home),
    lock,
    configFile,
    findings:
      pathFrom(code?.findings, cwd) ?? pathFrom(env.DIOGENESIS_FINDINGS, cwd) ?? pathFrom(file?.findings, folder),
    observations: pathFrom(env.DIOGENESIS_OBSERVATIONS, cwd),
    session: env.DIOGENESIS_SESSION === '' ? undefined : env.DIOGENESIS_SESSION,
    capture: pick('capture') ?? 'notable',
    quiet: code?.quiet ?? flagFrom(env.DIOGENESIS_QUIET) ?? file?.quiet ?? false,
    shareTraits: code?.shareTraits ?? flagFrom(env.DIOGENESIS_SHARE_TRAITS) ?? file?.shareTraits ?? false,
    otlpEndpoint: code?.otlpEndpoint ?? (env.DIOGENESIS_OTLP_ENDPOINT || undefined) ?? file?.otlpEndpoint,
    senses: {
      import: senses.import ?? true,
      fs: senses.fs ?? true,
      net: senses.net ?? true,
      childProcess: senses.childProcess ?? true,
    },
    cooldownSeconds: pick('cooldownSeconds') ?? 300,
    block: {
      level: code?.block?.level ?? file?.block?.level ?? 'ALERT',
      tools: [...(file?.block?.tools ?? []), ...(code?.block?.tools ?? [])],
    },
    allow: [...(file?.allow ?? []), ...(code?.allow ?? [])],
    deny: [...(file?.deny ?? []), ...(code?.deny ?? [])],
    levels: [...(file?.levels ?? []), ...(code?.levels ?? [])],
    patterns: [...(file?.patterns ?? []), ...(code?.patterns ?? [])],
    onFinding,
  };
  const isEnforcing = config.mode === 'observe' || config.mode === 'block';
  // Only a running application: the CLI knows better what a missing lock file means to a command and its processes.
  const isApplication = main !== undefined && env.DIOGENESIS_ROOT === undefined;
  if (isApplication && isEnforcing && namedLock !== undefined && !existsSync(lock)) {
    problems[problems.length] = `${lock}: there is no such lock file; what packages do is judged without one`;
  }
  return { config, problems };
}

/* No schema knows functions. An own property: on `Object.prototype` it would be anybody's. */
function withoutCallback(
  explicit: DiogenesisConfig | undefined,
  problems: string[],
): { options: DiogenesisConfig | undefined; onFinding: ResolvedConfig['onFinding'] } {
  if (typeof explicit !== 'object' || explicit === null || !Object.hasOwn(explicit, 'onFinding'))
    return { options: explicit, onFinding: undefined };
  const { onFinding, ...options } = explicit;
  if (onFinding === undefined || typeof onFinding === 'function') return { options, onFinding };
  problems[problems.length] = `diogenesis options: "onFinding" must be a function, not ${typeof onFinding}`;
  return { options, onFinding: undefined };
}

/**
 * Where the config file and the lock file are looked for: the working directory, or else, for an application that is
 * started from elsewhere, its own folder, up to its package.json. No further: above it may be folders of anybody's.
 */
function settingsFolder(cwd: string, main: string | undefined): string {
  const holds = (folder: string) =>
    existsSync(resolvePath(folder, CONFIG_FILE_NAME)) || existsSync(resolvePath(folder, DEFAULT_LOCK));
  if (
    main === undefined ||
    !isAbsolute(main) ||
    RegExpPrototypeExec(/[\\/]node_modules[\\/]/, main) !== null ||
    holds(cwd)
  )
    return cwd;
  const own = dirname(main);
  if (holds(own)) return own;
  let root = own;
  while (!existsSync(resolvePath(root, 'package.json'))) {
    // Without a package.json the folders above are nobody's, or everybody's (/tmp).
    if (root === dirname(root)) return cwd;
    root = dirname(root);
  }
  for (let folder = own; folder !== root; ) {
    folder = dirname(folder);
    if (holds(folder)) return folder;
  }
  return cwd;
}

/** Reads and checks a config file alone: what of it can be used. */
export function readConfigFile(file: string, mustExist: boolean, problems: string[]): DiogenesisConfig | undefined {
  if (!existsSync(file)) {
    if (mustExist) problems[problems.length] = `${file}: there is no such config file`;
    return undefined;
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems[problems.length] = `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); defaults are used`;
    return undefined;
  }
  if (StringPrototypeCharCodeAt(text, 0) === 0xfeff) text = StringPrototypeSlice(text, 1);
  let value: unknown;
  try {
    value = JSONParse(text);
  } catch {
    const fault = findJsonFault(text);
    const where = fault === undefined ? '' : `:${fault.line}:${fault.column}`;
    problems[problems.length] = `${file}${where}: ${fault?.what ?? 'not valid JSON'}; defaults are used`;
    return undefined;
  }
  return conform(value, file, problems);
}

/** The application is where its lock file lies; with the lock file elsewhere (a temp folder), where it was started. */
function rootOf(lock: string, cwd: string): string {
  const folder = dirname(lock);
  return cwd === folder || StringPrototypeStartsWith(cwd, folder === '/' ? '/' : `${folder}/`) ? folder : cwd;
}

function absolute(base: string, path: string): string {
  return isAbsolute(path) ? path : resolvePath(base, path);
}

function pathFrom(value: string | undefined, base: string): string | undefined {
  return value === undefined || value === '' ? undefined : absolute(base, value);
}

function flagFrom(value: string | undefined): boolean | undefined {
  return value === undefined || value === '' ? undefined : value !== '0' && value !== 'false';
}

function modeFrom(value: string | undefined, problems: string[]): ResolvedConfig['mode'] | undefined {
  if (value === undefined || value === '') return undefined;
  const known = value === 'off' || value === 'learn' || value === 'observe' || value === 'block' || value === 'check';
  if (known) return value;
  problems[problems.length] = `environment: DIOGENESIS_MODE must be off, learn, observe or block, not "${value}"`;
  return undefined;
}
