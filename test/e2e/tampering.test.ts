import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FindingLine, VictimApp } from '../support/victim-app.ts';

const PRELOAD = ['--require', 'diogenesis-otel/register'];
const KEPT = `globalThis.kept = { fs: { ...require('node:fs') }, spawn: require('node:child_process').ChildProcess.prototype.spawn, then: Promise.prototype.then };`;

interface App {
  readonly main: string;
  readonly packages?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly before?: string;
}

/** Runs it under the preload; answers what was found. */
async function findingsOf({ main, packages = {}, files = {}, before }: App): Promise<readonly FindingLine[]> {
  await using app = await VictimApp.create();
  for (const [name, code] of Object.entries(packages)) {
    app.folder.package(name, '1.0.0', code, {}, `app/node_modules/${name}`);
  }
  for (const [name, text] of Object.entries(files)) app.write(name, text);
  app.write('main.js', `${main}\nprocess._rawDebug('TO THE END');`);
  if (before !== undefined) app.write('before.js', before);
  const ran = await app.run([...(before === undefined ? [] : ['--require', './before.js']), ...PRELOAD, 'main.js']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /TO THE END/);
  return app.findings();
}

const tamperings = (findings: readonly FindingLine[]) =>
  findings
    .filter(({ rule }) => rule.name === 'tampered')
    .map(({ level, trait, package: { name } }) => `${level} ${name} ${trait.replace('diogenesis.tampering:', '')}`);

describe('whoever tampers with what the senses stand on', () => {
  it('is told of when Node’s own function is put back, once, and nobody is blamed for it', async () => {
    const findings = await findingsOf({
      before: KEPT,
      packages: {
        evil: `exports.run = () => { require('node:fs').readFileSync = kept.fs.readFileSync; require('node:child_process').ChildProcess.prototype.spawn = kept.spawn; };`,
        innocent: `exports.work = () => { require('node:net').connect(9, '127.0.0.1').on('error', () => {}); };`,
      },
      main: `require('evil').run(); require('innocent').work(); require('innocent').work();`,
    });
    assert.deepEqual(tamperings(findings).sort(), [
      'ALERT <unattributed> fs readFileSync',
      'ALERT <unattributed> process spawn',
    ]);
    const [one] = findings.filter(({ rule }) => rule.name === 'tampered');
    assert.match(one?.reason ?? '', /its own function was put back in the place of ours/);
    assert.match(one?.reason ?? '', /Noticed at an act of /);
  });

  it('is told of when it is a file function and only files are touched', async () => {
    const findings = await findingsOf({
      before: KEPT,
      main: `const fs = require('node:fs'); fs.statSync = kept.fs.statSync; for (let i = 0; i < 200; i++) fs.existsSync('/nowhere/' + i);`,
    });
    assert.deepEqual(tamperings(findings), ['ALERT <unattributed> fs statSync']);
  });

  it('is told of when subscribers are taken off a channel', async () => {
    const findings = await findingsOf({
      packages: {
        evil: `const dc = require('node:diagnostics_channel');
          exports.run = () => { for (const name of ['undici:request:create', 'undici:client:sendHeaders']) { const list = dc.channel(name)._subscribers; if (list) list.length = 0; } };`,
      },
      main: `require('evil').run(); require('node:net').connect(9, '127.0.0.1').on('error', () => {});`,
    });
    const told = tamperings(findings);
    assert.ok(told.length > 0 && told.every((one) => /^ALERT <unattributed> net undici:/.test(one)), told.join());
  });

  for (const prototype of ['Array', 'Object']) {
    for (const configurable of [true, false]) {
      it(`is told of when ${prototype}.prototype catches what arrays are given${configurable ? '' : ', unremovably'}`, async () => {
        const findings = await findingsOf({
          packages: {
            evil: `exports.run = () => Object.defineProperty(${prototype}.prototype, '0', { configurable: ${configurable}, get: () => undefined, set(value) { Object.defineProperty(this, '0', { value, configurable: true, writable: true, enumerable: true }); } });`,
            innocent: `exports.work = () => { require('node:net').connect(9, '127.0.0.1').on('error', () => {}); };`,
          },
          main: `require('innocent'); require('evil').run(); require('innocent').work();`,
        });
        assert.deepEqual(tamperings(findings), [`ALERT <unattributed> ${prototype}.prototype`]);
      });
    }
  }

  it('is named, and answers for the file, when Module.wrap puts code of theirs into another package', async () => {
    const findings = await findingsOf({
      packages: {
        evil: `exports.run = () => {
            const Module = module.constructor, { wrap } = Module;
            Module.wrap = (text) => wrap('require("node:fs").readFileSync(process.env.HOME + "/.npmrc");' + text);
          };`,
        innocent: '',
      },
      files: { 'node_modules/innocent/lazy.js': 'exports.lazy = true;' },
      main: `require('innocent'); require('evil').run(); require('innocent/lazy.js');`,
    });
    assert.deepEqual(tamperings(findings), ['ALERT evil Module.wrap']);
    const secret = findings.find(({ trait }) => trait.includes('[credential]'));
    assert.equal(secret?.package.name, 'evil');
  });

  it('is told of when Module.wrapper does, whose strings say nothing of who made them', async () => {
    const findings = await findingsOf({
      packages: {
        evil: `exports.run = () => { module.constructor.wrapper[1] = ';globalThis.ran = 1;' + module.constructor.wrapper[1]; };`,
      },
      files: { 'lazy.js': '' },
      main: `require('evil').run(); require('./lazy.js');`,
    });
    assert.deepEqual(tamperings(findings), ['ALERT <unattributed> Module.wrapper']);
  });
});

describe('whoever replaces functions of Node for good reasons', () => {
  it('is not accused: stubs that are restored', async () => {
    const findings = await findingsOf({
      packages: {
        stubs: `exports.stub = (owner, name) => { const before = Object.getOwnPropertyDescriptor(owner, name); owner[name] = () => 'stubbed'; return () => Object.defineProperty(owner, name, before); };`,
      },
      main: `const { stub } = require('stubs'), fs = require('node:fs'), dns = require('node:dns'), net = require('node:net');
        for (const [owner, name] of [[fs, 'readFileSync'], [fs, 'statSync'], [dns, 'lookup'], [net.Socket.prototype, 'connect'], [globalThis, 'setTimeout']]) {
          const restore = stub(owner, name);
          fs.existsSync('/nowhere/' + name);
          restore();
        }
        net.connect(9, '127.0.0.1').on('error', () => {});`,
    });
    assert.deepEqual(tamperings(findings), []);
  });

  it('is not accused: a stub from before that is restored to itself', async () => {
    const findings = await findingsOf({
      before: `const fs = require('node:fs'), { readFileSync } = fs; fs.readFileSync = function (...args) { return readFileSync.apply(this, args); }; globalThis.unstub = () => { fs.readFileSync = readFileSync; };`,
      main: `unstub(); require('node:net').connect(9, '127.0.0.1').on('error', () => {});`,
    });
    assert.deepEqual(tamperings(findings), []);
  });

  for (const order of ['before', 'main'] as const) {
    it(`is not accused: OpenTelemetry’s instrumentation of fs, enabled ${order === 'before' ? 'before' : 'after'} us and disabled`, async () => {
      const enable = `const { FsInstrumentation } = require('@opentelemetry/instrumentation-fs'); globalThis.other = new FsInstrumentation(); require('node:fs');`;
      const disable = `require('node:fs'); other.disable(); require('node:net').connect(9, '127.0.0.1').on('error', () => {});`;
      const findings = await findingsOf(
        order === 'before' ? { before: enable, main: disable } : { main: enable + disable },
      );
      assert.deepEqual(tamperings(findings), []);
    });
  }

  it('is not accused: a test tool that wraps what it loads itself', async () => {
    const findings = await findingsOf({
      packages: {
        rewire: `const Module = require('node:module');
          exports.load = (file) => {
            const [head] = Module.wrapper;
            Module.wrapper[0] = head + 'var injected = 1;';
            try { const target = new Module(file, module); target.load(file); return target.exports; } finally { Module.wrapper[0] = head; }
          };`,
      },
      files: { 'lib.js': 'exports.injected = typeof injected;' },
      main: `if (require('rewire').load(require.resolve('./lib.js')).injected !== 'number') throw new Error('not injected'); require('./lib.js');`,
    });
    assert.deepEqual(tamperings(findings), []);
  });
});
