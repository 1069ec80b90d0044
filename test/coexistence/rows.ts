import type { Row, Run, Untried } from './row.ts';

/* Prints what it got; the hostile package then reads the fake home's credentials. */
const MAIN = `
const fs = require('node:fs'), http = require('node:http'), dns = require('node:dns'), { join } = require('node:path');
(async () => {
  const file = join(process.env.TMPDIR, 'file-' + process.pid);
  fs.writeFileSync(file, 'text');
  console.log(fs.readFileSync(file, 'utf8'), (await fs.promises.readFile(file, 'utf8')).length, fs.existsSync(file + '.none'));
  await new Promise((done) => fs.unlink(file, done));
  console.log((await dns.promises.lookup('127.0.0.1')).address);
  const server = http.createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const url = 'http://127.0.0.1:' + server.address().port;
  await new Promise((done) => http.get(url + '/get', (response) => response.on('data', (data) => console.log(String(data))).on('end', done)));
  console.log(await (await fetch(url + '/fetch', { headers: { connection: 'close' } })).text());
  server.close();
  console.log(require('evil').act());
})();`;

export const FILES: Readonly<Record<string, string>> = { 'main.js': MAIN };

/* An official instrumentation that keeps its spans, and says at the end which there were. */
const official = (load: string): string => `
const { trace } = require('@opentelemetry/api');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { context } = require('@opentelemetry/api');
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
registerInstrumentations({ instrumentations: [${load}] });
process.on('exit', () => {
  const spans = exporter.getFinishedSpans().filter(({ instrumentationScope: { name } }) => name.startsWith('@opentelemetry/'));
  console.log(spans.map(({ name, instrumentationScope }) => instrumentationScope.name.slice(31) + ' ' + name).sort().join('\\n'));
});`;

/** A preload beside ours, before and behind it. */
const preloads = (other: string): Run[] => [
  { title: 'Diogenesis first', command: ['node', '{diogenesis}', '--require', other, 'main.js'] },
  { title: 'Diogenesis second', command: ['node', '--require', other, '{diogenesis}', 'main.js'] },
];

const instrumentation = (name: string, load: string, main = MAIN): Row => ({
  name,
  named: 'evil',
  files: { 'other.js': official(load), 'main.js': main },
  runs: preloads('./other.js'),
});
const one = (name: string, className: string): Row =>
  instrumentation(
    `@opentelemetry/instrumentation-${name}`,
    `new (require('@opentelemetry/instrumentation-${name}').${className})()`,
  );

/** A library that a program uses, loaded behind the preload or in front of it. */
const library = (name: string, main: string, note?: string, named: Row['named'] = 'evil'): Row => ({
  name,
  named,
  files: { 'main.js': main },
  runs: [
    { title: 'Diogenesis first', command: ['node', '{diogenesis}', 'main.js'] },
    { title: 'Diogenesis second', command: ['node', '--require', name, '{diogenesis}', 'main.js'] },
  ],
  ...(note === undefined ? {} : { note }),
});

const TEST_OF_RUNNER = `
test('reads', async () => {
  const fs = require('node:fs');
  expect(fs.existsSync(__filename)).toBe(true);
  expect(require('evil').act()).toBe(52);
  const asked = jest.spyOn(fs, 'readFileSync').mockReturnValue('mocked');
  expect(fs.readFileSync('nowhere', 'utf8')).toBe('mocked');
  asked.mockRestore();
});`;

export const ROWS: readonly Row[] = [
  one('fs', 'FsInstrumentation'),
  one('net', 'NetInstrumentation'),
  one('dns', 'DnsInstrumentation'),
  one('http', 'HttpInstrumentation'),
  one('undici', 'UndiciInstrumentation'),
  instrumentation(
    '@opentelemetry/instrumentation-express',
    `new (require('@opentelemetry/instrumentation-http').HttpInstrumentation)(), new (require('@opentelemetry/instrumentation-express').ExpressInstrumentation)()`,
    `const app = require('express')();
     app.get('/', (request, response) => { response.send(String(require('evil').act())); });
     const server = app.listen(0, '127.0.0.1', async () => {
       console.log(await (await fetch('http://127.0.0.1:' + server.address().port, { headers: { connection: 'close' } })).text());
       server.close();
     });`,
  ),
  instrumentation(
    '@opentelemetry/auto-instrumentations-node',
    `require('@opentelemetry/auto-instrumentations-node').getNodeAutoInstrumentations()`,
  ),
  {
    name: 'require-in-the-middle',
    named: 'evil',
    files: {
      'other.js': `const { Hook } = require('require-in-the-middle');
        new Hook(['evil', 'fs'], (exports, name) => { console.log('hook', name); return name === 'evil' ? { act: () => 'hooked ' + exports.act() } : exports; });`,
    },
    runs: preloads('./other.js'),
  },
  {
    name: 'import-in-the-middle',
    named: 'evil',
    files: {
      'other.mjs': `import { register } from 'node:module'; import { Hook, createAddHookMessageChannel } from 'import-in-the-middle';
        const { registerOptions } = createAddHookMessageChannel();
        register('import-in-the-middle/hook.mjs', import.meta.url, registerOptions);
        new Hook(['evil'], (exports) => { const { act } = exports; exports.act = () => 'hooked ' + act(); });`,
      'main.mjs': `import * as evil from 'evil'; import fs from 'node:fs'; console.log(fs.existsSync('main.mjs'), evil.act());`,
      'node_modules/evil/package.json': '{"name":"evil","version":"1.0.1","type":"module","exports":"./index.js"}',
      'node_modules/evil/index.js': `import fs from 'node:fs'; export const act = () => fs.readFileSync(process.env.HOME + '/.npmrc', 'utf8').length;`,
    },
    runs: [
      { title: 'Diogenesis first', command: ['node', '{diogenesis}', '--import', './other.mjs', 'main.mjs'] },
      { title: 'as imports', command: ['node', '--import', './other.mjs', '{diogenesis-import}', 'main.mjs'] },
    ],
  },
  {
    name: 'another copy of Diogenesis, of another version',
    named: 'evil',
    files: {},
    runs: preloads('./copy/register.js'),
    note: 'the copy that comes second says so on stderr and stays passive',
  },
  library(
    'mock-fs',
    `const mock = require('mock-fs'), fs = require('node:fs');
     mock({ '/made-up/file': 'mocked' });
     console.log(fs.readFileSync('/made-up/file', 'utf8'), fs.readdirSync('/made-up'), fs.existsSync(__filename));
     fs.promises.readFile('/made-up/file', 'utf8').then((text) => { console.log(text); mock.restore(); console.log(fs.existsSync('/made-up'), require('evil').act()); });`,
  ),
  library(
    'memfs',
    `const { fs: memory } = require('memfs'), fs = require('node:fs'), { readFileSync } = fs;
     memory.mkdirSync('/made-up'); memory.writeFileSync('/made-up/file', 'in memory');
     fs.readFileSync = (file, ...rest) => (String(file).startsWith('/made-up') ? memory.readFileSync(file, ...rest) : readFileSync(file, ...rest));
     console.log(fs.readFileSync('/made-up/file', 'utf8'), require('evil').act());
     fs.readFileSync = readFileSync;
     console.log(fs.existsSync('/made-up'));`,
    'what goes through a function of the application’s own is the application’s: `<app>` is named, the package is in the chain',
    '<app>',
  ),
  library(
    'proxyquire',
    `const proxyquire = require('proxyquire');
     const evil = proxyquire('evil', { 'node:fs': { existsSync: () => 'stubbed' } });
     console.log(evil.exists(), evil.act(), require('evil').exists());`,
  ),
  library(
    'nock',
    `const { default: nock } = require('nock'), http = require('node:http');
     nock('http://made-up.example').get('/').times(2).reply(200, 'mocked');
     http.get('http://made-up.example/', (response) => response.on('data', (data) => console.log(String(data))).on('end', async () => {
       console.log(await (await fetch('http://made-up.example/')).text(), nock.isDone(), require('evil').act());
       nock.restore();
     }));`,
  ),
  library(
    'sinon',
    `const sinon = require('sinon'), fs = require('node:fs');
     const stub = sinon.stub(fs, 'readFileSync').withArgs('nowhere').returns('stubbed'); fs.readFileSync.callThrough();
     console.log(fs.readFileSync('nowhere'), require('evil').act(), stub.callCount);
     sinon.restore();
     const clock = sinon.useFakeTimers(); let rang = 0; setTimeout(() => { rang++; }, 1000); clock.tick(1000); clock.restore();
     console.log(rang, fs.existsSync(__filename), fs.readFileSync.name, fs.readFileSync.length);`,
  ),
  {
    name: 'Jest',
    named: 'evil',
    files: {
      'it.test.js': TEST_OF_RUNNER,
      'jest.config.js': 'module.exports = { reporters: ["./reporter.js"] };',
      'reporter.js': `module.exports = class { onRunComplete(_, { numPassedTests, numFailedTests }) { console.log(numPassedTests, numFailedTests); } };`,
    },
    runs: [{ title: 'NODE_OPTIONS', command: ['node', 'node_modules/jest/bin/jest.js', '--no-cache'] }],
    note: 'preload through `NODE_OPTIONS`; the packages of a test are seen in Jest’s own module registry too',
  },
  {
    name: 'Vitest',
    named: 'evil',
    files: {
      'it.test.mjs': `import { expect, test, vi } from 'vitest'; import fs from 'node:fs'; import evil from 'evil';
        test('reads', () => { expect(evil.act()).toBe(52); vi.spyOn(fs, 'existsSync').mockReturnValue('mocked'); expect(fs.existsSync('x')).toBe('mocked'); vi.restoreAllMocks(); expect(fs.existsSync('x')).toBe(false); });`,
    },
    runs: [
      { title: 'NODE_OPTIONS', command: ['node', 'node_modules/vitest/vitest.mjs', 'run', '--reporter=tap-flat'] },
    ],
    note: 'preload through `NODE_OPTIONS`',
  },
  {
    name: 'tsx',
    named: 'evil',
    files: {
      'main.ts': `import evil from 'evil'; enum Kind { One = 1 } const kind: Kind = Kind.One; console.log(kind, evil.act());`,
    },
    runs: [
      { title: 'Diogenesis first', command: ['node', '{diogenesis}', '--import', 'tsx', 'main.ts'] },
      { title: 'as imports', command: ['node', '--import', 'tsx', '{diogenesis-import}', 'main.ts'] },
      { title: 'NODE_OPTIONS', command: ['node', 'node_modules/tsx/dist/cli.mjs', 'main.ts'] },
    ],
  },
  {
    name: 'ts-node',
    named: 'evil',
    files: {
      'main.ts': `const evil = require('evil'); enum Kind { One = 1 } const kind: Kind = Kind.One; console.log(kind, evil.act());`,
      'tsconfig.json':
        '{"compilerOptions":{"module":"commonjs","types":["node"],"strict":false},"ts-node":{"transpileOnly":true}}',
    },
    runs: [
      { title: 'Diogenesis first', command: ['node', '{diogenesis}', '--require', 'ts-node/register', 'main.ts'] },
      { title: 'Diogenesis second', command: ['node', '--require', 'ts-node/register', '{diogenesis}', 'main.ts'] },
      { title: 'NODE_OPTIONS', command: ['node', 'node_modules/ts-node/dist/bin.js', 'main.ts'] },
    ],
  },
  {
    name: '--enable-source-maps',
    named: 'evil',
    files: {
      'source.ts': `import evil from 'evil';\n\nconsole.log(evil.act());\n\nfunction fail(): never { throw new Error('mapped'); }\ntry { fail(); } catch (error) { console.log((error as Error).stack?.split('\\n').slice(0, 2).join(' ')); }\n`,
    },
    prepare: [
      [
        'node_modules/.bin/esbuild',
        'source.ts',
        '--bundle',
        '--platform=node',
        '--packages=external',
        '--sourcemap',
        '--outfile=main.js',
      ],
    ],
    runs: [{ title: 'Diogenesis first', command: ['node', '--enable-source-maps', '{diogenesis}', 'main.js'] }],
  },
  {
    name: 'a bundle by esbuild',
    named: '<app>',
    prepare: [
      ['node_modules/.bin/esbuild', 'main.js', '--bundle', '--platform=node', '--minify', '--outfile=out/bundle.js'],
    ],
    runs: [{ title: 'Diogenesis first', command: ['node', '{diogenesis}', 'out/bundle.js'] }],
    note: 'one file is one package: `<app>` is named. Leave packages external where their names matter',
  },
  {
    name: 'a bundle by webpack',
    named: '<app>',
    files: {
      'build.js': `require('webpack')({ mode: 'production', target: 'node', entry: './main.js', output: { path: __dirname + '/out', filename: 'bundle.js' } }, (error, stats) => { process.exitCode = error || stats.hasErrors() ? 1 : 0; });`,
    },
    prepare: [['node', 'build.js']],
    runs: [{ title: 'Diogenesis first', command: ['node', '{diogenesis}', 'out/bundle.js'] }],
    note: 'as above',
  },
  {
    name: 'Yarn Plug’n’Play',
    named: 'evil',
    files: {
      'pnp/package.json':
        '{"name":"app","version":"1.0.0","packageManager":"yarn@4.18.1","dependencies":{"evil":"file:./evil"}}',
      'pnp/.yarnrc.yml': 'nodeLinker: pnp\nenableGlobalCache: false\nenableTelemetry: false\nenableNetwork: false\n',
      'pnp/yarn.lock': '',
      'pnp/main.js': MAIN,
      'pnp/evil/package.json': '{"name":"evil","version":"1.0.1"}',
      'pnp/evil/index.js': `exports.act = () => require('node:fs').readFileSync(process.env.HOME + '/.npmrc', 'utf8').length;`,
    },
    prepare: [['sh', '-c', 'cd pnp && node ../node_modules/@yarnpkg/cli-dist/bin/yarn.js install']],
    runs: [
      { title: 'Diogenesis first', command: ['node', '{diogenesis}', '--require', './pnp/.pnp.cjs', 'pnp/main.js'] },
      { title: 'Diogenesis second', command: ['node', '--require', './pnp/.pnp.cjs', '{diogenesis}', 'pnp/main.js'] },
    ],
  },
  {
    name: 'a user-land snapshot',
    named: 'evil',
    files: {
      'entry.js': `const { setDeserializeMainFunction } = require('node:v8').startupSnapshot;
        setDeserializeMainFunction(() => { console.log(require('node:fs').existsSync('main.js')); process.getBuiltinModule('node:module').createRequire(process.cwd() + '/main.js')('evil').act(); console.log('done'); });`,
    },
    prepare: [['node', '--snapshot-blob', 'snapshot.blob', '--build-snapshot', 'entry.js']],
    runs: [
      { title: 'Diogenesis first', command: ['node', '--snapshot-blob', 'snapshot.blob', '{diogenesis}', 'main.js'] },
    ],
  },
  {
    name: 'a single-executable application',
    named: '<app>',
    files: {
      'sea.json': '{"main":"out/sea.js","output":"sea.blob","disableExperimentalSEAWarning":true}',
    },
    prepare: [
      ['node_modules/.bin/esbuild', 'main.js', '--bundle', '--platform=node', '--outfile=out/sea.js'],
      ['node', '--experimental-sea-config', 'sea.json'],
      ['sh', '-c', 'cp "$(command -v node)" sea && chmod u+w sea'],
      [
        'node',
        'node_modules/postject/dist/cli.js',
        'sea',
        'NODE_SEA_BLOB',
        'sea.blob',
        '--sentinel-fuse',
        'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
      ],
    ],
    runs: [{ title: 'NODE_OPTIONS', command: ['./sea'] }],
  },
];

export const UNTRIED: readonly Untried[] = [
  { name: 'Electron’s main process', why: 'its binary comes from no package registry' },
  { name: 'Windows and macOS', why: 'these rows are run on Linux' },
];
