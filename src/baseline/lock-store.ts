/** Lock files on disk: read whole, replaced whole, by one writer at a time. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lock, LockFileError, type ParseOptions, parseLock, serializeLock } from './lock-file.ts';

/** Larger than any lock can honestly be (10,000 packages with 100 traits each take 60 MB); it would not fit a string. */
export const MAX_LOCK_BYTES = 256 * 1024 * 1024;
/** A mutex left by another machine on a shared disk, whose process cannot be asked, counts as dead after this time. */
const FOREIGN_STALE_MS = 60_000;
/* Breaking a stale mutex takes a millisecond; a guard this old was left by a crash in that very millisecond. */
const GUARD_STALE_MS = 10_000;
const PATIENCE_MS = 120_000;

/**
 * Reads a lock file; undefined when there is none.
 * @throws {LockFileError} when it is there and cannot be used.
 */
export function readLock(file: string, options?: ParseOptions): Lock | undefined {
  let text: string;
  try {
    const { size } = fs.statSync(file);
    if (size > MAX_LOCK_BYTES) {
      const megabytes = Math.round(size / 1024 / 1024);
      throw new LockFileError(file, 1, 1, `${megabytes} MB is too large for a lock file; is it the right file?`);
    }
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof LockFileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new LockFileError(
      file,
      1,
      1,
      code === 'EISDIR' ? 'is a folder, not a lock file' : `cannot be read (${code})`,
    );
  }
  return parseLock(text, file, options);
}

/** A lock file that could not be written; it is as it was. The message is one line. */
export class LockWriteError extends Error {
  override name = 'LockWriteError';
}

/**
 * Reads, changes and replaces a lock file while nobody else does. Writes nothing when the bytes stay the same.
 * Answers whether the file changed. `onWait` hears, again and again, that somebody else is at it.
 * @throws {LockFileError} when what is there cannot be used: it is never overwritten.
 * @throws {LockWriteError} when it cannot be written.
 */
export async function updateLock(
  file: string,
  change: (lock: Lock | undefined) => Lock,
  onWait: () => void = () => {},
): Promise<boolean> {
  // A linked lock file stays a link.
  const target = fs.existsSync(file) ? fs.realpathSync(file) : file;
  const folder = path.join(path.dirname(target), '.diogenesis');
  const mutex = await acquire(path.join(folder, `${path.basename(target)}.mutex`), file, onWait);
  try {
    const before = readLock(target, { strict: true });
    const text = serializeLock(change(before));
    if (before !== undefined && fs.readFileSync(target, 'utf8') === text) return false;
    replaceFile(target, path.join(folder, `${path.basename(target)}.${process.pid}.tmp`), text, file);
    return true;
  } finally {
    mutex.release();
  }
}

/* On disk before it is in its place: after a crash there is the old file or the new one, never half of one. */
function replaceFile(target: string, temporary: string, text: string, shown: string): void {
  let mode = 0o644;
  try {
    mode = fs.statSync(target).mode & 0o777;
  } catch {
    // New.
  }
  // Renaming would replace a file that its owner made read-only, and root may write to anything.
  if ((mode & 0o222) === 0) throw new LockWriteError(`${shown}: is read-only; nothing was written`);
  try {
    const descriptor = fs.openSync(temporary, 'w', mode);
    try {
      fs.writeFileSync(descriptor, text);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new LockWriteError(`${shown}: cannot be written (${writeFault(error)}); it is as it was`);
  }
  syncFolder(path.dirname(target));
}

function syncFolder(folder: string): void {
  try {
    const descriptor = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // Windows cannot, and the rename is atomic anyway.
  }
}

/** Why something could not be written, in words. */
export function writeFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'its folder does not exist';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (code === 'EFBIG') return 'it would be larger than is allowed';
  if (code === 'EROFS') return 'the disk is read-only';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code ?? message;
}

interface Owner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** When the process started, where the system tells: a process id is soon given to somebody else. */
  readonly started: string | undefined;
}

async function acquire(mutex: string, shown: string, onWait: () => void): Promise<{ release(): void }> {
  const owner: Owner = {
    id: globalThis.crypto.randomUUID(),
    host: os.hostname(),
    pid: process.pid,
    started: startOf(process.pid),
  };
  const content = JSON.stringify(owner);
  const deadline = Date.now() + PATIENCE_MS;
  try {
    makeFolder(path.dirname(mutex));
    for (;;) {
      if (createWhole(mutex, content, owner.id)) break;
      breakIfStale(mutex);
      if (Date.now() > deadline)
        throw new LockWriteError(`${shown}: another process has held ${mutex} for two minutes`);
      onWait();
      await sleep(5 + Math.random() * 20);
    }
  } catch (error) {
    if (error instanceof LockWriteError) throw error;
    throw new LockWriteError(`${shown}: cannot be written (${writeFault(error)}); it is as it was`);
  }
  return {
    release() {
      try {
        if (fs.readFileSync(mutex, 'utf8') === content) fs.unlinkSync(mutex);
      } catch {
        // Gone already.
      }
    },
  };
}

/* Not recursive: a lock file in a folder that does not exist is a mistake, not a wish. */
function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/* A link appears together with its content: nobody can meet a mutex that does not yet say whose it is. */
function createWhole(mutex: string, content: string, id: string): boolean {
  const draft = `${mutex}.${id}`;
  try {
    fs.writeFileSync(draft, content, { flag: 'wx' });
    fs.linkSync(draft, mutex);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error;
    try {
      // No hard links on this disk.
      fs.writeFileSync(mutex, content, { flag: 'wx' });
      return true;
    } catch (second) {
      if ((second as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw second;
    }
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/* Only the holder of the guard removes somebody else's mutex, and looks again first: two waiters cannot both break it. */
function breakIfStale(mutex: string): void {
  if (!isStale(mutex)) return;
  const guard = `${mutex}.guard`;
  try {
    fs.mkdirSync(guard);
  } catch {
    const age = ageOf(guard);
    if (age !== undefined && age > GUARD_STALE_MS) fs.rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (isStale(mutex)) fs.unlinkSync(mutex);
  } catch {
    // Somebody was faster.
  } finally {
    fs.rmSync(guard, { recursive: true, force: true });
  }
}

function isStale(mutex: string): boolean {
  let owner: Owner | undefined;
  try {
    owner = JSON.parse(fs.readFileSync(mutex, 'utf8')) as Owner;
  } catch {
    // Gone, or written on a disk without links a moment ago.
    const age = ageOf(mutex);
    return age !== undefined && age > GUARD_STALE_MS;
  }
  if (owner.host !== os.hostname()) {
    const age = ageOf(mutex);
    return age !== undefined && age > FOREIGN_STALE_MS;
  }
  return !isAlive(owner.pid, owner.started);
}

function ageOf(file: string): number | undefined {
  try {
    return Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Does this very process still run? */
export function isAlive(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return started === undefined || startOf(pid) === started;
}

/** Start time of a process in clock ticks since boot (Linux; undefined elsewhere): field 22 of proc(5) `stat`. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
