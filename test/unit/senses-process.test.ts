import assert from 'node:assert/strict';
import childProcess, { type ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import workerThreads, { Worker } from 'node:worker_threads';
import { processSense } from '../../instrumentations/child-process/sense.ts';
import { ActRecorder, Refusal } from '../support/senses-net.ts';

const owner = {};
const NODE = process.execPath;
const posix = { skip: process.platform === 'win32' };
let recorder: ActRecorder;
let folder: string;
let script: string;

const { ChildProcess: ChildProcessClass } = childProcess as unknown as { ChildProcess: { prototype: ChildProcess } };
const places: [object, string][] = [
  ...Object.keys(childProcess).map((key): [object, string] => [childProcess, key]),
  [ChildProcessClass.prototype, 'spawn'],
  [workerThreads, 'Worker'],
  [Worker.prototype, 'constructor'],
  [process, 'execve'],
];
const describeAll = () => places.map(([at, key]) => Object.getOwnPropertyDescriptor(at, key));
const looksOf = (descriptors: (PropertyDescriptor | undefined)[]) =>
  descriptors.map((d) => [
    d?.enumerable,
    d?.configurable,
    d?.writable,
    d?.value?.name,
    d?.value?.length,
    typeof d?.value === 'function' ? Reflect.ownKeys(d.value).map(String).sort() : undefined,
    Object.getPrototypeOf(d?.value ?? {}) === Function.prototype,
  ]);
const untouched = describeAll();

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'diogenesis-process-'));
  script = join(folder, 'script.cjs');
  writeFileSync(script, 'process.exit(0);');
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('switching the process sense on and off', () => {
  it('shows the same names, lengths and properties while it is on, and puts the very same functions back', () => {
    processSense.enable(owner);
    try {
      assert.deepEqual(looksOf(describeAll()), looksOf(untouched));
      assert.notEqual(childProcess.spawnSync, untouched[places.findIndex(([, key]) => key === 'spawnSync')]?.value);
    } finally {
      processSense.disable(owner);
    }
    const now = describeAll();
    for (let i = 0; i < now.length; i++) assert.equal(now[i]?.value, untouched[i]?.value, places[i]?.[1]);
  });
});

describe('the process sense', () => {
  beforeEach(() => {
    recorder = new ActRecorder();
    processSense.enable(owner);
  });
  afterEach(() => {
    processSense.disable(owner);
    recorder.restore();
    assert.deepEqual(recorder.failures, []);
  });

  const closed = (child: ChildProcess) => once(child, 'close');
  const callback = (start: (done: () => void) => unknown) => new Promise<void>((done) => start(done));

  describe('tells once of', () => {
    const { spawn, exec, execFile, fork } = childProcess; // captured, as an application does
    const asNode: [string, () => unknown, string[]][] = [
      ['spawn', () => closed(spawn(NODE, [script, 'a'])), [script, 'a']],
      ['spawn without arguments', () => closed(spawn(NODE, { stdio: 'ignore' })), []],
      ['execFile', () => callback((done) => execFile(NODE, [script], done)), [script]],
      ['promisified execFile', () => promisify(execFile)(NODE, [script]), [script]],
      ['fork', () => closed(fork(script, ['b'], { execArgv: [] })), [script, 'b']],
      ['spawnSync', () => childProcess.spawnSync(NODE, [script]), [script]],
      ['execFileSync', () => childProcess.execFileSync(NODE, [script]), [script]],
    ];
    for (const [title, start, argv] of asNode) {
      it(title, async () => {
        await start();
        assert.equal(recorder.all.length, 1);
        const { act, ended, error, attributes } = recorder.all[0] as (typeof recorder.all)[0];
        assert.deepEqual(
          [act.sense, act.operation, act.target, act.shell, act.argv],
          ['process', 'spawn', NODE, false, argv],
        );
        assert.equal(ended, 1);
        assert.equal(error, undefined);
        assert.equal(attributes['process.executable.name'], basename(NODE));
        assert.deepEqual(attributes['process.command_args'], [NODE, ...argv]);
        assert.equal(attributes['process.working_directory'], process.cwd());
      });
    }

    const byShell: [string, () => unknown][] = [
      ['exec', () => callback((done) => exec('true x', done))],
      ['promisified exec', () => promisify(exec)('true x')],
      ['execSync', () => childProcess.execSync('true x')],
      ['spawn with a shell', () => closed(spawn('true x', { shell: true }))],
      ['spawnSync with a shell', () => childProcess.spawnSync('true x', { shell: '/bin/sh' })],
      ['execFileSync with a shell', () => childProcess.execFileSync('true x', { shell: true })],
    ];
    for (const [title, start] of byShell) {
      it(`${title}, by the name of the one program that the shell runs`, posix, async () => {
        await start();
        assert.equal(recorder.all.length, 1);
        const { act } = recorder.all[0] as (typeof recorder.all)[0];
        assert.deepEqual([act.target, act.shell, act.argv], ['true', true, ['-c', 'true x']]);
      });
    }

    it('a pipeline, by the name of the shell', posix, async () => {
      await promisify(exec)('true | true');
      assert.deepEqual(recorder.told(), ['spawn sh']);
    });

    it('a worker, by its absolute path, and one made of text', async () => {
      for (const start of [
        () => new Worker(script),
        () => new Worker(pathToFileURL(script)),
        () => new workerThreads.Worker(script),
        () => new Worker('0', { eval: true }),
        () => new Worker(new URL('data:text/javascript,0')),
      ]) {
        await once(start(), 'exit');
      }
      assert.deepEqual(recorder.told(), [...Array(3).fill(`start ${script}`), 'start eval:', 'start eval:']);
      assert.ok(recorder.all.every(({ act, ended }) => act.sense === 'worker' && ended === 1));
    });

    it('a worker of cluster', async () => {
      cluster.setupPrimary({ exec: script, execArgv: [], silent: true });
      await once(cluster.fork(), 'exit');
      assert.deepEqual(recorder.told(), [`spawn ${NODE}`]);
    });
  });

  it('keeps Worker a class', async () => {
    class Mine extends Worker {
      readonly mine = true;
    }
    const worker = new Mine('0', { eval: true });
    assert.ok(worker instanceof Mine && worker instanceof Worker && worker.mine);
    assert.equal(new Worker('0', { eval: true }).constructor, Worker);
    assert.throws(() => (Worker as unknown as () => void)(), TypeError);
    assert.throws(() => new Worker('no/path'), { code: 'ERR_WORKER_PATH' });
    await once(worker, 'exit');
    // A Proxy looks for its traps in what its handler inherits, too.
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted.get = () => 'caught';
    const { name } = Worker;
    delete polluted.get;
    assert.equal(name, 'Worker');
  });

  const hasExecve = typeof (process as { execve?: unknown }).execve === 'function' && process.platform !== 'win32';
  it('tells of process.execve before this process is another program', { skip: !hasExecve }, () => {
    const file = (name: string) => JSON.stringify(new URL(`../../${name}`, import.meta.url).href);
    const code = `
      import { writeSync } from 'node:fs';
      import { processSense } from ${file('instrumentations/child-process/sense.ts')};
      import { setPerceiver } from ${file('src/perception.ts')};
      const perceive = ({ operation, target, argv }) => {
        writeSync(1, [operation, target, ...argv].join(' ') + ', ');
        return { habituated: false, refusal: undefined, setAttribute() {}, end: () => writeSync(1, 'ended, ') };
      };
      setPerceiver({ perceive, senseFailed: (sense, error) => writeSync(1, String(error)) });
      processSense.enable({});
      process.execve('/bin/echo', ['echo', 'replaced'], {});`;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
    const output = childProcess.execFileSync(NODE, args, { encoding: 'utf8' });
    assert.equal(output, 'spawn /bin/echo replaced, ended, replaced\n');
  });

  it('says which process it became, where and how it failed', async () => {
    const child = childProcess.spawn(NODE, [script], { cwd: folder });
    assert.equal(recorder.all[0]?.attributes['process.pid'], child.pid);
    assert.equal(recorder.all[0]?.attributes['process.working_directory'], folder);
    await closed(child);
    const missing = childProcess.spawn('diogenesis-no-such-program');
    assert.equal(missing.listenerCount('error'), 0);
    const [error] = await once(missing, 'error');
    assert.equal(recorder.all[1]?.error, error);
    assert.equal(recorder.all[1]?.ended, 1);
    const result = childProcess.spawnSync('diogenesis-no-such-program');
    assert.equal(recorder.all[2]?.error, result.error);
  });

  it('asks an argument what it says once, and runs what it has said', () => {
    for (const run of [
      (words: unknown[]) => childProcess.spawnSync(NODE, words as string[], { encoding: 'utf8' }).stdout,
      (words: unknown[]) => childProcess.execFileSync(NODE, words as string[], { encoding: 'utf8' }),
    ]) {
      let asked = 0;
      const word = { toString: () => `process.stdout.write('${++asked}')` };
      assert.equal(run(['-e', word]), '1');
      assert.equal(asked, 1);
      const words = ['-e', ''];
      Object.defineProperty(words, 1, { enumerable: true, get: () => `process.stdout.write('${++asked}')` });
      assert.equal(run(words), '2');
      assert.equal(asked, 2);
    }
    const mine = new RangeError('mine');
    const words = ['-e', { toString: () => assert.fail(mine) }] as string[];
    assert.throws(() => childProcess.spawnSync(NODE, words), mine);
  });

  it('keeps secrets in the act and out of its attributes', () => {
    childProcess.spawnSync(NODE, [script, '--token', 'hunter2']);
    assert.deepEqual(recorder.all[0]?.act.argv, [script, '--token', 'hunter2']);
    assert.deepEqual(recorder.all[0]?.attributes['process.command_args'], [NODE, script, '--token', '[REDACTED]']);
  });

  it('tells of nothing that Node rejects', () => {
    assert.throws(() => childProcess.spawn('' as string), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.throws(() => childProcess.spawnSync(undefined as never), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.deepEqual(recorder.told(), []);
  });

  it('sees through options that name another program the second time they are read', () => {
    let reads = 0;
    const child = new (
      childProcess as unknown as { ChildProcess: new () => ChildProcess & { spawn(o: object): void } }
    ).ChildProcess();
    child.spawn({
      args: ['x', '-e', '0'],
      get file() {
        return reads++ === 0 ? 'diogenesis-first-answer' : NODE;
      },
    });
    child.on('error', () => {});
    assert.deepEqual(recorder.told(), ['spawn diogenesis-first-answer']);
    assert.equal(child.spawnfile, 'diogenesis-first-answer');
  });

  describe('refuses', () => {
    const refusal = new Refusal('refused');
    beforeEach(() => {
      recorder.refuse = () => refusal;
    });

    it('spawn and fork with an error event, and nothing runs', async () => {
      for (const start of [() => childProcess.spawn(NODE, [script]), () => childProcess.fork(script)]) {
        const child = start();
        assert.equal(child.pid, undefined);
        child.on('spawn', () => assert.fail('it ran')).on('exit', () => assert.fail('it ran'));
        const [error] = await once(child, 'error');
        assert.equal(error, refusal);
        assert.equal(child.spawnfile, NODE);
        assert.equal(Object.hasOwn(child, 'emit'), false);
      }
    });

    it('exec and execFile in their callbacks and promises', async () => {
      assert.equal(await new Promise((done) => childProcess.exec('true', done)), refusal);
      assert.equal(await new Promise((done) => childProcess.execFile(NODE, [script], done)), refusal);
      await assert.rejects(promisify(childProcess.execFile)(NODE, [script]), refusal);
    });

    it('spawnSync with a result, execSync, execFileSync and workers with a throw', () => {
      const result = childProcess.spawnSync(NODE, [script]);
      assert.deepEqual([result.error, result.status, result.pid, result.stdout], [refusal, null, 0, null]);
      for (const start of [
        () => childProcess.execSync('true'),
        () => childProcess.execFileSync(NODE, [script]),
        () => new Worker(script),
      ]) {
        assert.throws(start, (error) => error === refusal);
      }
    });
  });
});

describe('monitoring travels', () => {
  /** Runs code in a Node that was started with a preload of ours; it prints what its children see. */
  function runPreloaded(code: string, how: 'NODE_OPTIONS' | 'arguments'): unknown {
    const sense = new URL('../../instrumentations/child-process/', import.meta.url);
    const preload = join(folder, 'node_modules', 'diogenesis-otel', 'register.cjs');
    childProcess.execFileSync(NODE, [
      '-e',
      `fs.mkdirSync(path.dirname(${JSON.stringify(preload)}), { recursive: true })`,
    ]);
    writeFileSync(preload, 'globalThis.preloaded = true;');
    const main = join(folder, 'main.mjs');
    writeFileSync(
      main,
      `import cp from 'node:child_process'; import { Worker } from 'node:worker_threads'; import { once } from 'node:events';
      import { processSense } from ${JSON.stringify(new URL('sense.ts', sense).href)};
      processSense.enable({});
      const probe = 'console.log(!!globalThis.preloaded, process.env.DIOGENESIS_MODE)';
      const reply = (o) => String(o).trim();
      const worker = async (o) => (await once(new Worker('require("worker_threads").parentPort.postMessage(!!globalThis.preloaded)', { eval: true, ...o }), 'message'))[0];
      const result = [];
      ${code}
      console.log(JSON.stringify(result));`,
    );
    const env: NodeJS.ProcessEnv = { ...process.env, DIOGENESIS_MODE: 'learn' };
    delete env.NODE_OPTIONS;
    if (how === 'NODE_OPTIONS') env.NODE_OPTIONS = `--require ${preload}`;
    const args = how === 'arguments' ? ['--require', preload, main] : [main];
    return JSON.parse(
      childProcess.execFileSync(NODE, args, { env, encoding: 'utf8' }).trim().split('\n').at(-1) as string,
    );
  }

  const code = `
    const clean = Object.freeze({ PATH: process.env.PATH });
    result.push(reply(cp.execFileSync(process.execPath, ['-e', probe], { env: clean })));
    result.push(reply(cp.spawnSync(process.execPath, ['-e', probe], { env: clean }).stdout));
    result.push(reply(cp.execSync(JSON.stringify(process.execPath) + " -e '" + probe + "'", { env: clean })));
    result.push(reply(await new Promise((done) => cp.execFile(process.execPath, ['-e', probe], { env: clean }, (e, out) => done(out)))));
    delete process.env.NODE_OPTIONS;
    result.push(reply(cp.execFileSync(process.execPath, ['-e', probe])));
    result.push(reply(await new Promise((done) => cp.execFile(process.execPath, ['-e', probe], (e, out) => done(out)))));
    for (const options of [{}, { env: {} }, { execArgv: [] }, { env: {}, execArgv: [] }]) result.push(await worker(options));`;
  for (const how of ['NODE_OPTIONS', 'arguments'] as const) {
    it(`into children and workers with a clean environment, when the preload came with ${how}`, posix, () => {
      const seen = runPreloaded(code, how);
      assert.deepEqual(seen, [...Array(6).fill('true learn'), true, true, true, true]);
    });
  }

  it('not into other programs', posix, () => {
    const seen = runPreloaded(
      `result.push(reply(cp.execFileSync('/usr/bin/env', { env: { A: '1' } })))`,
      'NODE_OPTIONS',
    );
    assert.deepEqual(seen, ['A=1']);
  });
});
