/** Where a command finds its files, from its options, the environment and the config file. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Lock } from '../baseline/lock-file.ts';
import { LockFileError } from '../baseline/lock-file.ts';
import { isAlive, readLock, startOf, writeFault } from '../baseline/lock-store.ts';
import { hasLoss } from '../baseline/observation.ts';
import { Policy } from '../baseline/policy.ts';
import type { ResolvedConfig } from '../config.ts';
import { loadConfig } from '../config.ts';
import { CliError, say } from './output.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly lock?: string;
  readonly config?: string;
  readonly findings?: string;
  readonly quiet?: boolean;
}

export interface Workspace {
  readonly config: ResolvedConfig;
  readonly lockFile: string;
  /** The lock file as a person would name it here. */
  readonly lockName: string;
  /** `.diogenesis` of the application: sessions and runs. */
  readonly folder: string;
  readonly quiet: boolean;
}

/** Finished learning sessions kept for the learning state; older ones have said what they had to say. */
const KEPT_SESSIONS = 100;
/** Finished runs kept for `approve` and `explain`. */
const KEPT_RUNS = 10;

export function openWorkspace(options: CommonOptions): Workspace {
  const env = { ...process.env };
  if (options.lock !== undefined) env.DIOGENESIS_LOCK = options.lock;
  if (options.config !== undefined) env.DIOGENESIS_CONFIG = options.config;
  if (options.findings !== undefined) env.DIOGENESIS_FINDINGS = options.findings;
  const { config, problems } = loadConfig(undefined, env, process.cwd());
  if (options.config !== undefined && !fs.existsSync(config.configFile)) {
    throw new CliError(`${options.config}: there is no such config file`);
  }
  for (const problem of problems) say(`diogenesis: ${problem}`);
  const relative = path.relative(process.cwd(), config.lock);
  return {
    config,
    lockFile: config.lock,
    lockName: relative.startsWith('..') ? config.lock : relative,
    folder: path.join(config.root, '.diogenesis'),
    quiet: options.quiet === true || config.quiet,
  };
}

/** One line for every override that counts no more, said here for all processes of a run. */
export function sayExpired({ config, quiet }: Workspace): void {
  new Policy(config, Date.now(), (line) => {
    if (!quiet) say(`diogenesis: ${line}`);
  });
}

/** The lock, undefined when there is none yet. One that cannot be used ends the command. */
export function openLock(workspace: Workspace): Lock | undefined {
  try {
    return readLock(workspace.lockFile, { strict: true });
  } catch (error) {
    if (error instanceof LockFileError) throw new CliError(error.message);
    throw error;
  }
}

/** The lock of a command that cannot do without. */
export function requireLock(workspace: Workspace): Lock {
  const lock = openLock(workspace);
  if (lock !== undefined) return lock;
  throw new CliError(`${workspace.lockName}: there is no lock file; run "diogenesis learn -- COMMAND" first`);
}

export type RunKind = 'learn' | 'run' | 'check';

/** Says whose run a folder holds, and whether it is over. */
export interface RunRecord {
  readonly session: string;
  readonly kind: RunKind;
  readonly command: readonly string[];
  /** The lock file, relative to the application. */
  readonly lock: string;
  readonly findings: string;
  /** Bytes of the findings file that were there before. */
  readonly findingsFrom: number;
  readonly pid: number;
  readonly started: string | undefined;
  readonly ended?: boolean;
  /** What it saw is in the lock file. */
  readonly merged?: boolean;
}

export interface RunFolder {
  readonly path: string;
  readonly record: RunRecord;
}

const RECORD = 'run.json';

/** Makes the folder that the processes of a run write their observations to; a temporary one on a read-only disk. */
export function openRun(
  workspace: Workspace,
  kind: RunKind,
  command: readonly string[],
): RunFolder & { isTemporary: boolean } {
  const session = newSession();
  const own = path.join(workspace.folder, kind === 'learn' ? 'observations' : 'runs', session);
  try {
    return { ...recordRun(workspace, kind, command, session, own), isTemporary: false };
  } catch {
    fs.rmSync(own, { recursive: true, force: true });
  }
  let folder = os.tmpdir();
  try {
    folder = fs.mkdtempSync(path.join(folder, 'diogenesis-'));
    return { ...recordRun(workspace, kind, command, session, folder), isTemporary: true };
  } catch (error) {
    throw new CliError(`${own}: cannot be written (${writeFault(error)}), nor can ${folder}; nothing was run`);
  }
}

function recordRun(
  workspace: Workspace,
  kind: RunKind,
  command: readonly string[],
  session: string,
  folder: string,
): RunFolder {
  fs.mkdirSync(folder, { recursive: true });
  ignoreInGit(workspace.folder);
  const findings = workspace.config.findings ?? path.join(folder, 'findings.jsonl');
  let findingsFrom = 0;
  try {
    findingsFrom = fs.statSync(findings).size;
  } catch {
    // Written with the first finding.
  }
  const lock = path.relative(workspace.config.root, workspace.lockFile);
  const started = startOf(process.pid);
  const record = { session, kind, command, lock, findings, findingsFrom, pid: process.pid, started };
  writeNew(folder, record);
  return { path: folder, record };
}

/** A line for a run that could not write down all it saw. */
export function lossOf({ path: folder }: RunFolder): string | undefined {
  return hasLoss(folder) ? `not everything could be written to ${folder}; is the disk full?` : undefined;
}

/** Sortable by time, unique also when many start in the same millisecond. */
function newSession(): string {
  const time = new Date().toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${process.pid.toString(36)}${Math.floor(Math.random() * 36 ** 4).toString(36)}`;
}

/** Changes what is on record. On a full disk it stays as it was: a run whose supervisor is gone counts as ended. */
export function writeRecord(folder: string, record: RunRecord): void {
  try {
    writeNew(folder, record);
  } catch {
    fs.rmSync(path.join(folder, `${RECORD}.tmp`), { force: true });
  }
}

function writeNew(folder: string, record: RunRecord): void {
  const file = path.join(folder, RECORD);
  const temporary = `${file}.tmp`;
  fs.writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`);
  fs.renameSync(temporary, file);
}

/** Runs on record for this lock file, oldest first. */
export function listRuns(workspace: Workspace, ...kinds: readonly RunKind[]): RunFolder[] {
  const lock = path.relative(workspace.config.root, workspace.lockFile);
  const folders = kinds.includes('learn') ? ['observations'] : [];
  if (kinds.includes('run') || kinds.includes('check')) folders.push('runs');
  const runs: RunFolder[] = [];
  for (const name of folders) {
    const parent = path.join(workspace.folder, name);
    for (const session of readFolder(parent)) {
      const folder = path.join(parent, session);
      const record = readRecord(folder);
      if (record !== undefined && record.lock === lock && kinds.includes(record.kind))
        runs.push({ path: folder, record });
    }
  }
  return runs.sort((a, b) => (a.record.session < b.record.session ? -1 : 1));
}

function readFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readRecord(folder: string): RunRecord | undefined {
  try {
    const record = JSON.parse(fs.readFileSync(path.join(folder, RECORD), 'utf8')) as RunRecord;
    return typeof record.session === 'string' && Array.isArray(record.command) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Over, by itself or because the process that supervised it is dead. */
export function hasEnded(record: RunRecord): boolean {
  return record.ended === true || !isAlive(record.pid, record.started);
}

/** Forgets the oldest finished runs, so that the folder stays small. */
export function forgetOldRuns(workspace: Workspace): void {
  const sessions = listRuns(workspace, 'learn').filter(({ record }) => record.merged === true);
  const runs = listRuns(workspace, 'run', 'check').filter(({ record }) => hasEnded(record));
  for (const { path: folder } of [...sessions.slice(0, -KEPT_SESSIONS), ...runs.slice(0, -KEPT_RUNS)]) {
    try {
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Next time.
    }
  }
}

/* What runs leave behind is nobody's commit; who wants it there may empty the file. */
function ignoreInGit(folder: string): void {
  try {
    fs.writeFileSync(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there, or nothing can be written: the run says so.
  }
}
