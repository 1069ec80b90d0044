import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { repository } from '../support/victim-app.ts';

/* The same program twice, without and with the preload: what it prints, how it ends and what it leaves must be equal. */

const folder = mkdtempSync(join(tmpdir(), 'invisible-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const PRELOAD = ['--require', join(repository, 'dist/register.js')];

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, preload: readonly string[], flags: readonly string[]): Ran {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_NO_WARNINGS: '1' };
  for (const name of Object.keys(env))
    if (/^(OTEL_|DIOGENESIS_|NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_TEST_CONTEXT$)/.test(name)) delete env[name];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...preload, file], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

function both(name: string, source: string, flags: readonly string[] = []): { bare: Ran; watched: Ran } {
  const file = join(folder, name);
  writeFileSync(file, source);
  return { bare: run(file, [], flags), watched: run(file, PRELOAD, flags) };
}

/** Asserts that the program does the same, and that it did something. */
function same(name: string, source: string, flags?: readonly string[]): Ran {
  const { bare, watched } = both(name, source, flags);
  assert.deepEqual(watched, bare);
  assert.notEqual(bare.stdout + bare.stderr, '');
  return bare;
}

/** Without the frames that are Node's or look like it: V8 shows ours among them, and counts them towards its limit. */
function ownFrames(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:/.test(line))
    .join('\n');
}

describe('the functions of Node', () => {
  it('have the names, lengths, properties, prototypes and accessors they have', () => {
    const { bare, watched } = both(
      'surface.cjs',
      `const seen = new Set();
      const { inspect } = require('util');
      // Whoever loads it freezes what crypto has defined by then: the order of loading is the application's.
      require('crypto');
      const attributes = (d) => [d.enumerable, d.configurable, d.writable, typeof d.value, !!d.get, !!d.set].join();
      const isOurs = (key) => typeof key === 'symbol' && key.description === 'diogenesis-otel.v1';
      // That there is a preload is no secret: it was given.
      const GIVEN = new Set(['module._cache', 'module._pathCache', 'process.moduleLoadList', 'process.execArgv', 'process._preload_modules']);
      // What code looks at in the text of a function: is it a class or native, of which a wrapper is one. That one is asynchronous is asked of its
      // prototype: an asynchronous wrapper would answer later than what it wraps, so its text is not one's (docs/limits.md).
      const kind = (fn) => fn === Promise.prototype.then || /^class|native code/.test(Function.prototype.toString.call(fn));
      const shown = (fn) => (/^.object Async/.test(Object.prototype.toString.call(fn)) ? '' : inspect(fn).split('\\n')[0]);
      function show(path, fn) {
        if (seen.has(fn)) return;
        seen.add(fn);
        const parent = Object.getPrototypeOf(fn);
        const own = Reflect.ownKeys(fn).map((key) => String(key) + ' ' + attributes(Object.getOwnPropertyDescriptor(fn, key)));
        console.log(path, fn.name, fn.length, own.sort().join(' '), parent?.name, parent?.constructor?.name, Object.prototype.toString.call(fn),
          kind(fn), shown(fn), Object.isExtensible(fn));
        const { prototype } = fn;
        if (typeof prototype !== 'object' || prototype === null) return;
        if (Object.hasOwn(prototype, 'constructor')) console.log(path, prototype.constructor === fn);
        console.log(path, Object.getPrototypeOf(prototype)?.constructor?.name);
        walk(path + '.prototype', prototype);
      }
      function walk(path, owner) {
        console.log(path, Object.isFrozen(owner), Object.isExtensible(owner));
        for (const key of Reflect.ownKeys(owner).filter((each) => !isOurs(each))) {
          if (GIVEN.has(path + '.' + String(key))) continue;
          const descriptor = Object.getOwnPropertyDescriptor(owner, key);
          const at = path + '.' + String(key);
          console.log(at, attributes(descriptor));
          for (const fn of [descriptor.value, descriptor.get, descriptor.set]) if (typeof fn === 'function') show(at, fn);
          const { value } = descriptor;
          const isPlain = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && key !== 'env' && key !== 'mainModule';
          if (!isPlain || path.includes('.') || seen.has(value)) continue;
          seen.add(value);
          walk(at, value);
        }
      }
      const modules = require('module').builtinModules.filter((name) => !name.startsWith('_') && name !== 'sys' && name !== 'punycode');
      for (const name of [...modules, 'node:sqlite', 'node:test', 'node:test/reporters', 'node:sea'].toSorted()) {
        let module;
        try { module = require(name); } catch (error) { console.log(name, error.code); continue; }
        walk(name, module);
        if (typeof module === 'function') show(name, module);
      }
      walk('process', process);
      walk('globalThis', globalThis);`,
    );
    const [lines, linesBare] = [watched.stdout.split('\n'), bare.stdout.split('\n')];
    const known = new Set(linesBare);
    assert.deepEqual(
      lines.filter((line) => !known.has(line)),
      [],
    );
    assert.deepEqual(lines, linesBare);
    assert.equal(watched.stderr, bare.stderr);
    assert.ok(lines.length > 10_000);
    for (const each of [
      'fs/promises',
      'child_process',
      'net',
      'dns/promises',
      'http',
      'https',
      'tls',
      'dgram',
      'worker_threads',
      'vm',
      'inspector',
      'wasi',
      'node:sqlite',
    ]) {
      assert.ok(bare.stdout.includes(`\n${each}.`), each);
    }
  });

  it('that are one under two names stay one', () => {
    same(
      'one.cjs',
      `const fs = require('fs'), timers = require('timers'), { EventEmitter } = require('events');
      console.log(timers.setTimeout === setTimeout, timers.setImmediate === setImmediate);
      console.log(EventEmitter.prototype.on === EventEmitter.prototype.addListener);
      console.log(fs.promises === require('fs/promises'), fs.ReadStream === fs.FileReadStream, require('dns').promises === require('dns/promises'));
      console.log(fs.readFile.prototype.constructor === fs.readFile);
      import('fs').then((m) => console.log(m.readFile === fs.readFile, m.default === fs, m.promises === fs.promises));`,
    );
  });

  it('are still asynchronous functions for those who ask', () => {
    same(
      'kind.cjs',
      `const { readFile, glob } = require('fs/promises');
      console.log(readFile[Symbol.toStringTag], readFile.constructor.name, readFile instanceof (async () => {}).constructor);
      console.log(glob?.[Symbol.toStringTag], readFile('nowhere').catch(() => {}) instanceof Promise);`,
    );
  });
});

describe('a process at its start', () => {
  it('has the listeners, handles, arguments and globals it has', () => {
    same(
      'start.cjs',
      `for (const event of ['exit', 'beforeExit', 'uncaughtException', 'uncaughtExceptionMonitor', 'unhandledRejection',
        'rejectionHandled', 'warning', 'message', 'multipleResolves', 'worker', 'SIGINT', 'SIGTERM', 'SIGHUP', 'newListener']) {
        console.log(event, process.listenerCount(event));
      }
      console.log(process.eventNames(), process._getActiveHandles().length, process.getActiveResourcesInfo());
      console.log(process.argv.length, process.exitCode, Object.keys(globalThis));
      console.log(Error.stackTraceLimit, typeof Error.prepareStackTrace, module.children.length, module.paths.length);
      console.log(process.env.NODE_OPTIONS, Object.keys(process.env).filter((name) => name.startsWith('DIOGENESIS_')));`,
    );
  });

  it('ends as it ends', () => {
    for (const [name, source] of [
      ['code', 'process.exitCode = 7; console.log(1)'],
      ['exit', 'process.on("exit", (code) => console.log(code)); process.exit(3)'],
      ['signal', 'console.log(1); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)'],
      ['server', 'require("net").createServer().listen(0, function () { console.log(1); this.unref() })'],
      ['socket', 'const s = require("dgram").createSocket("udp4"); s.bind(0, () => { console.log(1); s.unref() })'],
    ] as const) {
      same(`end-${name}.cjs`, source);
    }
  });
});

describe('an error', () => {
  const failing: readonly (readonly [name: string, source: string])[] = [
    ['fs.cjs', `require('fs').readFileSync('/nowhere')`],
    ['open.cjs', `require('fs').openSync('/nowhere', 'r')`],
    ['argument.cjs', `require('fs').readFile(1.5, () => {})`],
    ['callback.cjs', `require('fs').stat('/nowhere', (error) => { throw error })`],
    ['promise.mjs', `import { readFile } from 'node:fs/promises'; await readFile('/nowhere')`],
    ['spawn.cjs', `require('child_process').spawn('')`],
    ['spawned.cjs', `require('child_process').spawn('/nowhere')`],
    ['exec.cjs', `require('child_process').execFileSync('/nowhere')`],
    ['connect.cjs', `require('net').connect({ port: 99999999 })`],
    ['listen.cjs', `require('net').createServer().listen(99999999)`],
    ['lookup.cjs', `require('dns').lookup(1, 2)`],
    ['request.cjs', `require('http').get('http:// /')`],
    ['datagram.cjs', `require('dgram').createSocket('udp4').send('x', 99999999)`],
    ['worker.cjs', `new (require('worker_threads').Worker)('nowhere.js')`],
    ['class.cjs', `require('worker_threads').Worker()`],
    ['require.cjs', `require('./nowhere')`],
    ['import.mjs', `import './nowhere.mjs'`],
    ['syntax.cjs', `new (require('vm').Script)('var 4')`],
    ['own.cjs', `setTimeout(() => { throw new TypeError('own') })`],
    ['rejected.cjs', `Promise.reject(new Error('rejected'))`],
  ];
  for (const [name, source] of failing) {
    it(`that nobody catches is told as Node tells it: ${source}`, () => {
      const { bare, watched } = both(`error-${name}`, source, ['--stack-trace-limit=40']);
      assert.notEqual(bare.status, 0);
      assert.equal(watched.status, bare.status);
      assert.equal(watched.stdout, bare.stdout);
      const [told, toldBare] = [watched.stderr, bare.stderr];
      // Where it came from, the line, and the message.
      assert.equal(told.slice(0, told.indexOf('\n    at ')), toldBare.slice(0, toldBare.indexOf('\n    at ')));
      assert.equal(ownFrames(told), ownFrames(toldBare));
      assert.ok(!told.includes(repository), told);
    });
  }

  it('has no frame that looks like user code, however it is looked at', () => {
    same(
      'frames.cjs',
      `const fs = require('fs');
      Error.stackTraceLimit = 50;
      const files = (error) => [...new Set(error.stack.split('\\n').slice(1).map((line) => /\\(?([^( ]*):\\d+:\\d+\\)?$/.exec(line)?.[1]))].filter((file) => file && !file.startsWith('node:'));
      try { fs.readFileSync('/nowhere') } catch (error) { console.log(files(error)) }
      console.log(files(new Error('here')));`,
    );
  });

  it('that is rejected is handled, or not, when it is', () => {
    same(
      'rejections.cjs',
      `const fs = require('fs'), dns = require('dns');
      // Which of the files is missed first is up to the threads.
      const told = [];
      process.on('exit', () => console.log(told.sort()));
      process.on('unhandledRejection', (error) => {
        told.push('unhandled ' + error.path);
        if (error.path === '/nowhere-2') setImmediate(() => late.catch(() => told.push('late')));
      });
      process.on('rejectionHandled', () => told.push('handled'));
      fs.promises.readFile('/nowhere-1');
      const late = fs.promises.stat('/nowhere-2');
      fs.promises.open('/nowhere-3').catch((error) => told.push('caught ' + error.code));
      dns.promises.lookup('::1').then(({ address }) => told.push(address));`,
    );
  });
});

describe('the order of things', () => {
  it('is that of ticks, microtasks, immediates and callbacks around wrapped calls', () => {
    same(
      'order.cjs',
      `const fs = require('fs'), net = require('net'), { spawn } = require('child_process'), dns = require('dns');
      const log = [];
      const note = (name) => log.push(name);
      process.nextTick(note, 'tick 1');
      queueMicrotask(() => note('microtask 1'));
      Promise.resolve().then(() => note('then 1')).then(() => note('then 2')).then(() => note('then 3')).then(() => note('then 4'));
      fs.promises.access('/nowhere').catch(() => note('access failed'));
      dns.lookup('127.0.0.1', () => note('lookup'));
      dns.promises.lookup('127.0.0.1').then(() => note('lookup promised'));
      note('sync ' + fs.existsSync('/'));
      const child = spawn('/nowhere');
      child.on('error', () => note('spawn failed'));
      process.nextTick(note, 'tick 2');
      const socket = net.connect(1, '127.0.0.1');
      socket.on('error', () => note('connect failed'));
      note('pending ' + socket.connecting);
      fs.createReadStream('/nowhere').on('error', () => {});
      process.nextTick(note, 'tick 3');
      setTimeout(() => { console.log(log.filter((name) => !/^access/.test(name)).slice(0, 12)); console.log(log.sort()); }, 200);`,
    );
  });

  it('is that of an asynchronous function that ends at once', () => {
    same(
      'ticks.mjs',
      `import fs from 'node:fs/promises';
      const handle = await fs.open(process.argv[1]);
      await fs.stat(process.argv[1]);
      let ticks = 0;
      let isOver = false;
      fs.readFile(1.5).then(() => {}, () => { isOver = true; });
      while (!isOver && ticks < 20) { ticks++; await undefined; }
      console.log(ticks);
      await handle.close();`,
    );
  });

  it('keeps the context of AsyncLocalStorage through callbacks, promises, events and children', () => {
    same(
      'context.cjs',
      `const { AsyncLocalStorage } = require('async_hooks');
      const fs = require('fs'), net = require('net'), http = require('http'), dns = require('dns'), dgram = require('dgram');
      const { execFile, exec, spawn } = require('child_process'), { Worker } = require('worker_threads');
      const storage = new AsyncLocalStorage();
      const seen = {};
      const note = (name) => () => { seen[name] = storage.getStore(); };
      const within = (name, fn) => storage.run(name, fn);
      within('a', () => fs.readFile(__filename, note('readFile')));
      within('b', () => fs.promises.stat(__filename).then(note('stat')));
      within('c', () => fs.createReadStream(__filename).on('data', note('data')).on('close', note('stream closed')));
      within('d', () => execFile(process.execPath, ['-e', '0'], note('execFile')));
      within('e', () => exec('exit 1', note('exec')));
      within('f', () => spawn('/nowhere').on('error', note('spawn')));
      within('g', () => dns.lookup('127.0.0.1', note('lookup')));
      within('h', () => new Worker('0', { eval: true }).on('exit', note('worker')));
      within('i', () => setTimeout(note('timeout'), 1));
      const udp = dgram.createSocket('udp4');
      within('j', () => udp.bind(0, '127.0.0.1', () => { note('bind')(); udp.close(); }));
      const server = http.createServer((request, response) => response.end('x'));
      within('k', () => server.listen(0, '127.0.0.1', () => {
        note('listen')();
        const { port } = server.address();
        within('l', () => net.connect(port, '127.0.0.1', function () { note('connect')(); this.end(); }));
        within('m', () => http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
          note('response')();
          response.resume().on('end', note('end'));
        }).on('socket', note('socket')).on('close', () => server.close()));
      }));
      process.on('exit', () => console.log(Object.entries(seen).sort()));`,
    );
  });
});

describe('what a process starts', () => {
  it('has the environment it has, apart from our own variables', () => {
    same(
      'environment.cjs',
      `const { spawnSync, execFile, fork } = require('child_process'), { Worker } = require('worker_threads');
      const told = [];
      process.on('exit', () => console.log(told.map((each) => JSON.stringify(each)).sort()));
      const print = 'const e = {...process.env}; delete e.NODE_OPTIONS; for (const k in e) if (k.startsWith("DIOGENESIS_")) delete e[k]; '
        + 'const shown = JSON.stringify([Object.entries(e).sort(), process.execArgv, process.argv.length, process.title]);';
      console.log(spawnSync(process.execPath, ['-e', print + 'console.log(shown)'], { env: { A: '1' } }).stdout.toString());
      console.log(spawnSync('env', { env: { B: '2' } }).stdout.toString());
      execFile(process.execPath, ['--no-deprecation', '-e', print + 'console.log(shown)'], (error, stdout) => told.push(['execFile', error, JSON.parse(stdout)[1]]));
      for (const execArgv of [['--trace-warnings'], []]) {
        const worker = new Worker(print.replaceAll('process.title', '1') + 'require("worker_threads").parentPort.postMessage(JSON.parse(shown)[1])', { eval: true, execArgv, env: { C: '3' } });
        worker.on('message', (options) => told.push(['own', execArgv, options]));
        const shared = new Worker('require("worker_threads").parentPort.postMessage(process.execArgv)', { eval: true, execArgv });
        shared.on('message', (options) => told.push(['shared', execArgv, options]));
      }`,
    );
  });

  it('takes options from a file as it does, and is shown with the arguments it was given', () => {
    writeFileSync(join(folder, 'options.env'), 'NODE_OPTIONS=--stack-trace-limit=3\nA=1\n');
    same(
      'options-file.cjs',
      `const { spawn, spawnSync } = require('child_process');
      const args = ['--env-file=options.env', '-p', '[Error.stackTraceLimit, process.env.A, process.execArgv].join()'];
      console.log(String(spawnSync(process.execPath, args).stdout));
      const child = spawn(process.execPath, args, { stdio: 'inherit' });
      console.log(child.spawnargs.slice(1));`,
    );
  });

  it('starts under the permission model too', () => {
    same(
      'permission.cjs',
      `const { spawnSync } = require('child_process');
      const { status, stdout } = spawnSync(process.execPath, ['--permission', '-p', '[process.permission.has("fs.read"), process.permission.has("fs.read", "/etc/passwd"), process.permission.has("child")].join()']);
      console.log(status, String(stdout));`,
    );
  });
});

describe('what Node loads lazily', () => {
  it('is still what it is when somebody loads it', () => {
    same(
      'lazy.cjs',
      `const loaded = () => ['http', 'https', 'dns', 'http2', 'tls'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name));
      console.log(loaded());
      require('https');
      console.log(loaded());`,
    );
  });
});

describe('options of Node', () => {
  it('that end the process at an exception do not end it at one of ours', () => {
    same('abort.js', `import 'node:fs'; console.log(typeof require);`, ['--abort-on-uncaught-exception']);
  });

  it('that measure coverage measure the code of the user', () => {
    writeFileSync(join(folder, 'covered.cjs'), `exports.found = require('fs').existsSync('/');`);
    const { bare, watched } = both(
      'coverage.test.cjs',
      `require('node:test')('covers', () => require('./covered.cjs'));`,
      ['--test', '--test-isolation=none', '--experimental-test-coverage', '--test-reporter=tap'],
    );
    const files = ({ stdout }: Ran) => stdout.split('\n').filter((line) => /^# .*\|/.test(line));
    assert.ok(files(bare).length > 2, bare.stdout);
    assert.deepEqual(files(watched), files(bare));
  });
});
