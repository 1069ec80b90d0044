import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { emptyLock, LockFileError, lockOf, serializeLock } from '../../src/baseline/lock-file.ts';
import { LockWriteError, MAX_LOCK_BYTES, readLock, startOf, updateLock } from '../../src/baseline/lock-store.ts';
import { AppFolder } from '../support/app-folder.ts';

const UPDATER = join(import.meta.dirname, '../support/update-lock.ts');
const one = lockOf(new Map([['a@1.0.0', { state: 'stable', traits: ['code.eval'] }]]));

async function update(file: string, key: string): Promise<number | string> {
  const child = spawn(process.execPath, [UPDATER, file, key], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

describe('writing the lock file', () => {
  it('makes it, and leaves nothing else beside it', async () => {
    using folder = new AppFolder();
    const file = folder.path('diogenesis.lock.json');
    assert.equal(await updateLock(file, () => one), true);
    assert.equal(readFileSync(file, 'utf8'), serializeLock(one));
    assert.deepEqual(readdirSync(folder.root).sort(), ['.diogenesis', 'diogenesis.lock.json']);
    assert.deepEqual(readdirSync(folder.path('.diogenesis')), []);
  });

  it('does not touch it when the bytes are the same', async () => {
    using folder = new AppFolder();
    const file = folder.write('diogenesis.lock.json', serializeLock(one));
    utimesSync(file, 1, 1);
    assert.equal(await updateLock(file, (lock) => lock ?? emptyLock()), false);
    assert.equal(statSync(file).mtimeMs, 1000);
  });

  it('keeps its permissions, and a link a link', async () => {
    using folder = new AppFolder();
    folder.write('real/lock.json', serializeLock(emptyLock()));
    chmodSync(folder.path('real/lock.json'), 0o640);
    folder.link('real/lock.json', 'diogenesis.lock.json');
    await updateLock(folder.path('diogenesis.lock.json'), () => one);
    assert(lstatSync(folder.path('diogenesis.lock.json')).isSymbolicLink());
    assert.equal(statSync(folder.path('real/lock.json')).mode & 0o777, 0o640);
    assert.equal(readFileSync(folder.path('real/lock.json'), 'utf8'), serializeLock(one));
  });

  const broken = serializeLock(one).slice(0, 60);
  it('never overwrites a file that cannot be read', async () => {
    using folder = new AppFolder();
    const file = folder.write('diogenesis.lock.json', broken);
    await assert.rejects(
      updateLock(file, () => one),
      LockFileError,
    );
    assert.equal(readFileSync(file, 'utf8'), broken);
    assert.deepEqual(readdirSync(folder.path('.diogenesis')), []);
  });

  it('refuses one that is read-only, also for root', async () => {
    using folder = new AppFolder();
    const file = folder.write('diogenesis.lock.json', serializeLock(emptyLock()));
    chmodSync(file, 0o444);
    await assert.rejects(
      updateLock(file, () => one),
      { name: 'LockWriteError', message: /is read-only; nothing was written$/ },
    );
    assert.equal(readFileSync(file, 'utf8'), serializeLock(emptyLock()));
  });

  it('says in one line that its folder does not exist, and does not make it', async () => {
    using folder = new AppFolder();
    const message = /nope\/lock\.json: cannot be written \(its folder does not exist\); it is as it was$/;
    await assert.rejects(
      updateLock(folder.path('nope/lock.json'), () => one),
      (error) => error instanceof LockWriteError && message.test(error.message),
    );
    assert.deepEqual(readdirSync(folder.root), []);
  });

  it('says in one line that the disk is full, and leaves the old file', {
    skip: !existsSync('/dev/full') && 'no /dev/full here',
  }, async () => {
    using folder = new AppFolder();
    const file = folder.write('diogenesis.lock.json', serializeLock(emptyLock()));
    // The temporary file is named after this process: a device that is always full stands in its place.
    folder.write('.diogenesis/x', '');
    symlinkSync('/dev/full', folder.path(`.diogenesis/diogenesis.lock.json.${process.pid}.tmp`));
    await assert.rejects(
      updateLock(file, () => one),
      { name: 'LockWriteError', message: /cannot be written \(the disk is full\); it is as it was$/ },
    );
    assert.equal(readFileSync(file, 'utf8'), serializeLock(emptyLock()));
  });

  it('of many processes at once loses no entry', { timeout: 120_000 }, async () => {
    using folder = new AppFolder();
    const file = folder.path('diogenesis.lock.json');
    const keys = Array.from({ length: 16 }, (_, i) => `p${i}@1.0.0`);
    assert.deepEqual(new Set(await Promise.all(keys.map((key) => update(file, key)))), new Set([0]));
    assert.deepEqual([...(readLock(file)?.packages.keys() ?? [])].sort(), [...keys].sort());
  });

  it('goes on after a process that died while it held the lock', { timeout: 60_000 }, async () => {
    using folder = new AppFolder();
    const file = folder.write('diogenesis.lock.json', serializeLock(one));
    assert.equal(await update(file, 'die'), 'SIGKILL');
    assert(existsSync(folder.path('.diogenesis/diogenesis.lock.json.mutex')), 'it should have held it');
    assert.equal(readFileSync(file, 'utf8'), serializeLock(one));
    const keys = Array.from({ length: 6 }, (_, i) => `p${i}@1.0.0`);
    assert.deepEqual(new Set(await Promise.all(keys.map((key) => update(file, key)))), new Set([0]));
    assert.equal(readLock(file)?.packages.size, 7);
    assert.deepEqual(
      readdirSync(folder.path('.diogenesis')).filter((name) => name.endsWith('.mutex') || name.endsWith('.guard')),
      [],
    );
  });

  it('does not take a process id that was given to somebody else for the owner', {
    skip: startOf(process.pid) === undefined && 'start times are known on Linux only',
  }, async () => {
    using folder = new AppFolder();
    const file = folder.path('diogenesis.lock.json');
    // Alive, but not the process that took the lock.
    folder.write(
      '.diogenesis/diogenesis.lock.json.mutex',
      JSON.stringify({ id: 'x', host: hostname(), pid: process.ppid, started: '1' }),
    );
    assert.equal(await updateLock(file, () => one), true);
  });
});

describe('reading the lock file', () => {
  it('answers nothing when there is none', () => assert.equal(readLock('/nowhere/diogenesis.lock.json'), undefined));

  it('refuses a folder and a file that is far too large, each in one line', () => {
    using folder = new AppFolder();
    assert.throws(() => readLock(folder.root), { name: 'LockFileError', message: /is a folder, not a lock file/ });
    const file = folder.path('big.json');
    writeFileSync(file, '');
    truncateSync(file, MAX_LOCK_BYTES + 1);
    assert.throws(() => readLock(file), { name: 'LockFileError', message: /256 MB is too large for a lock file/ });
  });

  it('refuses 50 MB that end in the middle, in one line', () => {
    using folder = new AppFolder();
    const entry = (i: number) =>
      `    "p${i}@1.0.0": {\n      "state": "stable",\n      "traits": [\n        "net.connect:${'h'.repeat(400)}:443"\n      ]\n    }`;
    const text = `{\n  "lockfileVersion": 1,\n  "packages": {\n${Array.from({ length: 110_000 }, (_, i) => entry(i)).join(',\n')}`;
    assert(text.length > 50e6);
    const file = folder.write('big.json', text);
    assert.throws(() => readLock(file), {
      name: 'LockFileError',
      message: /:660003:\d+: the file ends in the middle: it is truncated; restore it/,
    });
  });
});
