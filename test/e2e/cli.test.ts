import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parseLock } from '../../src/baseline/lock-file.ts';
import { startOf } from '../../src/baseline/lock-store.ts';
import type { AppFolder } from '../support/app-folder.ts';
import { cli, startCli, untilSaid } from '../support/cli.ts';
import { Screen } from '../support/screen.ts';
import { diogenesis, makeApp, QUIET_DEP, type SmallApp, STEALING_DEP } from '../support/small-app.ts';

const LOCK = 'diogenesis.lock.json';
function lockOf(app: AppFolder) {
  return parseLock(readFileSync(app.path(LOCK), 'utf8'), LOCK, { strict: true });
}

async function learnt(app: SmallApp, sessions = 1): Promise<void> {
  for (let i = 0; i < sessions; i++) assert.equal((await diogenesis(app, 'learn', '--', 'node', 'app.js')).code, 0);
}

describe('learn', () => {
  it('writes what every package did, and nothing new the second time', async () => {
    using app = makeApp();
    const first = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.deepEqual([first.code, first.stdout], [0, 'app 1\n']);
    assert.match(first.stderr, /^diogenesis: diogenesis\.lock\.json created: .*2 new packages/);
    assert.deepEqual([...lockOf(app).packages.keys()], ['<app>', 'dep@1.0.0']);
    const bytes = readFileSync(app.path(LOCK), 'utf8');
    const second = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.match(
      second.stderr,
      /unchanged: nothing new[\s\S]*2 learning; stable after 4 more sessions without novelty/,
    );
    assert.equal(readFileSync(app.path(LOCK), 'utf8'), bytes);
  });

  it('writes the same bytes in another folder, with another home', async () => {
    using one = makeApp();
    using other = makeApp();
    for (const app of [one, other]) {
      app.package('dep', '1.0.0', STEALING_DEP);
      await learnt(app);
    }
    assert.notEqual(one.root, other.root);
    assert.equal(readFileSync(one.path(LOCK), 'utf8'), readFileSync(other.path(LOCK), 'utf8'));
    assert.match(readFileSync(one.path(LOCK), 'utf8'), /fs\.read:<home>\/\.npmrc \[credential\]/);
  });

  it('has an entry for packages of packages, nested ones too', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', "require('inner'); require('deep'); module.exports = () => 1", {
      dependencies: { inner: '1.0.0', deep: '2.0.0' },
    });
    app.package('inner', '1.0.0', "require('node:dns')");
    app.package('deep', '2.0.0', "require('node:net')", {}, 'node_modules/dep/node_modules/deep');
    await learnt(app);
    const { packages } = lockOf(app);
    assert.deepEqual([...packages.keys()], ['<app>', 'deep@2.0.0', 'dep@1.0.0', 'inner@1.0.0']);
    assert.deepEqual(packages.get('deep@2.0.0')?.traits, ['import:node:net']);
  });

  it('does not say where a linked package lies', async () => {
    const locks: string[] = [];
    for (const place of ['home/src/linked', 'home/work/other-name']) {
      using app = makeApp();
      app.package('linked', '1.0.0', "require('node:dns');", {}, place);
      app.write(`${place}/lib/part.js`, '');
      app.write(`${place}/data.json`, '{}');
      app.link(place, 'node_modules/linked');
      app.write(
        'app.js',
        `const path = require.resolve('linked/lib/part.js');
         require('linked'); require(path); require('node:fs').writeFileSync(path.replace('lib/part.js', 'data.json'), '');`,
      );
      await learnt(app);
      locks.push(readFileSync(app.path(LOCK), 'utf8'));
    }
    assert.equal(locks[0], locks[1]);
    assert.match(locks[0] ?? '', /"fs\.write:<node_modules>\/linked\//);
    assert.match(locks[0] ?? '', /"linked@1\.0\.0"/);
  });

  it('says loudly what is dangerous', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    const { stderr } = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.match(
      stderr,
      /look at this one before you commit:\n\s+! dep@1\.0\.0 reaches a secret: fs\.read:<home>\/\.npmrc \[credential\]/,
    );
  });

  it('becomes stable by evidence', async () => {
    using app = makeApp();
    await learnt(app, 6);
    assert.deepEqual(
      [...lockOf(app).packages.values()].map(({ state }) => state),
      ['stable', 'stable'],
    );
  });

  it('covers every process and thread of the command, and packages that only those load', async () => {
    using app = makeApp();
    for (const name of ['in-child', 'in-worker', 'in-shell'])
      app.package(name, '1.0.0', 'require("node:dns"); module.exports = 1;');
    app.write('in-child.js', "require('in-child')");
    app.write('in-worker.js', "require('in-worker')");
    app.write('in-shell.js', "require('in-shell')");
    app.write(
      'app.js',
      `
      const { fork } = require('node:child_process'); const { Worker } = require('node:worker_threads');
      fork('./in-child.js'); new Worker('./in-worker.js');`,
    );
    app.write('all.sh', 'node app.js && node in-shell.js\n');
    assert.equal((await diogenesis(app, 'learn', '--', 'sh', 'all.sh')).code, 0);
    const keys = [...lockOf(app).packages.keys()];
    for (const name of ['in-child', 'in-worker', 'in-shell'])
      assert(keys.includes(`${name}@1.0.0`), `${name}: ${keys}`);
  });

  it('leaves the package manager that runs the command out', async () => {
    using app = makeApp();
    app.write(
      'package.json',
      JSON.stringify({ name: 'app', scripts: { go: 'node app.js' }, dependencies: { dep: '1.0.0' } }),
    );
    const env = { HOME: app.home, npm_config_userconfig: app.path('none'), npm_config_update_notifier: 'false' };
    const { code, stderr } = await cli(['learn', '--', 'npm', 'run', '--silent', 'go'], { cwd: app.root, env });
    assert.equal(code, 0, stderr);
    assert.deepEqual([...lockOf(app).packages.keys()], ['<app>', 'dep@1.0.0']);
  });

  it('keeps what a killed process had seen', async () => {
    using app = makeApp();
    app.write('app.js', "require('dep')(); process.kill(process.pid, 'SIGKILL')");
    const { signal } = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.equal(signal, 'SIGKILL');
    assert(lockOf(app).packages.has('dep@1.0.0'));
  });

  it('keeps what a process had seen that ran out of memory', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    app.write('app.js', "require('dep')(); const held = []; for (;;) held.push(new Array(100_000).fill(0.5));");
    const { code, signal, stderr } = await diogenesis(app, 'learn', '--', 'node', '--max-old-space-size=24', 'app.js');
    assert(code !== 0 || signal !== null);
    assert.match(stderr, /heap out of memory/);
    assert(lockOf(app).packages.get('dep@1.0.0')?.traits.includes('fs.read:<home>/.npmrc [credential]'));
  });

  it('merges later what it was killed before it could merge', async () => {
    using app = makeApp();
    app.write(
      'long.js',
      "require('dep'); console.log('ready'); process.stdin.resume(); setInterval(() => process.ppid === 1 && process.exit(), 20)",
    );
    const child = startCli(['learn', '--', 'node', 'long.js'], { cwd: app.root, env: { HOME: app.home } });
    await untilSaid(child.stdout, 'ready');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert(!existsSync(app.path(LOCK)));
    app.write('other.js', '');
    const { stderr } = await diogenesis(app, 'learn', '--', 'node', 'other.js');
    assert.match(stderr, /and 1 session that a crash had left unmerged/);
    assert(lockOf(app).packages.has('dep@1.0.0'));
  });

  it('ends as the command ends', async () => {
    using app = makeApp();
    app.write('app.js', 'process.exitCode = 7');
    assert.equal((await diogenesis(app, 'learn', '--', 'node', 'app.js')).code, 7);
  });

  it('starts a new version from the one before, and prunes what is not installed on request', async () => {
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.1.0', 'require("node:net"); module.exports = () => 1;');
    app.write('package-lock.json', JSON.stringify({ packages: { 'node_modules/dep': { version: '1.1.0' } } }));
    const { stderr } = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.match(stderr, /dep@1\.1\.0 \(beyond dep@1\.0\.0\)/);
    assert.deepEqual([...lockOf(app).packages.keys()], ['<app>', 'dep@1.0.0', 'dep@1.1.0']);
    assert.match((await diogenesis(app, 'learn', '--prune', '--', 'node', 'app.js')).stderr, /pruned: dep@1\.0\.0/);
    assert.deepEqual([...lockOf(app).packages.keys()], ['<app>', 'dep@1.1.0']);
  });

  it('refuses a lock file that it cannot read or write before it runs anything', async () => {
    using app = makeApp();
    app.write(LOCK, '{"lockfileVersion": 1,\n<<<<<<< HEAD\n');
    const broken = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.deepEqual([broken.code, broken.stdout], [2, '']);
    assert.match(broken.stderr, /^diogenesis: .*diogenesis\.lock\.json:2:1: an unresolved merge conflict;[^\n]*\n$/);
    rmSync(app.path(LOCK));
    await learnt(app);
    chmodSync(app.path(LOCK), 0o444);
    const readOnly = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.deepEqual(
      [readOnly.code, readOnly.stdout, readOnly.stderr],
      [2, '', `diogenesis: ${LOCK}: is read-only; nothing was run\n`],
    );
  });
});

describe('check', () => {
  it('passes what is as locked, and writes nothing to the lock file', async () => {
    using app = makeApp();
    await learnt(app);
    const bytes = readFileSync(app.path(LOCK), 'utf8');
    const { code, stdout, stderr } = await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [0, 'app 1\n']);
    assert.match(stderr, /^diogenesis check: as diogenesis\.lock\.json says/m);
    assert.equal(readFileSync(app.path(LOCK), 'utf8'), bytes);
  });

  it('refuses an update that does more than the version before, and says what', async () => {
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.0.1', STEALING_DEP);
    const bytes = readFileSync(app.path(LOCK), 'utf8');
    const { code, stdout, stderr } = await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [3, 'app 1\n']);
    assert.match(stderr, /ALERT dep@1\.0\.1 does more than dep@1\.0\.0/);
    assert.match(stderr, /\+ fs\.read:<home>\/\.npmrc \[credential\] +reaches a secret/);
    assert.match(stderr, /expected\? diogenesis approve dep@1\.0\.1 {3}not\? stay with dep@1\.0\.0/);
    assert.equal(readFileSync(app.path(LOCK), 'utf8'), bytes);
  });

  it('reports on stdout, and nothing else there, in the formats for machines', async () => {
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.0.1', STEALING_DEP);
    const json = await diogenesis(app, 'check', '--format', 'json', '--', 'node', 'app.js');
    assert.equal(json.code, 3);
    assert.equal(JSON.parse(json.stdout).packages[0].package, 'dep@1.0.1');
    assert.match(json.stderr, /^app 1$/m);
    const sarif = await diogenesis(app, 'check', '--format=sarif', '--', 'node', 'app.js');
    assert.equal(JSON.parse(sarif.stdout).runs[0].results[0].ruleId, 'diogenesis/credential');
    const markdown = await diogenesis(
      app,
      'check',
      '--format',
      'markdown',
      '--output',
      'out.md',
      '--',
      'node',
      'app.js',
    );
    assert.equal(markdown.stdout, 'app 1\n');
    assert.match(readFileSync(app.path('out.md'), 'utf8'), /#### ALERT `dep@1\.0\.1`/);
  });

  it('keeps the failure of the command visible, unless something worse was found', async () => {
    using app = makeApp();
    app.write('app.js', "require('dep')(); process.exitCode = 7");
    await diogenesis(app, 'learn', '--', 'node', 'app.js');
    const failed = await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.equal(failed.code, 7);
    assert.match(failed.stderr, /the command ended with exit code 7/);
    app.package('dep', '1.0.1', STEALING_DEP);
    assert.equal((await diogenesis(app, 'check', '--', 'node', 'app.js')).code, 3);
  });

  it('lists installed versions that nobody has observed, without failing', async () => {
    using app = makeApp();
    await learnt(app);
    app.write(
      'package-lock.json',
      JSON.stringify({
        packages: { 'node_modules/dep': { version: '1.0.0' }, 'node_modules/idle': { version: '2.0.0' } },
      }),
    );
    const { code, stdout } = await diogenesis(app, 'check', '--format', 'json', '--', 'node', 'app.js');
    assert.deepEqual([code, JSON.parse(stdout).unobserved], [0, ['idle@2.0.0']]);
  });

  it('follows the reviewed exceptions of the config file', async () => {
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.0.1', 'require("node:dns"); module.exports = () => 1');
    const allow = (expires: string) =>
      writeFileSync(
        app.path('diogenesis.config.json'),
        JSON.stringify({ allow: [{ package: 'dep@^1', trait: 'import:node:*', reason: 'resolves', expires }] }),
      );
    allow('2999-12-31');
    const allowed = await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.equal(allowed.code, 0, allowed.stderr);
    assert.match(allowed.stderr, /allowed: dep@1\.0\.1 import:node:dns \(resolves\)/);
    allow('2020-01-01');
    const expired = await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.equal(expired.code, 3);
    assert.match(expired.stderr, /its exception expired on 2020-01-01/);
  });

  it('watches the lifecycle scripts of an installation, and names the package', async () => {
    using app = makeApp();
    await learnt(app);
    app.write(
      'thief/package.json',
      JSON.stringify({ name: 'thief', version: '1.0.0', scripts: { postinstall: 'node steal.js' } }),
    );
    app.write(
      'thief/steal.js',
      "try { require('node:fs').readFileSync(require('node:os').homedir() + '/.npmrc') } catch {}",
    );
    const install = ['npm', 'install', '--offline', '--no-audit', '--no-fund', '--install-links', './thief'];
    const { code, stderr } = await cli(['check', '--', ...install], {
      cwd: app.root,
      env: { HOME: app.home, npm_config_userconfig: app.path('none') },
    });
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /ALERT thief@1\.0\.0 is new here, and did this in its postinstall script\n\s+\+ fs\.read:<home>\/\.npmrc \[credential\]/,
    );
  });

  it('does not pass when nothing could be observed', async () => {
    using app = makeApp();
    await learnt(app);
    const { code, stderr } = await diogenesis(app, 'check', '--', 'true');
    assert.deepEqual([code, /no Node process could be observed, nothing was checked/.test(stderr)], [2, true]);
  });

  it('needs a lock file', async () => {
    using app = makeApp();
    const { code, stdout, stderr } = await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.deepEqual(
      [code, stdout, stderr],
      [2, '', `diogenesis: ${LOCK}: there is no lock file; run "diogenesis learn -- COMMAND" first\n`],
    );
  });

  it('works where nothing can be written beside the application', async () => {
    using app = makeApp();
    await learnt(app);
    rmSync(app.path('.diogenesis'), { recursive: true });
    app.write('.diogenesis', 'in the way');
    app.package('dep', '1.0.1', STEALING_DEP);
    assert.equal((await diogenesis(app, 'check', '--', 'node', 'app.js')).code, 3);
  });
});

describe('run', () => {
  it('tells of findings as they happen and at the end, on stderr alone', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--findings', 'f.jsonl', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [0, 'app 1\n']);
    assert.match(
      stderr,
      /diogenesis ALERT data_exfiltration dep@1\.0\.0[\s\S]*diogenesis: \d+ ALERT[\s\S]*ALERT dep@1\.0\.0 +voltage 0\.\d\d/,
    );
    const findings = readFileSync(app.path('f.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert(findings.some(({ level, package: { name } }) => level === 'ALERT' && name === 'dep'));
  });

  it('says nothing when it shall be quiet', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    assert.equal((await diogenesis(app, 'run', '--quiet', '--', 'node', 'app.js')).stderr, '');
  });

  it('fails on request, but never instead of the app', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    assert.equal((await diogenesis(app, 'run', '--fail-on', 'alert', '--', 'node', 'app.js')).code, 3);
    app.write('app.js', "require('dep')(); process.exitCode = 5");
    assert.equal((await diogenesis(app, 'run', '--fail-on', 'ALERT', '--', 'node', 'app.js')).code, 5);
    app.package('dep', '1.0.0', QUIET_DEP);
    app.write('app.js', "require('dep')()");
    assert.equal((await diogenesis(app, 'run', '--fail-on', 'WARN', '--', 'node', 'app.js')).code, 0);
  });

  it('hands on what the command writes as it writes it, byte by byte', async () => {
    using app = makeApp();
    const bytes = Buffer.from([0, 255, 13, 10, 27, 91, 195, 40]);
    app.write(
      'app.js',
      `const fs = require('node:fs');
      process.stdout.write(Buffer.from([${bytes.join()}]));
      setInterval(() => { if (fs.existsSync('go')) process.exit(5); }, 20);`,
    );
    const child = startCli(['run', '--quiet', '--', 'node', 'app.js'], { cwd: app.root });
    const ended = once(child, 'close');
    let written = Buffer.alloc(0);
    for await (const chunk of child.stdout) {
      written = Buffer.concat([written, chunk]);
      // It goes on only when this was seen.
      if (written.length === bytes.length) app.write('go', '');
    }
    assert.deepEqual([written, (await ended)[0]], [bytes, 5]);
  });

  it('keeps the NODE_OPTIONS, the arguments and the working directory of the command', async () => {
    using app = makeApp();
    app.write('first.cjs', 'globalThis.first = 1');
    app.write('app.js', 'console.log(JSON.stringify([globalThis.first, process.argv.slice(2), process.cwd()]))');
    const env = { HOME: app.home, NODE_OPTIONS: `--require ${app.path('first.cjs')}` };
    const { stdout } = await cli(['run', 'node', 'app.js', '--quiet', '--', 'a b', '$X'], { cwd: app.root, env });
    assert.deepEqual(JSON.parse(stdout), [1, ['--quiet', '--', 'a b', '$X'], app.root]);
  });

  it('keeps the NODE_OPTIONS that the command takes from its own .env', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    app.write('first.cjs', 'globalThis.first = 1');
    app.write('.env', 'NODE_OPTIONS=--require ./first.cjs --stack-trace-limit=7\n');
    app.write(
      'app.js',
      `require('dep')();
       console.log(JSON.stringify([globalThis.first, Error.stackTraceLimit, process.execArgv, process.env.NODE_OPTIONS]));`,
    );
    const told = await diogenesis(app, 'run', '--findings', 'f.jsonl', '--', 'node', '--env-file=.env', 'app.js');
    const options = '--require ./first.cjs --stack-trace-limit=7';
    assert.deepEqual(JSON.parse(told.stdout), [1, 7, ['--env-file=.env'], options], told.stderr);
    assert.match(readFileSync(app.path('f.jsonl'), 'utf8'), /"level":"ALERT"/);
    const viaShell = await diogenesis(app, 'run', '--', 'sh', '-c', 'node --env-file=.env app.js; true');
    assert.match(viaShell.stderr, /^diogenesis: NODE_OPTIONS of \.env is not in effect: /m);
  });

  it('shows in the title of the terminal what a long run is at, and nothing among what the command writes', async (context) => {
    if (spawnSync('script', ['--version']).status !== 0)
      return context.skip('there is no script(1) to make a terminal');
    using app = makeApp();
    app.write('app.js', "process.stdout.write('half a '); setTimeout(() => process.stdout.write('line'), 3600);");
    const bin = new URL('../../dist/cli.js', import.meta.url).pathname;
    const line = `"${process.execPath}" "${bin}" run -- "${process.execPath}" app.js`;
    const options = { cwd: app.root, encoding: 'utf8', env: { ...process.env, HOME: app.home } } as const;
    const [{ stdout: terminal }, { stdout: piped }] = await Promise.all([
      promisify(execFile)('script', ['-qec', line, '/dev/null'], options),
      promisify(execFile)('sh', ['-c', `${line} 2>&1 | cat`], options),
    ]);
    const title = /\u001b\[22;2t\u001b\]2;diogenesis run: 3 s, 1 process seen\u0007/;
    assert.match(terminal, title);
    const back = terminal.indexOf('\u001b[23;2t');
    assert(back > terminal.search(title));
    assert.equal(terminal.slice(0, back).replaceAll(/\u001b\[22;2t|\u001b\]2;[^\u0007]*\u0007/g, ''), 'half a line');
    assert.doesNotMatch(piped, /\u001b/);
  });

  it('says in a line of the terminal what it waits for, below what the command wrote, and takes it away', async (context) => {
    if (spawnSync('script', ['--version']).status !== 0)
      return context.skip('there is no script(1) to make a terminal');
    using app = makeApp();
    app.write('app.js', "console.log('one\\ntwo\\nthree\\nfour'); process.stdout.write('half a line');");
    // Somebody who lives, and does not let go.
    const mutex = app.write(
      '.diogenesis/diogenesis.lock.json.mutex',
      JSON.stringify({ id: 'x', host: hostname(), pid: process.pid, started: startOf(process.pid) }),
    );
    const bin = new URL('../../dist/cli.js', import.meta.url).pathname;
    const line = `stty rows 4 cols 80; exec "${process.execPath}" "${bin}" learn -- "${process.execPath}" app.js`;
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: app.root,
      env: { ...process.env, HOME: app.home, TERM: 'xterm' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const screen = new Screen(4, 80);
    const waiting = 'three\nfour\nhalf a line\ndiogenesis: another process writes diogenesis.lock.json; waiting for it';
    let seen = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      screen.write(chunk);
      if (screen.text !== waiting) continue;
      seen = screen.text;
      rmSync(mutex, { force: true });
    }
    assert.equal(seen, waiting);
    assert.match(screen.text, /^half a linediogenesis: diogenesis\.lock\.json created/m);
    assert.doesNotMatch(screen.text, /another process/);
  });

  it('passes signals on, and ends as the command then ends', async () => {
    using app = makeApp();
    app.write(
      'app.js',
      "process.on('SIGTERM', () => { console.log('bye'); process.exit(9) }); setInterval(() => {}, 1000); console.log('ready')",
    );
    const child = startCli(['run', '--', 'node', 'app.js'], { cwd: app.root, env: { HOME: app.home } });
    await untilSaid(child.stdout, 'ready');
    child.kill('SIGTERM');
    await untilSaid(child.stdout, 'bye');
    assert.deepEqual(await once(child, 'exit'), [9, null]);
  });

  it('ends by the signal that ended the command', async () => {
    using app = makeApp();
    app.write('app.js', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)");
    assert.equal((await diogenesis(app, 'run', '--', 'node', 'app.js')).signal, 'SIGTERM');
  });

  it('starts the app in spite of a broken lock file, with one line', async () => {
    using app = makeApp();
    app.write(LOCK, '{"lockfileVersion": 1,');
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [0, 'app 1\n']);
    assert.match(
      stderr,
      /diogenesis\.lock\.json:1:23: the file ends in the middle: it is truncated;[^\n]*going on without a baseline\n/,
    );
    assert.equal(readFileSync(app.path(LOCK), 'utf8'), '{"lockfileVersion": 1,');
  });

  it('starts the app in spite of a broken config file, with one line', async () => {
    using app = makeApp();
    app.write('diogenesis.config.json', '{"mod": "block"}');
    const { code, stdout, stderr } = await diogenesis(app, 'run', '--', 'node', 'app.js');
    assert.deepEqual([code, stdout], [0, 'app 1\n']);
    assert.match(stderr, /diogenesis\.config\.json: unknown key "mod" \(did you mean "mode"\?\)/);
  });
});

describe('approve', () => {
  it('takes the last check into the lock file, so that the next one passes', async () => {
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.0.1', STEALING_DEP);
    assert.equal((await diogenesis(app, 'check', '--', 'node', 'app.js')).code, 3);
    const { code, stderr } = await diogenesis(app, 'approve', 'dep');
    assert.equal(code, 0);
    assert.match(stderr, /\d traits of 1 package approved into diogenesis\.lock\.json/);
    assert.equal((await diogenesis(app, 'check', '--', 'node', 'app.js')).code, 0);
  });

  it('takes single traits, or all below a level, and says what is left', async () => {
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.0.1', STEALING_DEP);
    await diogenesis(app, 'check', '--', 'node', 'app.js');
    assert.match(
      (await diogenesis(app, 'approve', '--all-below', 'ALERT')).stderr,
      /still unreviewed: 1 trait of 1 package/,
    );
    assert(!lockOf(app).packages.get('dep@1.0.1')?.traits.includes('fs.read:<home>/.npmrc [credential]'));
    assert.equal((await diogenesis(app, 'approve', 'dep@1.0.1', 'fs.read:<home>/.npmrc [credential]')).code, 0);
    const wrong = await diogenesis(app, 'approve', 'dep@1.0.1', 'fs.read:<app>/*.{cjs,js}');
    assert.match(wrong.stderr, /^diogenesis: dep@1\.0\.1: the last run has no unreviewed "fs\.read:<app>\/\*\.cjs"/);
    assert(lockOf(app).packages.get('dep@1.0.1')?.traits.includes('fs.read:<home>/.npmrc [credential]'));
  });

  it('says in one line what it does not find', async () => {
    using app = makeApp();
    assert.match(
      (await diogenesis(app, 'approve', 'dep')).stderr,
      /^diogenesis: there is no run to approve; do "diogenesis check -- COMMAND" first\n$/,
    );
    await learnt(app);
    app.package('dep', '1.0.1', STEALING_DEP);
    await diogenesis(app, 'check', '--', 'node', 'app.js');
    const unknown = await diogenesis(app, 'approve', 'dpe');
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [2, 'diogenesis: dpe: the last run has no unreviewed behavior of it (did you mean dep?)\n'],
    );
    assert.match(
      (await diogenesis(app, 'approve', 'dep', 'import:node:nett')).stderr,
      /has no unreviewed "import:node:nett" \(did you mean "import:node:net"\?\)/,
    );
  });
});

const git = (app: AppFolder, ...args: string[]) =>
  execFileSync('git', args, {
    cwd: app.root,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, HOME: app.root, GIT_CONFIG_NOSYSTEM: '1' },
  });

function commitAll(app: AppFolder, message: string): void {
  git(app, 'add', LOCK, '.gitignore', '.gitattributes');
  git(app, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', message);
}

const lockText = (traits: Record<string, string[]>) =>
  `${JSON.stringify({ lockfileVersion: 1, packages: Object.fromEntries(Object.entries(traits).map(([key, list]) => [key, { state: 'stable', traits: list }])), tools: {} }, null, 2)}\n`;

describe('init, diff and merge', () => {
  it('let git merge two branches that both learned, without a conflict', async () => {
    using app = makeApp();
    git(app, 'init', '-q', '-b', 'main');
    assert.equal((await diogenesis(app, 'init', '--merge-driver')).code, 0);
    // What npx would find in a project that has the package installed.
    const driver = git(app, 'config', 'merge.diogenesis.driver').trim();
    assert.equal(driver, 'npx --no-install diogenesis merge --driver %O %A %B');
    const bin = new URL('../../dist/cli.js', import.meta.url).pathname;
    git(
      app,
      'config',
      'merge.diogenesis.driver',
      driver.replace('npx --no-install diogenesis', `"${process.execPath}" "${bin}"`),
    );
    app.write(LOCK, lockText({ 'a@1.0.0': ['code.eval'] }));
    commitAll(app, 'base');
    git(app, 'checkout', '-qb', 'other');
    app.write(LOCK, lockText({ 'a@1.0.0': ['code.eval', 'net.dns:x.example'], 'c@1.0.0': [] }));
    commitAll(app, 'other');
    git(app, 'checkout', '-q', 'main');
    app.write(LOCK, lockText({ 'a@1.0.0': ['code.eval', 'net.dns:a.example'], 'b@1.0.0': [] }));
    commitAll(app, 'ours');
    git(app, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'merge', '-q', 'other');
    assert.equal(
      readFileSync(app.path(LOCK), 'utf8'),
      lockText({
        'a@1.0.0': ['code.eval', 'net.dns:a.example', 'net.dns:x.example'],
        'b@1.0.0': [],
        'c@1.0.0': [],
      }).replaceAll('[]', '[]'),
    );
  });

  it('compare git revisions, and merge them', async () => {
    using app = makeApp();
    git(app, 'init', '-q', '-b', 'main');
    app.write('.gitignore', '.diogenesis/\n');
    app.write('.gitattributes', '\n');
    app.write(LOCK, lockText({ 'a@1.0.0': ['code.eval'] }));
    commitAll(app, 'base');
    assert.deepEqual((await diogenesis(app, 'diff', '--git', 'HEAD')).code, 0);
    app.write(LOCK, lockText({ 'a@1.1.0': ['code.eval', 'process.spawn:git'] }));
    const { code, stdout } = await diogenesis(app, 'diff', '--git', 'HEAD');
    assert.equal(code, 3);
    assert.equal(stdout, 'a@1.1.0 (was a@1.0.0)\n  + WARN  process.spawn:git\n1 entry: 1 added, 0 removed\n');
    assert.equal((await diogenesis(app, 'diff', `HEAD:${LOCK}`, LOCK)).stdout, stdout);
    assert.equal((await diogenesis(app, 'merge', '-o', 'all.lock.json', LOCK, `HEAD:${LOCK}`)).code, 0);
    assert.equal(
      readFileSync(app.path('all.lock.json'), 'utf8'),
      lockText({ 'a@1.0.0': ['code.eval'], 'a@1.1.0': ['code.eval', 'process.spawn:git'] }),
    );
    assert.match(
      (await diogenesis(app, 'diff', `nope:${LOCK}`, LOCK)).stderr,
      /^diogenesis: nope:diogenesis\.lock\.json: fatal: [^\n]*\n$/,
    );
  });

  it('read observations too', async () => {
    using app = makeApp();
    await learnt(app);
    assert.equal((await diogenesis(app, 'merge', '-o', 'seen.lock.json', '.diogenesis/observations')).code, 0);
    assert.equal(readFileSync(app.path('seen.lock.json'), 'utf8'), readFileSync(app.path(LOCK), 'utf8'));
    assert.equal((await diogenesis(app, 'diff', LOCK, '.diogenesis/observations')).code, 0);
  });

  it('add what is missing and replace nothing', async () => {
    using app = makeApp();
    app.write('.gitignore', 'node_modules');
    app.write('diogenesis.config.json', '{"mode":"observe"}');
    assert.equal((await diogenesis(app, 'init')).code, 0);
    assert.equal((await diogenesis(app, 'init')).code, 0);
    assert.equal(readFileSync(app.path('.gitignore'), 'utf8'), 'node_modules\n.diogenesis/\n');
    assert.equal(readFileSync(app.path('diogenesis.config.json'), 'utf8'), '{"mode":"observe"}');
  });
});

describe('explain', () => {
  it('lists findings and tells the story of one', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    await diogenesis(app, 'run', '--', 'node', 'app.js');
    const list = (await diogenesis(app, 'explain')).stdout;
    const id = /^(\S+) +ALERT/m.exec(list)?.[1] as string;
    const { stdout } = await diogenesis(app, 'explain', id);
    assert.match(stdout, /^ALERT data_exfiltration dep@1\.0\.0\n/);
    assert.match(
      stdout,
      /in this order\n.*fs\.read:<home>\/\.npmrc \[credential\]\n.*then {2}dep@1\.0\.0 {2}net\.connect/,
    );
    assert.equal(JSON.parse((await diogenesis(app, 'explain', '--json', id)).stdout).id, id);
    assert.equal((await diogenesis(app, 'explain', 'zzz')).code, 2);
  });
});

describe('doctor', () => {
  it('says that senses are live and first, and that findings would be lost', async () => {
    using app = makeApp();
    const { code, stdout } = await diogenesis(app, 'doctor', '--', 'node', 'app.js');
    assert.equal(code, 3);
    assert.match(stdout, /^ok {4}every sense is live: import, fs, net, childProcess/m);
    assert.match(stdout, /^ok {4}loaded before any other code, as "diogenesis run" does it$/m);
    assert.match(stdout, /^note {2}on its own it does not load Diogenesis/m);
    assert.match(stdout, /^BAD {3}findings go to stderr only/m);
    const written = await diogenesis(app, 'doctor', '--findings', 'f.jsonl', '--', 'node', 'app.js');
    assert.equal(written.code, 0, written.stdout);
  });

  it('says how the application loads Diogenesis where nobody runs it by this command', async () => {
    using app = makeApp();
    symlinkSync(dirname(dirname(import.meta.dirname)), app.path('node_modules/diogenesis-otel'));
    const ask = async (...command: string[]) => {
      const { code, stdout } = await diogenesis(app, 'doctor', '--findings', 'f.jsonl', '--', ...command);
      return [code, /^.*on its own.*$/m.exec(stdout)?.[0]];
    };
    const first = 'ok    on its own it preloads Diogenesis before any other code';
    assert.deepEqual(await ask('node', '-r', 'diogenesis-otel/register', 'app.js'), [0, first]);
    app.write('first.js', '');
    assert.deepEqual(await ask('node', '-r', './first.js', '-r', 'diogenesis-otel/register', 'app.js'), [
      3,
      'BAD   on its own it preloads Diogenesis late, after ./first.js: put "--require diogenesis-otel/register" first',
    ]);
    app.write('late.js', "require('dep'); setTimeout(() => require('diogenesis-otel').activate(), 1500)");
    assert.deepEqual(await ask('node', 'late.js'), [
      0,
      'note  on its own it loads Diogenesis in code, after dep: what these do while they load goes unseen without "--require diogenesis-otel/register"',
    ]);
  });

  it('names who else patches the same functions, and a sense that is off', async () => {
    using app = makeApp();
    app.write(
      'app.js',
      "const fs = require('node:fs'); const { readFileSync } = fs; fs.readFileSync = function () { return Reflect.apply(readFileSync, this, arguments) };",
    );
    app.write('diogenesis.config.json', '{"senses":{"net":false},"findings":"f.jsonl"}');
    const { code, stdout } = await diogenesis(app, 'doctor', '--', 'node', 'app.js');
    assert.equal(code, 3);
    assert.match(stdout, /^BAD {3}not live: net$/m);
    assert.match(stdout, /^note {2}also patched by others: fs\.readFileSync$/m);
  });

  it('says whether anybody is there where telemetry goes', async () => {
    using app = makeApp();
    const backend = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    const endpoint = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
    const ask = () =>
      cli(['doctor', '--', 'node', 'app.js'], {
        cwd: app.root,
        env: { HOME: app.home, DIOGENESIS_OTLP_ENDPOINT: endpoint },
      });
    const there = await ask();
    assert(there.stdout.includes(`ok    telemetry goes to ${endpoint}, which accepts connections\n`), there.stdout);
    await once(backend.close(), 'close');
    const gone = await ask();
    assert.equal(gone.code, 3);
    assert.match(
      gone.stdout,
      /^BAD {3}telemetry goes to .* which does not accept connections: findings would be lost/m,
    );
  });

  it('ends a server after a time', async () => {
    using app = makeApp();
    app.write('app.js', 'setInterval(() => {}, 1000)');
    const { code, stdout } = await diogenesis(
      app,
      'doctor',
      '--timeout',
      '5',
      '--findings',
      'f.jsonl',
      '--',
      'node',
      'app.js',
    );
    assert.deepEqual([code, /every sense is live/.test(stdout)], [0, true], stdout);
  });
});

describe('the command line', () => {
  const mistakes: [args: string[], line: RegExp][] = [
    [['chekc'], /^diogenesis: unknown command 'chekc' \(Did you mean check\?\)\n$/],
    [
      ['check', '--formt', 'json', '--', 'node'],
      /^diogenesis: unknown option '--formt' \(Did you mean --format\?\)\n$/,
    ],
    [
      ['check', '--format', 'xml', '--', 'node'],
      /^diogenesis: option '--format <format>' argument 'xml' is invalid\. Allowed choices are text, json, markdown, sarif\.\n$/,
    ],
    [['run'], /^diogenesis: no command given; write it behind "--", e\.g\. -- node app\.js\n$/],
    [['run', '--'], /^diogenesis: no command given;/],
    [['run', '--', 'no-such-command-here'], /^diogenesis: no-such-command-here: there is no such command\n$/],
    [
      ['learn', '--', './not-executable'],
      /^diogenesis: \.\/not-executable: cannot be executed \(permission denied\)\n$/,
    ],
    [['run', '--fail-on', 'BAD', '--', 'node'], /^diogenesis: --fail-on must be one of LOG, WARN, ALERT, not "BAD"\n$/],
    [
      ['run', '--config', 'nope.json', '--', 'node', 'app.js'],
      /^diogenesis: nope\.json: there is no such config file\n$/,
    ],
    [
      ['learn', '--lock', 'nope/x.json', '--', 'node', 'app.js'],
      /^diogenesis: nope\/x\.json: cannot be written \(its folder does not exist\); nothing was run\n$/,
    ],
    [['diff', 'a.json'], /^diogenesis: diff needs two of:/],
    [['diff', 'a.json', 'b.json'], /^diogenesis: a\.json: there is no such file\n$/],
    [['merge', 'x.json'], /^diogenesis: merge needs -o FILE, the lock file to write\n$/],
    [['approve'], /^diogenesis: approve needs a package, as the check named it, or --all-below LEVEL\n$/],
    [['explain', 'x'], /^diogenesis: there are no findings:/],
  ];
  for (const [args, line] of mistakes) {
    it(`answers "${args.join(' ')}" with one clear line and exit code 2`, async () => {
      using app = makeApp();
      app.write('not-executable', '');
      const { code, stdout, stderr } = await diogenesis(app, ...args);
      assert.match(stderr, line);
      assert.deepEqual([code, stdout], [2, '']);
      assert(!existsSync(app.path(LOCK)));
    });
  }

  it('leaves no empty session behind when a command does not exist', async () => {
    using app = makeApp();
    await diogenesis(app, 'learn', '--', 'no-such-command-here');
    assert.deepEqual(readdirSync(app.path('.diogenesis/observations')), []);
  });

  for (const name of ['run', 'learn', 'check', 'approve', 'diff', 'merge', 'explain', 'report', 'doctor', 'init']) {
    it(`has help with examples for ${name}`, async () => {
      using app = makeApp();
      const { code, stdout, stderr } = await diogenesis(app, name, '--help');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, new RegExp(`Examples:\n  \\$ diogenesis (${name}|.* ${name})`));
    });
  }

  it('has no colours in a pipe, and has them when they are forced', async () => {
    using app = makeApp();
    await learnt(app);
    const check = (env: NodeJS.ProcessEnv) =>
      cli(['check', '--', 'node', 'app.js'], { cwd: app.root, env: { HOME: app.home, ...env } });
    assert(!(await check({})).stderr.includes('\u001b['));
    assert((await check({ FORCE_COLOR: '1' })).stderr.includes('\u001b['));
  });

  it('has colours in a terminal, unless NO_COLOR says otherwise', async (context) => {
    if (spawnSync('script', ['--version']).status !== 0)
      return context.skip('there is no script(1) to make a terminal');
    using app = makeApp();
    await learnt(app);
    app.package('dep', '1.0.1', STEALING_DEP);
    const bin = new URL('../../dist/cli.js', import.meta.url).pathname;
    const { NO_COLOR: _none, FORCE_COLOR: _forced, ...rest } = process.env;
    const inTerminal = async (env: NodeJS.ProcessEnv) => {
      const line = `stty cols 60; "${process.execPath}" "${bin}" check -- "${process.execPath}" app.js; true`;
      const options = { cwd: app.root, env: { ...rest, HOME: app.home, TERM: 'xterm', ...env } };
      return (await promisify(execFile)('script', ['-qec', line, '/dev/null'], options)).stdout;
    };
    const [colored, plain] = await Promise.all([inTerminal({}), inTerminal({ NO_COLOR: '1' })]);
    assert.match(colored, /\u001b\[31m/);
    assert.doesNotMatch(plain, /\u001b\[\d*m/);
    const report = plain.slice(plain.indexOf('diogenesis check:')).split(/\r?\n/);
    assert.deepEqual(
      report.filter((text) => text.length > 60 && !text.includes('diogenesis')),
      [],
    );
  });

  it('speaks JSON to programs', async () => {
    using app = makeApp();
    await learnt(app);
    app.write('other.lock.json', lockText({ 'a@1.0.0': ['code.eval'] }));
    const diff = await diogenesis(app, 'diff', '--json', LOCK, 'other.lock.json');
    assert.equal(diff.code, 3);
    assert(JSON.stringify(JSON.parse(diff.stdout)).includes('a@1.0.0'));
    const doctor = await diogenesis(app, 'doctor', '--json', '--', 'node', 'app.js');
    assert.equal(typeof JSON.parse(doctor.stdout), 'object');
  });

  it('says on a Node that is too old that it is, and nothing else', () => {
    using app = makeApp();
    const bin = new URL('../../dist/cli.js', import.meta.url).pathname;
    const old = app.write('old.cjs', "Object.defineProperty(process.versions, 'node', { value: '20.11.0' })");
    const { status, stderr } = spawnSync(process.execPath, ['--require', old, bin, 'run', '--', 'node'], {
      encoding: 'utf8',
      cwd: dirname(old),
    });
    assert.deepEqual([status, stderr], [2, 'diogenesis: needs Node >= 22.15, this is 20.11.0\n']);
  });
});
