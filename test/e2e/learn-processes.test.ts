import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseLock } from '../../src/baseline/lock-file.ts';
import { AppFolder } from '../support/app-folder.ts';
import { type CliResult, cli } from '../support/cli.ts';
import { testRunners, useModules } from '../support/registry-packages.ts';

const LOCK = 'diogenesis.lock.json';
/* Does one thing beyond what every package may do, and says in which process and thread. */
const MARKED = (name: string) => `
  const fs = require('node:fs'); const { threadId } = require('node:worker_threads');
  module.exports = function seen() {
    try { fs.readFileSync(require('node:os').homedir() + '/.npmrc') } catch {}
    fs.appendFileSync(process.env.SEEN, process.pid + '-' + threadId + ' ${name}\\n');
  };`;

interface App extends AppFolder {
  learn(...command: string[]): Promise<void>;
  check(...command: string[]): Promise<CliResult>;
}

/** An application with packages that tell where they were loaded. */
function makeApp(packages: readonly string[], scripts: Record<string, string> = {}): App {
  const app = new AppFolder();
  const dependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']));
  app.write('package.json', JSON.stringify({ name: 'app', version: '1.0.0', scripts, dependencies }));
  app.write('home/.npmrc', '//registry.example/:_authToken=secret');
  for (const name of packages) app.package(name, '1.0.0', MARKED(name));
  const run = (...args: string[]) => {
    const env = {
      HOME: app.path('home'),
      SEEN: app.path('home/seen'),
      ...(existsSync(app.path('tmp')) ? { TMPDIR: app.path('tmp') } : {}),
      PATH: [app.path('node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
      npm_config_userconfig: app.path('none'),
      npm_config_update_notifier: 'false',
    };
    return cli(args, { cwd: app.root, env });
  };
  return Object.assign(app, {
    async learn(...command: string[]) {
      const { code, stdout, stderr } = await run('learn', '--', ...command);
      assert.equal(code, 0, `${stdout}\n${stderr}`);
    },
    check: (...command: string[]) => run('check', '--', ...command),
  });
}

const lockBytes = (app: AppFolder) => readFileSync(app.path(LOCK), 'utf8');

/** Where packages said that they were, and where observations were written. */
function places(app: AppFolder): { told: Set<string>; observed: Map<string, number> } {
  const told = new Set<string>();
  for (const line of readFileSync(app.path('home/seen'), 'utf8').trim().split('\n'))
    told.add(line.split(' ')[0] as string);
  const observed = new Map<string, number>();
  for (const file of globSync('.diogenesis/observations/*/*.jsonl', { cwd: app.root })) {
    if (file.endsWith('findings.jsonl')) continue;
    const { pid, threadId } = JSON.parse(readFileSync(app.path(file), 'utf8').split('\n', 1)[0] as string);
    observed.set(`${pid}-${threadId}`, (observed.get(`${pid}-${threadId}`) ?? 0) + 1);
  }
  return { told, observed };
}

/** Every place has one observation file of its own, and the lock has what each package did there. */
function assertAllLearned(app: AppFolder, packages: readonly string[], placeCount: number): void {
  const { told, observed } = places(app);
  assert(observed.size >= placeCount, `${observed.size} processes and threads`);
  for (const place of told) assert.equal(observed.get(place), 1, `observation files of ${place}`);
  const lock = parseLock(lockBytes(app), LOCK, { strict: true });
  for (const name of packages) {
    const traits = lock.packages.get(`${name}@1.0.0`)?.traits;
    assert(traits?.includes('fs.read:<home>/.npmrc [credential]'), `${name}: ${traits}`);
  }
}

describe('learn covers', () => {
  const spread: [what: string, packages: string[], files: Record<string, string>, command: string[]][] = [
    [
      'cluster',
      ['primary', 'in-cluster'],
      {
        'app.js': `
          const cluster = require('node:cluster');
          if (cluster.isPrimary) { require('primary')(); cluster.fork(); cluster.fork(); }
          else { require('in-cluster')(); process.disconnect(); }`,
      },
      ['node', 'app.js'],
    ],
    [
      'fork, spawn and exec',
      ['forked', 'spawned', 'executed'],
      {
        'app.js': `
          const { fork, spawn, exec } = require('node:child_process');
          fork('./forked.js'); spawn('node', ['spawned.js']); exec('node executed.js');`,
        'forked.js': "require('forked')()",
        'spawned.js': "require('spawned')()",
        'executed.js': "require('executed')()",
      },
      ['node', 'app.js'],
    ],
    [
      'worker threads, and workers and children of workers',
      ['first', 'second', 'third'],
      {
        'app.mjs': "import { Worker } from 'node:worker_threads'; new Worker('./first.mjs');",
        'first.mjs':
          "import first from 'first'; import { Worker } from 'node:worker_threads'; first(); new Worker('./second.mjs');",
        'second.mjs':
          "import second from 'second'; import { fork } from 'node:child_process'; second(); fork('./third.mjs');",
        'third.mjs': "import third from 'third'; third();",
      },
      ['node', 'app.mjs'],
    ],
    [
      'npm scripts that call npm scripts',
      ['outer', 'inner'],
      { 'outer.js': "require('outer')()", 'inner.js': "require('inner')()" },
      ['npm', 'run', '--silent', 'outer'],
    ],
    [
      'node --test',
      ['one', 'two'],
      Object.fromEntries(
        ['one', 'two'].map((name) => [
          `test/${name}.test.js`,
          `const { it } = require('node:test'); it('works', () => require('${name}')())`,
        ]),
      ),
      ['node', '--test'],
    ],
  ];
  for (const [what, packages, files, command] of spread) {
    it(what, async () => {
      using app = makeApp(packages, { outer: 'node outer.js && npm run --silent inner', inner: 'node inner.js' });
      for (const [file, text] of Object.entries(files)) app.write(file, text);
      await app.learn(...command);
      assertAllLearned(app, packages, packages.length);
      assert(places(app).told.size >= packages.length);
      const bytes = lockBytes(app);
      await app.learn(...command);
      assert.equal(lockBytes(app), bytes);
    });
  }
});

describe('learn covers the processes and threads of', () => {
  let modules = '';
  let missing: string | undefined;
  before(async () => {
    const runners = await testRunners();
    if ('modules' in runners) modules = runners.modules;
    else missing = runners.missing;
  });

  const runners: [what: string, file: (name: string) => [string, string], command: string[]][] = [
    [
      'vitest with processes',
      (name) => [
        `test/${name}.spec.mjs`,
        `import { it } from 'vitest'; import seen from '${name}'; it('works', () => seen())`,
      ],
      ['vitest', 'run', '--pool=forks'],
    ],
    [
      'vitest with threads',
      (name) => [
        `test/${name}.spec.mjs`,
        `import { it } from 'vitest'; import seen from '${name}'; it('works', () => seen())`,
      ],
      ['vitest', 'run', '--pool=threads'],
    ],
    [
      'jest',
      (name) => [`test/${name}.test.js`, `test('works', () => require('${name}')())`],
      ['jest', '--maxWorkers=2', '--silent'],
    ],
    [
      'mocha',
      (name) => [`test/${name}.js`, `it('works', () => require('${name}')())`],
      ['mocha', '--parallel', '--jobs=2'],
    ],
  ];
  for (const [what, file, command] of runners) {
    it(what, async (context) => {
      if (missing !== undefined) return context.skip(missing);
      const packages = ['one', 'two', 'idle'];
      using app = makeApp(packages);
      useModules(app, modules);
      app.package('idle', '1.0.0', 'module.exports = () => {}');
      for (const name of packages) app.write(...file(name));
      await app.learn(...command);
      // The runner itself, and who runs tests for it: how many it takes is the runner's business.
      assertAllLearned(app, ['one', 'two'], 2);
      // It does nothing beyond what every package may, and was loaded past Node's own loader: a baseline all the same.
      assert.deepEqual(parseLock(lockBytes(app), LOCK, { strict: true }).packages.get('idle@1.0.0')?.traits, []);
      const bytes = lockBytes(app);
      await app.learn(...command);
      assert.equal(lockBytes(app), bytes);
    });
  }

  it('jest, as docs/troubleshooting.md has it: green with a warm cache and a cold one, red for what a package adds', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    using app = makeApp(['one']);
    useModules(app, modules);
    app.package('one', '1.0.0', 'module.exports = () => {}');
    app.write('one.test.js', "test('works', () => require('one')())");
    app.write('tmp/here', '');
    await app.learn('jest', '--no-cache');
    await app.learn('jest');
    for (const isCold of [false, true]) {
      if (isCold) rmSync(app.path('tmp'), { recursive: true });
      app.write('tmp/here', '');
      const { code, stdout, stderr } = await app.check('jest');
      assert.equal(code, 0, `${stdout}\n${stderr}`);
    }
    app.package('one', '1.0.1', MARKED('one'));
    const { code, stderr } = await app.check('jest');
    assert.equal(code, 3);
    assert.match(stderr, /one@1\.0\.1 does more than one@1\.0\.0\n.*fs\.read:<home>\/\.npmrc \[credential\]/);
  });
});
