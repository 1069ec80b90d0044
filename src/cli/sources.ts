/** Where `diff` and `merge` read from: lock files, observation files, folders of them, and git revisions of lock files. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptyLock, type Lock, parseLock } from '../baseline/lock-file.ts';
import { readLock } from '../baseline/lock-store.ts';
import { lockOfSessions, mergeLocks, type Session } from '../baseline/merge.ts';
import { readObservations } from '../baseline/observation.ts';
import { CliError, say } from './output.ts';

export interface Source {
  readonly lock: Lock;
  /** Observations have no reviewed state. */
  readonly isObservation: boolean;
}

/** Reads `FILE`, `FOLDER` or `REVISION:FILE`. */
export function readSource(name: string): Source {
  if (!fs.existsSync(name)) {
    const colon = name.indexOf(':');
    if (colon > 0) return { lock: fromGit(name.slice(0, colon), name.slice(colon + 1)), isObservation: false };
    throw new CliError(`${name}: there is no such file`);
  }
  if (!isObservation(name)) return { lock: readLock(name, { strict: true }) ?? emptyLock(), isObservation: false };
  return { lock: lockOfSessions(sessionsOf(name)), isObservation: true };
}

/** One lock out of many sources. Observations of one session in several sources count as that one session. */
export function mergeSources(names: readonly string[]): Lock {
  const observations = names.filter((name) => fs.existsSync(name) && isObservation(name));
  let merged = observations.length === 0 ? emptyLock() : lockOfSessions(sessionsOf(...observations));
  for (const name of names) if (!observations.includes(name)) merged = mergeLocks(merged, readSource(name).lock);
  return mergeLocks(merged, emptyLock());
}

function sessionsOf(...names: readonly string[]): readonly Session[] {
  const { sessions, problems, files } = readObservations(...names);
  for (const problem of problems) say(`diogenesis: ${problem}`);
  if (files === 0) throw new CliError(`${names.join(', ')}: no observation files (*.jsonl) in there`);
  if (sessions.length === 0) throw new CliError(`${names.join(', ')}: neither a lock file nor an observation file`);
  return sessions;
}

function isObservation(name: string): boolean {
  return name.endsWith('.jsonl') || fs.statSync(name).isDirectory();
}

/** A lock file at a git revision, named relative to the working directory. */
export function fromGit(revision: string, file: string): Lock {
  const relative = path.isAbsolute(file) || file.startsWith('.') ? file : `./${file}`;
  let text: string;
  try {
    text = execFileSync('git', ['show', '--end-of-options', `${revision}:${relative}`], {
      encoding: 'utf8',
      maxBuffer: 512 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const why = code === 'ENOENT' ? 'git is not installed' : (stderr ?? '').trim().split('\n')[0] || 'git show failed';
    throw new CliError(`${revision}:${file}: ${why}`);
  }
  return parseLock(text, `${revision}:${file}`, { strict: true });
}
