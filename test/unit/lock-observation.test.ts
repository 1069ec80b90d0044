import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serializeLock } from '../../src/baseline/lock-file.ts';
import { lockOfSessions } from '../../src/baseline/merge.ts';
import { appendObservation, readObservations } from '../../src/baseline/observation.ts';
import { AppFolder } from '../support/app-folder.ts';
import { pick, random } from '../support/random.ts';

const NOTER = join(import.meta.dirname, '../support/note-observations.ts');
const OPTIONS = { session: 's1', complete: true, mode: 'learn' };

function principals(folder: string) {
  const { sessions } = readObservations(folder);
  return sessions.map(({ id, principals: seen }) => [
    id,
    Object.fromEntries([...seen].map(([key, { complete, traits }]) => [key, { complete, traits: [...traits] }])),
  ]);
}

describe('an observation file', () => {
  it('tells what was noted, by session and principal', () => {
    using folder = new AppFolder();
    const writer = appendObservation(folder.root, OPTIONS);
    writer.note('a@1.0.0', 'code.eval', true);
    writer.note('a@1.0.0', 'code.eval', true);
    writer.note('quiet@1.0.0', undefined, true);
    writer.note('late@1.0.0', 'code.eval', false);
    assert.equal(writer.problem, undefined);
    assert.deepEqual(principals(folder.root), [
      [
        's1',
        {
          'a@1.0.0': { complete: true, traits: ['code.eval'] },
          'quiet@1.0.0': { complete: true, traits: [] },
          'late@1.0.0': { complete: false, traits: ['code.eval'] },
        },
      ],
    ]);
    assert.equal(readFileSync(writer.file, 'utf8').trimEnd().split('\n').length, 4);
  });

  it('tells which traits were steps of an ALERT', () => {
    using folder = new AppFolder();
    const writer = appendObservation(folder.root, OPTIONS);
    writer.note('a@1.0.0', 'code.eval', true);
    writer.note('a@1.0.0', 'import:node:os', true);
    writer.dispute('a@1.0.0', 'code.eval');
    writer.dispute('a@1.0.0', 'code.eval');
    const { sessions, problems } = readObservations(folder.root);
    assert.deepEqual(problems, []);
    const seen = sessions[0]?.principals.get('a@1.0.0');
    assert.deepEqual([...(seen?.disputed ?? [])], ['code.eval']);
    assert.deepEqual([...(seen?.traits ?? [])], ['code.eval', 'import:node:os']);
    assert.equal(seen?.complete, true);
    assert.equal(readFileSync(writer.file, 'utf8').trimEnd().split('\n').length, 4);
  });

  it('makes everything partial that a process saw which was not observed from its start', () => {
    using folder = new AppFolder();
    appendObservation(folder.root, { ...OPTIONS, complete: false }).note('a@1.0.0', 'code.eval', true);
    assert.deepEqual(principals(folder.root), [['s1', { 'a@1.0.0': { complete: false, traits: ['code.eval'] } }]]);
  });

  it('loses only its last line when that is torn', () => {
    using folder = new AppFolder();
    const writer = appendObservation(folder.root, OPTIONS);
    writer.note('a@1.0.0', 'code.eval', true);
    appendFileSync(writer.file, '["b@1.0.0","net.conn');
    const { problems } = readObservations(folder.root);
    assert.deepEqual(problems, []);
    assert.deepEqual(principals(folder.root), [['s1', { 'a@1.0.0': { complete: true, traits: ['code.eval'] } }]]);
  });

  it('names the lines it cannot read, and keeps the others', () => {
    using folder = new AppFolder();
    const writer = appendObservation(folder.root, OPTIONS);
    appendFileSync(writer.file, 'garbage\n["",7]\n["a@1.0.0","code.eval"]\n{}\n');
    assert.deepEqual(readObservations(folder.root).problems, [`${writer.file}:2: 3 unreadable lines; left out`]);
    assert.deepEqual(principals(folder.root), [['s1', { 'a@1.0.0': { complete: true, traits: ['code.eval'] } }]]);
  });

  it('of another format, or of none, is left out with one line', () => {
    using folder = new AppFolder();
    folder.write('a.jsonl', '{"diogenesisObservation":2,"session":"s","complete":true}\n["a","b"]\n');
    folder.write('b.jsonl', 'hello\n');
    folder.write('c.jsonl', '');
    assert.deepEqual(
      readObservations(folder.root).problems.map((line) => line.replace(`${folder.root}/`, '')),
      ['a.jsonl:1: observation format 2 is not 1; left out', 'b.jsonl:1: not an observation file; left out'],
    );
    assert.deepEqual(principals(folder.root), []);
  });

  it('that cannot be written says so and never throws', () => {
    using folder = new AppFolder();
    folder.write('file', '');
    const writer = appendObservation(folder.path('file'), OPTIONS);
    writer.note('a@1.0.0', 'code.eval', true);
    assert.match(writer.problem ?? '', /observations cannot be written to .* \((?:ENOTDIR|EEXIST)\)/);
  });

  it('goes on when the disk does, with its header', () => {
    using folder = new AppFolder();
    const at = folder.path('gone');
    const writer = appendObservation(at, OPTIONS);
    rmSync(at, { recursive: true });
    writer.note('lost@1.0.0', 'code.eval', true);
    assert.match(writer.problem ?? '', /ENOENT/);
    mkdirSync(at);
    writer.note('a@1.0.0', 'code.eval', true);
    assert.equal(writer.problem, undefined);
    assert.deepEqual(principals(at), [['s1', { 'a@1.0.0': { complete: true, traits: ['code.eval'] } }]]);
  });

  it('has everything that was noted before the process was killed', async () => {
    using folder = new AppFolder();
    const child = spawn(process.execPath, [NOTER, folder.root, 's', 'forever'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (!child.killed && said.includes('\n200\n')) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const noted = said.slice(0, said.lastIndexOf('\n')).split('\n').length;
    const [session] = readObservations(folder.root).sessions;
    const traits = session?.principals.get('a@1.0.0')?.traits;
    assert(noted >= 200);
    for (let i = 0; i < noted; i++) assert(traits?.has(`net.connect:host-${i}.example:443`), `${i} of ${noted}`);
  });

  it('of hostile content never makes the reader fail', () => {
    using folder = new AppFolder();
    const next = random(9);
    const seed =
      '{"diogenesisObservation":1,"session":"s","complete":true,"mode":"learn","pid":1,"threadId":0}\n["a@1.0.0"]\n["a@1.0.0","code.eval"]\n["b",null,"partial"]\n';
    const pieces = ['\n', '"', '[', ']', ',', 'null', '\\', '{}', '\u0000', '"__proto__"', '[[[['];
    for (let i = 0; i < 1_000; i++) {
      let mutant = seed;
      for (let edits = 1 + Math.floor(next() * 4); edits > 0; edits--) {
        const at = Math.floor(next() * mutant.length);
        mutant =
          mutant.slice(0, at) + (next() < 0.7 ? pick(next, pieces) : '') + mutant.slice(at + Math.floor(next() * 8));
      }
      folder.write('x.jsonl', mutant);
      const { problems, sessions } = readObservations(folder.root);
      assert(problems.length <= 1 && !problems.some((line) => line.includes('\n')));
      serializeLock(lockOfSessions(sessions));
    }
  });

  it('of 50 MB is read', () => {
    using folder = new AppFolder();
    const writer = appendObservation(folder.root, OPTIONS);
    const line = `["a@1.0.0","fs.read:<app>/${'x'.repeat(80)}/`;
    const lines: string[] = [];
    for (let i = 0; i < 470_000; i++) lines.push(`${line}${i % 500}"]`);
    writeFileSync(writer.file, `${lines.join('\n')}\n`, { flag: 'a' });
    assert.equal(readObservations(folder.root).sessions[0]?.principals.get('a@1.0.0')?.traits.size, 500);
  });
});

describe('200 processes at once', () => {
  it('come to the same bytes as one after another', { timeout: 240_000 }, async () => {
    using many = new AppFolder();
    using one = new AppFolder();
    // Two hundred times the same sources: compiled once.
    using cache = new AppFolder();
    const env = { ...process.env, NODE_COMPILE_CACHE: cache.root };
    // As many as the machine bears run at the same time, all of them into the same folder.
    const waiting = Array.from({ length: 200 }, (_, n) => n);
    const worker = async () => {
      for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) {
        const child = spawn(process.execPath, [NOTER, many.root, 's1', String(n)], { stdio: 'inherit', env });
        const [code] = await once(child, 'exit');
        assert.equal(code, 0);
      }
    };
    await Promise.all(Array.from({ length: 8 * availableParallelism() }, worker));
    assert.equal(readdirSync(many.root).length, 200);

    const writer = appendObservation(one.root, OPTIONS);
    for (let n = 0; n < 200; n++) {
      for (let i = 0; i < 20; i++)
        writer.note(`p${(n + i) % 30}@1.0.0`, `net.connect:h${(n * 7 + i) % 40}.example:443`, true);
    }
    const bytes = (folder: string) => serializeLock(lockOfSessions(readObservations(folder).sessions));
    assert.equal(bytes(many.root), bytes(one.root));
    assert.equal(readObservations(many.root).problems.length, 0);
  });
});
