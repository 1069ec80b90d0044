import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { fsSense } from '../../instrumentations/fs/sense.ts';
import { recordActs, scratch } from '../support/senses.ts';
import { FS_CALLS, furnish, OTHERWISE_TESTED, WITHOUT_PATH } from '../support/senses-fs-calls.ts';

type Fn = (...args: unknown[]) => unknown;
type Form = 'callback' | 'sync' | 'promise' | 'answers a promise';
interface Subject {
  title: string;
  base: string;
  form: Form;
  get(): Fn;
}

const owner = {};
const exported = fs as unknown as Record<string, Fn>;
const promised = fs.promises as unknown as Record<string, Fn>;
const originals = new Map<string, { fn: Fn; descriptor: PropertyDescriptor; own: Map<string | symbol, unknown> }>();

function ownProperties(fn: object): Map<string | symbol, unknown> {
  return new Map(
    Reflect.ownKeys(fn).map((key) => {
      const { value, ...flags } = Reflect.getOwnPropertyDescriptor(fn, key) as PropertyDescriptor;
      return [key, { ...flags, value: typeof value === 'function' ? `function ${value.name}` : value }];
    }),
  );
}

function functionsOf(object: object): [string, PropertyDescriptor][] {
  return Object.entries(Object.getOwnPropertyDescriptors(object)).filter(
    ([, descriptor]) => descriptor.get === undefined && typeof descriptor.value === 'function',
  );
}

const subjects: Subject[] = [];
const unknown: string[] = [];
for (const [name, descriptor] of functionsOf(fs)) {
  originals.set(`fs.${name}`, { fn: descriptor.value as Fn, descriptor, own: ownProperties(descriptor.value as Fn) });
  const isSync = name.endsWith('Sync');
  const base = isSync ? name.slice(0, -4) : name;
  if (WITHOUT_PATH.includes(base) || OTHERWISE_TESTED.includes(base)) continue;
  if (!(base in FS_CALLS)) unknown.push(`fs.${name}`);
  const form = isSync ? 'sync' : base === 'openAsBlob' ? 'answers a promise' : 'callback';
  subjects.push({ title: `fs.${name}`, base, form, get: () => exported[name] as Fn });
}
for (const [name, descriptor] of functionsOf(fs.promises)) {
  originals.set(`fs.promises.${name}`, {
    fn: descriptor.value as Fn,
    descriptor,
    own: ownProperties(descriptor.value as Fn),
  });
  if (OTHERWISE_TESTED.includes(name) || name === 'glob') continue;
  if (!(name in FS_CALLS)) unknown.push(`fs.promises.${name}`);
  subjects.push({ title: `fs.promises.${name}`, base: name, form: 'promise', get: () => promised[name] as Fn });
}
for (const form of ['callback', 'sync'] as const) {
  const name = form === 'sync' ? 'realpathSync' : 'realpath';
  subjects.push({
    title: `fs.${name}.native`,
    base: 'realpath',
    form,
    get: () => (exported[name] as unknown as { native: Fn }).native,
  });
}

interface Outcome {
  how: string;
  value?: unknown;
  code?: unknown;
  message?: unknown;
}

function plain(value: unknown, dir: string): unknown {
  if (typeof value === 'string')
    return value.replaceAll(dir, '<dir>').replace(/(fresh-|missing\/file)\w{6}/, '$1XXXXXX');
  if (typeof value === 'number') return 'number'; // a descriptor
  if (Array.isArray(value)) return value.map((item) => plain(item, dir));
  return typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'no prototype') : value;
}

function failure(error: unknown, dir: string): Outcome {
  const { code, message } = error as NodeJS.ErrnoException;
  return { how: 'failed', code, message: plain(message, dir) };
}

async function outcomeOf(subject: Subject, args: unknown[], dir: string): Promise<Outcome> {
  try {
    if (subject.form !== 'callback') {
      const value = await subject.get()(...args);
      await release(value);
      return { how: 'returned', value: plain(value, dir) };
    }
    let sync = true;
    const results = await new Promise<unknown[]>((resolve, reject) => {
      try {
        const returned = subject.get()(...args, (...all: unknown[]) => {
          assert.equal(sync, false, 'the callback must not run before the call has returned');
          resolve(all);
        });
        assert.equal(returned, undefined);
        sync = false;
      } catch (error) {
        reject(error as Error);
      }
    });
    if (results[0] instanceof Error) return failure(results[0], dir);
    await release(results[1]);
    return { how: 'called back', value: plain(results, dir) };
  } catch (error) {
    return failure(error, dir);
  }
}

async function release(value: unknown): Promise<void> {
  if (typeof value === 'number') fs.closeSync(value);
  else if (value !== null && typeof value === 'object' && 'close' in value) await (value.close as Fn)();
}

async function callIn(subject: Subject, pick: 'args' | 'fails'): Promise<{ outcome: Outcome; dir: string }> {
  using place = scratch();
  furnish(place.dir);
  const make = FS_CALLS[subject.base]?.[pick];
  assert.ok(make);
  return { outcome: await outcomeOf(subject, make(place.dir), place.dir), dir: place.dir };
}

/** The sense is on only while the function under test runs: the scaffolding around it is not its business. */
async function sensed(subject: Subject, pick: 'args' | 'fails') {
  using place = scratch();
  furnish(place.dir);
  const make = FS_CALLS[subject.base]?.[pick];
  assert.ok(make);
  using recorder = recordActs();
  fsSense.enable(owner);
  try {
    const outcome = await outcomeOf(subject, make(place.dir), place.dir);
    const told = recorder.told().map((line) => line.replace(`${place.dir}${path.sep}`, ''));
    return { outcome, told, recorded: [...recorder.recorded], dir: place.dir };
  } finally {
    fsSense.disable(owner);
  }
}

test('every function that Node exports is sensed or known to take no path', () => {
  assert.deepEqual(unknown, []);
});

describe('each function reports its acts and behaves as before', () => {
  for (const subject of subjects) {
    const call = FS_CALLS[subject.base];
    if (call === undefined) continue;
    const callableHere = subject.base !== 'lchmod' || process.platform === 'darwin';
    test(`${subject.title} (${subject.form})`, async () => {
      const bare = await callIn(subject, 'args');
      const { outcome, told, recorded } = await sensed(subject, 'args');
      assert.deepEqual(outcome, bare.outcome);
      if (callableHere) assert.notEqual(outcome.how, 'failed', String(outcome.message));
      assert.deepEqual(told, call.acts);
      for (const entry of recorded)
        assert.equal(entry.ended, 1, `${entry.act.operation} ${entry.act.target} ended once`);
      for (const { act } of recorded) {
        assert.equal(act.sense, 'fs');
        assert.equal(act.attributes?.['file.path'], act.target);
      }
    });
    if (call.fails === undefined || !callableHere) continue;
    test(`${subject.title} (${subject.form}) fails as before`, async () => {
      const bare = await callIn(subject, 'fails');
      const { outcome, recorded } = await sensed(subject, 'fails');
      assert.deepEqual(outcome, bare.outcome);
      assert.equal(outcome.how, 'failed');
      assert.equal((recorded[0]?.error as NodeJS.ErrnoException | undefined)?.code, outcome.code);
      for (const entry of recorded) assert.equal(entry.ended, 1);
    });
  }
});

describe('nobody can tell the sensed functions from Node’s', () => {
  before(() => fsSense.enable(owner));
  after(() => fsSense.disable(owner));
  for (const [title, { descriptor, own }] of originals) {
    test(`${title} keeps name, length, prototype and own properties`, () => {
      const name = title.slice(title.lastIndexOf('.') + 1);
      const holder = title.startsWith('fs.promises.') ? fs.promises : fs;
      const now = Reflect.getOwnPropertyDescriptor(holder, name) as PropertyDescriptor;
      const { value: _now, ...flags } = now;
      const { value: _before, ...flagsBefore } = descriptor;
      assert.deepEqual(flags, flagsBefore);
      assert.deepEqual(ownProperties(now.value as Fn), own);
    });
  }
  for (const name of ['ReadStream', 'WriteStream'] as const) {
    test(`fs.${name} keeps its prototype, statics and constructor`, () => {
      const Class = fs[name] as unknown as { new (path: string): object; prototype: object };
      fsSense.disable(owner);
      const Original = fs[name] as unknown as typeof Class;
      assert.equal(Class.prototype, Original.prototype);
      assert.equal(Original.prototype.constructor, Original);
      assert.deepEqual(ownProperties(Class), ownProperties(Original));
      fsSense.enable(owner);
    });
  }
});

test('switching off restores the very functions that were there', () => {
  const before = [fs.ReadStream, fs.WriteStream, fs.realpath.native, process.loadEnvFile, process.report.writeReport];
  fsSense.enable(owner);
  for (const { base, get } of subjects) assert.ok(base !== 'stat' || get() !== undefined);
  assert.notEqual(fs.stat, originals.get('fs.stat')?.fn);
  fsSense.disable(owner);
  for (const [title, { fn }] of originals) {
    const name = title.slice(title.lastIndexOf('.') + 1);
    assert.equal(title.startsWith('fs.promises.') ? promised[name] : exported[name], fn, title);
  }
  assert.deepEqual(
    [fs.ReadStream, fs.WriteStream, fs.realpath.native, process.loadEnvFile, process.report.writeReport],
    before,
  );
});

test('promisify still uses what Node prepared for it', async () => {
  using place = scratch();
  furnish(place.dir);
  using recorder = recordActs();
  fsSense.enable(owner);
  try {
    assert.equal(await promisify(fs.exists)(path.join(place.dir, 'file.txt')), true);
    assert.deepEqual(recorder.told(), [`stat ${path.join(place.dir, 'file.txt')}`]);
    const fd = fs.openSync(path.join(place.dir, 'file.txt'), 'r');
    const { bytesRead } = await promisify(fs.read)(fd, Buffer.alloc(4), 0, 4, 0);
    assert.equal(bytesRead, 4);
    fs.closeSync(fd);
  } finally {
    fsSense.disable(owner);
  }
});
