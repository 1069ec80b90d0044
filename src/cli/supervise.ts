/** Runs the user's command with the preload in it, and stays out of its way. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { argumentsWithPreload } from '../../instrumentations/child-process/propagate.ts';
import { refusalsOf } from '../baseline/observation.ts';
import { auditOptions, sayAudit } from './audit.ts';
import { CliError, say } from './output.ts';
import { showProgress } from './progress.ts';
import type { RunFolder, Workspace } from './workspace.ts';

export interface Outcome {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** It ended because we were told to pass that signal on. */
  readonly wasAsked: boolean;
}

export interface SuperviseOptions {
  readonly mode: 'learn' | 'check' | undefined;
  /** Sends the command's stdout to our stderr, because ours carries a report. */
  readonly stdoutToStderr?: boolean;
  readonly audit?: boolean;
  /** Another preload, behind ours. */
  readonly alsoPreload?: string;
  /** Ends the command with SIGTERM after so many milliseconds. */
  readonly timeout?: number;
}

/** Signals that are sent to us and mean the command. */
const FORWARDED: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
];

/** The file that `NODE_OPTIONS` loads into every Node of the process tree. */
export function preloadFile(): string {
  // Beside the built command; from the sources, in the build.
  const candidates = [
    path.join(import.meta.dirname, 'register.js'),
    path.join(import.meta.dirname, '../../dist/register.js'),
  ];
  const found = candidates.find((file) => fs.existsSync(file));
  if (found === undefined)
    throw new CliError(`the preload is missing: ${candidates[0]}; install diogenesis-otel again`);
  return found;
}

/** `NODE_OPTIONS` with our preload first, so that it is there before any other one, and everything else kept. */
export function nodeOptions(
  existing: string | undefined,
  preloads: readonly string[],
  flags: readonly string[] = [],
): string {
  const ours = preloads.flatMap((file) => ['--require', quoted(file)]);
  return [...flags.map(quoted), ...ours, ...(existing === undefined || existing === '' ? [] : [existing])].join(' ');
}

function quoted(option: string): string {
  return /[\s"\\]/.test(option) ? `"${option.replaceAll(/["\\]/g, '\\$&')}"` : option;
}

/**
 * Runs a command to its end. Its stdin, stdout and stderr are ours; its signals are passed on. Where it fails because of
 * what Node refuses under the audit, it is run again without.
 */
export async function supervise(
  command: readonly string[],
  workspace: Workspace,
  run: RunFolder,
  options: SuperviseOptions,
): Promise<Outcome> {
  if (options.audit !== true || !sayAudit())
    return superviseOnce(command, workspace, run, { ...options, audit: false });
  const outcome = await superviseOnce(command, workspace, run, options);
  const refused = refusalsOf(run.path);
  // A Node of the tree that does not know the option, or does not take it from NODE_OPTIONS.
  if (outcome.code === INVALID_ARGUMENT && refused.length === 0) refused.push('the option itself');
  if (outcome.code === undefined || outcome.code === 0 || refused.length === 0) return outcome;
  say(
    `diogenesis: the command does not tolerate --permission-audit (exit code ${outcome.code} after Node refused ${refused.join(' and ')}); running it again without`,
  );
  return superviseOnce(command, workspace, run, { ...options, audit: false });
}

/** Exit code of a Node that is given an option it does not know. */
const INVALID_ARGUMENT = 9;

async function superviseOnce(
  command: readonly string[],
  workspace: Workspace,
  run: RunFolder,
  options: SuperviseOptions,
): Promise<Outcome> {
  const [program, ...args] = command;
  if (program === undefined) throw new CliError('no command given; write it behind "--", e.g. "-- node app.js"');
  const env = environmentOf(workspace, run, options);
  const childArgs = argumentsOf(program, args, env, options);
  const child = spawn(program, childArgs, {
    env,
    stdio: ['inherit', options.stdoutToStderr === true ? 2 : 'inherit', 'inherit'],
    // npm and its friends are .cmd files there, which only a shell can start.
    shell: process.platform === 'win32',
  });
  const stopProgress = showProgress({
    what: run.record.kind,
    folder: run.path,
    terminal: process.stderr.isTTY && !workspace.quiet ? process.stderr : undefined,
  });
  try {
    return await outcomeOf(child, program, options.timeout);
  } finally {
    stopProgress();
  }
}

function environmentOf(
  workspace: Workspace,
  run: RunFolder,
  { mode, audit, alsoPreload }: SuperviseOptions,
): NodeJS.ProcessEnv {
  const { config } = workspace;
  const flags = audit === true ? auditOptions(config.root, path.dirname(preloadFile())) : [];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_OPTIONS: nodeOptions(
      process.env.NODE_OPTIONS,
      [preloadFile(), ...(alsoPreload === undefined ? [] : [alsoPreload])],
      flags,
    ),
    DIOGENESIS_LOCK: workspace.lockFile,
    DIOGENESIS_ROOT: config.root,
    DIOGENESIS_FINDINGS: run.record.findings,
    DIOGENESIS_OBSERVATIONS: run.path,
    DIOGENESIS_SESSION: run.record.session,
  };
  if (mode !== undefined) env.DIOGENESIS_MODE = mode;
  if (fs.existsSync(config.configFile)) env.DIOGENESIS_CONFIG = config.configFile;
  if (workspace.quiet) env.DIOGENESIS_QUIET = '1';
  if (process.stderr.isTTY && process.env.NO_COLOR === undefined) env.DIOGENESIS_COLOR = '1';
  return env;
}

/*
 * Node takes NODE_OPTIONS from an --env-file, or options from a configuration file, only while the environment has none:
 * then the preload is an argument. Changes the environment so.
 */
function argumentsOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { alsoPreload, audit }: SuperviseOptions,
): readonly string[] {
  const isNode = /^node(?:\.exe)?$/.test(path.basename(program));
  if (!isNode || audit === true || (process.env.NODE_OPTIONS ?? '') !== '') return args;
  const file = preloadFile();
  const changed = argumentsWithPreload(args, undefined, { specifier: file, option: '' });
  if (changed === undefined) return args;
  delete env.NODE_OPTIONS;
  const [first = '', ...rest] = changed;
  return alsoPreload === undefined ? changed : [first, `--require=${alsoPreload}`, ...rest];
}

function outcomeOf(child: ChildProcess, program: string, timeout: number | undefined): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const asked = new Set<NodeJS.Signals>();
    const forward = (signal: NodeJS.Signals) => {
      // Control-C reaches the whole foreground group: the command has had it already.
      if ((signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY) {
        asked.add(signal);
        return;
      }
      asked.add(signal);
      child.kill(signal);
    };
    const known = FORWARDED.filter(
      (signal) => process.platform !== 'win32' || signal === 'SIGINT' || signal === 'SIGTERM',
    );
    for (const signal of known) process.on(signal, forward);
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            asked.add('SIGTERM');
            child.kill('SIGTERM');
          }, timeout);
    const done = () => {
      clearTimeout(timer);
      for (const signal of known) process.off(signal, forward);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      done();
      reject(new CliError(reasonOf(error, program)));
    });
    child.once('exit', (code, signal) => {
      done();
      const viaShell = code !== null && code > 128 ? code - 128 : 0;
      const wasAsked = signal !== null ? asked.has(signal) : [...asked].some((name) => signalNumber(name) === viaShell);
      resolve({ code: code ?? undefined, signal: signal ?? undefined, wasAsked });
    });
  });
}

function signalNumber(signal: NodeJS.Signals): number {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 }[signal as string] ?? -1;
}

function reasonOf({ code, message }: NodeJS.ErrnoException, program: string): string {
  if (code === 'ENOENT') return `${program}: there is no such command`;
  if (code === 'EACCES') return `${program}: cannot be executed (permission denied)`;
  return `${program}: cannot be started (${code ?? message})`;
}

/** Ends this process as the command ended: with its exit code, or by its signal. */
export function endLike(outcome: Outcome): void {
  if (outcome.signal === undefined) process.exitCode = outcome.code ?? 0;
  else {
    // Whoever waits for us sees the same signal; the exit code is for systems that do not let us.
    process.exitCode = 128 + Math.max(0, signalNumber(outcome.signal));
    process.kill(process.pid, outcome.signal);
  }
}
