import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VictimApp } from '../support/victim-app.ts';

const SERVER = `const server = require('node:http').createServer((q, r) => r.end('ok')).listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/';
  const get = (module) => new Promise((done) => module.get(url, (r) => r.resume().on('end', done)));`;
const END = `server.close(); server.closeAllConnections(); process._rawDebug('TO THE END'); });`;

interface Case {
  readonly packages: Readonly<Record<string, string>>;
  readonly before?: string;
  readonly calls: string;
}

/** What was told of functions that were replaced. */
async function replacementsIn({ packages, before = '', calls }: Case): Promise<string[]> {
  await using app = await VictimApp.create();
  for (const [name, code] of Object.entries(packages)) {
    app.folder.package(name, '1.0.0', code, {}, `app/node_modules/${name}`);
  }
  app.write('main.js', `${before}\n${SERVER}\n${calls}\n${END}`);
  const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /TO THE END/);
  return app
    .findings()
    .filter(({ rule }) => rule.name === 'network_function_replaced')
    .map(({ level, trait, package: { name } }) => `${level} ${name} ${trait}`);
}

const WRAPS_FETCH = `const real = globalThis.fetch; globalThis.fetch = async (url, init) => { globalThis.seen = init; return real(url, init); };`;

describe('a package that puts a function of its own in the place of one by which others reach the network', () => {
  it('is named when it replaces fetch, once, whoever calls', async () => {
    const told = await replacementsIn({
      packages: { tint: WRAPS_FETCH, user: `exports.go = (url) => fetch(url).then((r) => r.text());` },
      before: `require('tint');`,
      calls: `await require('user').go(url); await fetch(url); await fetch(url);`,
    });
    assert.deepEqual(told, ['WARN tint code.replace:fetch']);
  });

  it('is named when it is a Proxy, or bound', async () => {
    for (const value of [
      'new Proxy(fetch, { apply(target, self, args) { return Reflect.apply(target, self, args); } })',
      '(function relay(real, ...args) { return real(...args); }).bind(undefined, fetch)',
    ]) {
      const told = await replacementsIn({
        packages: { tint: `globalThis.fetch = ${value};` },
        before: `require('tint');`,
        calls: 'await fetch(url);',
      });
      assert.deepEqual(told, ['WARN tint code.replace:fetch'], value);
    }
  });

  it('is named when it replaces the functions of http, for CommonJS and ES modules alike', async () => {
    const told = await replacementsIn({
      packages: {
        tint: `const http = require('node:http'); const real = http.get; http.get = function (...args) { globalThis.seen = args; return real.apply(this, args); }; require('node:module').syncBuiltinESMExports();`,
      },
      before: `require('node:http'); require('tint');`,
      calls: `await get(await import('node:http'));`,
    });
    assert.deepEqual(told, ['WARN tint code.replace:get']);
  });

  it('is named when it replaces a method through which what others send passes', async () => {
    for (const [owner, name] of [
      ["require('node:net').Socket.prototype", 'write'],
      ["require('node:http').ClientRequest.prototype", 'end'],
      ["require('node:http').OutgoingMessage.prototype", 'setHeader'],
      ["require('node:http').Server.prototype", 'emit'],
    ]) {
      const told = await replacementsIn({
        packages: {
          tint: `const owner = ${owner}; const real = owner.${name}; owner.${name} = function (...args) { globalThis.seen = args; return real.apply(this, args); };`,
          innocent: `exports.go = (http, url, get) => get(http);`,
        },
        before: `require('tint'); const { go } = require('innocent');`,
        calls: `await go(require('node:http'), url, get);`,
      });
      assert.deepEqual(told, [`WARN tint code.replace:${name}`]);
    }
  });

  it('is named when it replaces a method of the agent that all share', async () => {
    for (const name of ['createConnection', 'addRequest']) {
      const told = await replacementsIn({
        packages: {
          tint: `const agent = require('node:http').globalAgent; const real = agent.${name}; agent.${name} = function (...args) { globalThis.seen = args; return real.apply(this, args); };`,
        },
        before: `require('tint');`,
        calls: `await get(require('node:http'));`,
      });
      assert.deepEqual(told, [`WARN tint code.replace:${name}`]);
    }
  });

  it('is named by the module that has it, not by those that it loads, or that load later', async () => {
    const told = await replacementsIn({
      packages: {
        tint: `const http = require('node:http'); const real = http.get; http.get = (...args) => real.apply(http, args).on('error', () => {}); require('innocent');`,
        innocent: `exports.get = (http) => http.get;`,
        late: `exports.late = true;`,
      },
      before: `require('tint'); require('late');`,
      calls: `await get(require('node:http'));`,
    });
    assert.deepEqual(told, ['WARN tint code.replace:get']);
  });

  it('is not somebody who kept the function from before', async () => {
    const told = await replacementsIn({
      packages: {
        early: `const kept = globalThis.fetch; exports.go = (url) => kept(url).then((r) => r.text());`,
        tint: `globalThis.fetch = async () => new Response('a mock that calls nobody');`,
      },
      before: `const early = require('early'); require('tint');`,
      calls: `await early.go(url); await fetch(url); await early.go(url);`,
    });
    assert.deepEqual(told, ['WARN tint code.replace:fetch']);
  });

  it('may be one whose work it is, and the application', async () => {
    const told = await replacementsIn({
      packages: { 'cross-fetch': WRAPS_FETCH },
      before: `require('cross-fetch'); const mine = globalThis.fetch; globalThis.fetch = async (...args) => { globalThis.mine = args; return mine(...args); };`,
      calls: `await fetch(url);`,
    });
    assert.deepEqual(told, []);
  });
});

describe('a package that puts itself between the loader and the files', () => {
  const HOOKS = `exports.load = (url, context, next) => next(url, context);`;
  for (const [title, code] of [
    ['by register', `require('node:module').register('./hooks.mjs', 'file://' + __dirname + '/');`],
    ['by registerHooks', `require('node:module').registerHooks({ load: (url, context, next) => next(url, context) });`],
  ] as const) {
    it(`is told of: ${title}`, async () => {
      for (const [name, expected] of [
        ['i18n-tool', ['WARN i18n-tool code.replace:module.load']],
        ['tsx', []],
      ] as const) {
        await using app = await VictimApp.create();
        app.folder.package(name, '1.0.0', code, {}, `app/node_modules/${name}`);
        app.write(`node_modules/${name}/hooks.mjs`, HOOKS.replace('exports.load', 'export const load'));
        app.write('main.js', `require('${name}');`);
        const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
        assert.equal(ran.code, 0, ran.stderr);
        const told = app
          .findings()
          .filter(({ rule }) => rule.name === 'loader_hook')
          .map(({ level, trait, package: { name: who } }) => `${level} ${who} ${trait}`);
        assert.deepEqual(told, expected);
      }
    });
  }
});

describe('a package that opens a debugger by a signal', () => {
  it('is told of, whoever is sent it; other signals are none', async () => {
    await using app = await VictimApp.create();
    const parent = `exports.go = (signal) => { process.on('SIGUSR2', () => {}); process.kill(process.pid, signal); };`;
    app.folder.package('prober', '1.0.0', parent, {}, 'app/node_modules/prober');
    app.folder.package('polite', '1.0.0', parent, {}, 'app/node_modules/polite');
    app.write('main.js', `require('prober').go('SIGUSR1'); require('polite').go('SIGUSR2');`);
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
    assert.equal(ran.code, 0, ran.stderr);
    const told = app.findings().filter(({ trait }) => trait === 'import:node:inspector');
    assert.deepEqual(
      told.map(({ level, rule, package: { name } }) => `${level} ${rule.name} ${name}`),
      ['LOG bypass prober'],
    );
  });

  it('answers for what is evaluated through it, whatever the process does just then', async () => {
    await using app = await VictimApp.create();
    app.folder.package(
      'prober',
      '1.0.0',
      `exports.go = async (text) => {
        process.debugPort = 9300 + (process.pid % 400);
        process.kill(process.pid, 'SIGUSR1');
        let list;
        while (list === undefined) {
          await new Promise((done) => setTimeout(done, 20));
          list = await fetch('http://127.0.0.1:' + process.debugPort + '/json/list').then((r) => r.json(), () => undefined);
        }
        const socket = new WebSocket(list[0].webSocketDebuggerUrl);
        socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: text } }));
      };`,
      {},
      'app/node_modules/prober',
    );
    app.write(
      'main.js',
      `globalThis.busy = setInterval(() => { const end = Date.now() + 15; while (Date.now() < end); }, 16);
      require('prober').go("process.getBuiltinModule('node:child_process').spawnSync('true'); setTimeout(() => process.exit(), 100);");`,
    );
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
    assert.equal(ran.code, 0, ran.stderr);
    const told = app
      .findings()
      .filter(({ rule, trait }) => rule.name === 'text_code_acts' && trait.startsWith('process.'));
    assert.deepEqual(
      told.map(({ level, package: { name } }) => `${level} ${name}`),
      ['WARN prober'],
    );
  });
});
