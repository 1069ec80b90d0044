import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { auditOptions, refusedUnderAudit } from '../../src/cli/audit.ts';
import { PROGRAM } from '../faults/program.ts';
import { AppFolder } from '../support/app-folder.ts';
import { diogenesis, makeApp } from '../support/small-app.ts';
import { repository } from '../support/victim-app.ts';

const register = join(repository, 'dist/register.js');
const hasAudit = process.allowedNodeEnvironmentFlags.has('--permission-audit');
const older = { skip: hasAudit ? false : 'this Node has no --permission-audit' };
const AUDIT = auditOptions(repository);
/* Any addon will do. */
const [addon] = globSync('node_modules/**/*.node', { cwd: repository }).map((file) => join(repository, file));

const KEEPER = `globalThis.kept = { ...require('node:fs'), ...require('node:child_process') };`;
/** What a package does with functions that somebody kept from before the senses. */
const THIEF = `const { kept } = globalThis;
exports.run = () => {
  kept.readFileSync(process.env.HOME + '/.npmrc', 'utf8');
  setTimeout(kept.readFile, 1, process.env.HOME + '/.netrc', () => {});
  kept.spawnSync('true');
};`;

interface Seen {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly traits: readonly string[];
}

function watch(app: AppFolder, options: readonly string[], main = 'main.js'): Seen {
  const folder = app.path(`observations-${options.length}`);
  const ran = spawnSync(process.execPath, [...options, '--require', register, main], {
    cwd: app.root,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: app.path('home'),
      TMPDIR: app.path('tmp'),
      NODE_NO_WARNINGS: '1',
      DIOGENESIS_QUIET: '1',
      DIOGENESIS_MODE: 'learn',
      DIOGENESIS_OBSERVATIONS: folder,
    },
  });
  const traits = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line) as string[])
    .filter((note) => note.length > 1)
    .map(([by, trait]) => `${by} ${trait}`)
    .sort();
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr, traits: [...new Set(traits)] };
}

function makeVictim(code: string): AppFolder {
  const app = new AppFolder();
  app.write('home/.npmrc', '//registry.example/:_authToken=secret');
  app.write('home/.netrc', 'machine example password secret');
  app.write('tmp/x', '');
  app.write('package.json', '{"name":"app","version":"1.0.0","dependencies":{"helper":"*"}}');
  app.write('keeper.js', KEEPER);
  app.write('main.js', `require('helper').run?.();`);
  app.package('helper', '1.0.0', code);
  app.write('node_modules/helper/module.mjs', 'export const answer = 42;');
  app.write('node_modules/helper/child.js', 'console.log(1);');
  return app;
}

describe('the permission audit as a second source', older, () => {
  it('tells, and attributes, what functions kept from before the senses do', () => {
    using app = makeVictim(THIEF);
    const keeper = ['--require', './keeper.js'];
    const acts = ['helper@1.0.0 fs.read:<home>/.npmrc [credential]', 'helper@1.0.0 process.spawn:true'];
    const plain = watch(app, keeper);
    const audited = watch(app, [...keeper, ...AUDIT]);
    assert.equal(plain.code, 0, plain.stderr);
    assert.equal(audited.code, 0, audited.stderr);
    for (const act of acts) {
      assert.ok(!plain.traits.includes(act), `only the audit sees ${act}`);
      assert.ok(audited.traits.includes(act), `${act} of ${audited.traits.join('; ')}`);
    }
    assert.ok(
      audited.traits.some((trait) => trait.endsWith('fs.read:<home>/.netrc [credential]')),
      'also where nobody is on the stack',
    );
  });

  it('counts nothing twice that a sense has told', () => {
    // A folder each, of the same name length: the program leaves files behind.
    using bare = counting();
    using second = counting();
    const plain = watch(bare, []);
    const audited = watch(second, AUDIT);
    const count = ({ stderr }: Seen) => /^COUNT (.*)$/m.exec(stderr)?.[1];
    assert.equal(audited.stdout, plain.stdout);
    assert.deepEqual(audited.traits, plain.traits);
    assert.ok(count(plain) !== undefined, plain.stderr);
    assert.equal(count(audited), count(plain));
  });

  function counting(): AppFolder {
    const app = makeVictim(PROGRAM);
    app.write(
      'count.js',
      `process.on('exit', () => { const { known, novel } = require(${JSON.stringify(join(repository, 'dist/index.js'))}).status().behaviors; process._rawDebug('COUNT ' + known + ' ' + novel); });`,
    );
    app.write('main.js', `require('./count.js'); require('helper');`);
    return app;
  }

  it('is a sense that status() knows, and that other processes do not have', () => {
    using app = makeVictim('');
    app.write(
      'main.js',
      `console.log(JSON.stringify(require(${JSON.stringify(join(repository, 'dist/index.js'))}).status().senses.audit));`,
    );
    assert.equal(watch(app, AUDIT).stdout, 'true\n');
    assert.equal(watch(app, []).stdout, 'undefined\n');
  });
});

describe('diogenesis run --audit', older, () => {
  it('says what this Node refuses under it, and that is what it refuses', async () => {
    using app = makeApp();
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'app 1\n');
    assert.ok(stderr.includes(`this Node refuses ${refusedUnderAudit(process.versions.node)}`), stderr);
    const attempts = {
      'native addons': `process.dlopen({ exports: {} }, ${JSON.stringify(addon)})`,
      'process.binding': `process.binding('fs')`,
      inspector: `new (require('node:inspector').Session)().connect()`,
      'process.report': `process.report.writeReport('/dev/null')`,
    };
    for (const [what, attempt] of Object.entries(attempts)) {
      const { status } = spawnSync(process.execPath, [...AUDIT, '-e', attempt], { stdio: 'ignore' });
      assert.equal(status !== 0, refusedUnderAudit(process.versions.node).includes(what), what);
    }
  });

  it('runs without where the command does not tolerate what Node refuses, and says so', async () => {
    using app = makeApp();
    app.write('app.js', `new (require('node:inspector').Session)().connect(); console.log('inspected');`);
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'inspected\n');
    assert.match(stderr, /Node refuses the inspector under its permission model/);
    assert.match(
      stderr,
      /does not tolerate --permission-audit \(exit code 1 after Node refused the inspector\); running it again/,
    );
  });

  it('leaves the subpath imports of what is installed alone, and tells of others', async () => {
    using app = makeApp();
    const imports = { '#text': './text.js' };
    app.package('dep', '1.0.0', "module.exports = () => require('#text');", { imports });
    app.write('node_modules/dep/text.js', "module.exports = 'of dep';");
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'app of dep\n');
    assert.doesNotMatch(stderr, /does not tolerate/);
    app.write('package.json', JSON.stringify({ name: 'app', version: '1.0.0', imports }));
    app.write('text.js', "console.log('of the app');");
    app.write('app.js', "require('#text');");
    const own = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(own.code, 0, own.stderr);
    assert.equal(own.stdout, 'of the app\n');
    assert.match(own.stderr, /Node refuses subpath imports \(#name\) under its permission model/);
  });

  it('runs without where another Node of the process tree does not know the option', async () => {
    using app = makeApp();
    // As an older Node does.
    const older = app.write(
      'older-node',
      `#!/bin/sh\ncase "$NODE_OPTIONS" in *permission-audit*) exit 9;; esac\nexec '${process.execPath}' "$@"\n`,
    );
    chmodSync(older, 0o755);
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--audit', '--', older, 'app.js');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'app 1\n');
    assert.match(stderr, /exit code 9 after Node refused the option itself\); running it again without/);
  });

  it('does not run a command again that fails by itself', async () => {
    using app = makeApp();
    app.write('app.js', `console.log('once'); process.exitCode = 7;`);
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(code, 7, stderr);
    assert.equal(stdout, 'once\n');
  });
});

describe('on a Node without it', { skip: hasAudit ? 'this Node has it' : false }, () => {
  it('goes on without, and says so', async () => {
    using app = makeApp();
    const { code, stderr } = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /this Node has no --permission-audit/);
  });
});

describe('addons under the audit', { skip: !process.version.startsWith('v24.') }, () => {
  it('are told as refused', async () => {
    using app = makeApp();
    app.write(
      'app.js',
      `try { process.dlopen({ exports: {} }, ${JSON.stringify(addon)}); } catch ({ code }) { console.log(code); }`,
    );
    const { stdout, stderr } = await diogenesis(app, 'run', '--audit', '--', 'node', 'app.js');
    assert.equal(stdout, 'ERR_DLOPEN_DISABLED\n');
    assert.match(stderr, /Node refuses native addons under its permission model/);
  });
});
