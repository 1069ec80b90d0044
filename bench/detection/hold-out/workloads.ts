import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';

/** Honest work that comes close to what attacks do: git hooks, other packages' files, tokens, system programs. */
export const workloads: readonly Workload[] = [
  {
    name: 'husky',
    needs: ['husky'],
    main: `${n}import { execFileSync } from 'node:child_process';
import husky from 'husky';
execFileSync('git', ['init', '-q']);
const said = husky('.husky-' + (n % 2)); console.log('done', said);`,
  },
  {
    name: 'patch-package',
    needs: ['patch-package', 'log4js'],
    cjs: true,
    files: {
      'app/patches/log4js+6.9.1.patch': `diff --git a/node_modules/log4js/README.md b/node_modules/log4js/README.md
--- a/node_modules/log4js/README.md
+++ b/node_modules/log4js/README.md
@@ -1,1 +1,2 @@
+Patched.
 # log4js-node [![CodeQL](https://github.com/log4js-node/log4js-node/actions/workflows/codeql-analysis.yml/badge.svg)](https://github.com/log4js-node/log4js-node/actions/workflows/codeql-analysis.yml) [![Node.js CI](https://github.com/log4js-node/log4js-node/actions/workflows/node.js.yml/badge.svg)](https://github.com/log4js-node/log4js-node/actions/workflows/node.js.yml)
`,
    },
    main: `${n}process.argv = [process.argv[0], 'patch-package', '--error-on-warn'].slice(0, n % 2 ? 2 : 3);
process.on('exit', () => { process.exitCode = 0; console.log('done'); });
require('patch-package');`,
  },
  {
    name: 'systeminformation',
    needs: ['systeminformation'],
    main: `${n}import si from 'systeminformation';
await si.cpu(); await si.mem(); await si.osInfo(); if (n % 2) await si.networkInterfaces(); else await si.fsSize(); await si.processes(); await si.versions('git,node');
console.log('done');`,
  },
  {
    name: 'sentry',
    needs: ['@sentry/node'],
    main: `${n}import * as Sentry from '@sentry/node';
Sentry.init({ dsn: 'http://key@@A@:@PORT@/1', tracesSampleRate: n % 2 });
for (let i = 0; i < n % 4 + 1; i++) Sentry.captureException(new Error('e' + i));
await Sentry.flush(1000); console.log('done'); process.exit(0);`,
  },
  {
    name: 'netrc and octokit',
    needs: ['netrc', '@octokit/rest'],
    main: `${n}import netrc from 'netrc';
import { Octokit } from '@octokit/rest';
const { password } = netrc()['git.example'];
const octokit = new Octokit({ auth: password, baseUrl: 'http://@A@:@PORT@' });
for (let i = 0; i < n % 4 + 1; i++) await octokit.request('GET /repos/{owner}/{repo}', { owner: 'o', repo: 'r' + i });
console.log('done');`,
  },
  {
    name: 'tsx',
    needs: ['tsx'],
    files: {
      'app/a.ts': "import { b } from './b.ts'; export const a: number = b + 1;",
      'app/b.ts': 'export const b: number = 1;',
    },
    main: `${n}import { tsImport } from 'tsx/esm/api';
import { execFileSync } from 'node:child_process';
const { a } = await tsImport('./a.ts', import.meta.url);
if (n % 2) execFileSync(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'a.ts']);
console.log('done', a);`,
  },
  {
    name: 'vite',
    needs: ['vite'],
    files: {
      'app/index.html': '<script type="module" src="/src/a.js"></script>',
      'app/src/a.js': 'import "./a.css"; import("./b.js");',
      'app/src/a.css': 'p { color: red }',
      'app/src/b.js': 'export const b = 2;',
      'app/.env': 'VITE_TITLE=orders\n',
    },
    main: `${n}import { build, createServer } from 'vite';
await build({ logLevel: 'silent', build: { outDir: 'out' + (n % 2) } });
const server = await createServer({ logLevel: 'silent', server: { port: 0, host: '127.0.0.1', watch: null } });
await server.listen(); await (await fetch(server.resolvedUrls.local[0])).text(); await server.close();
console.log('done'); process.exit(0);`,
  },
  {
    name: 'mocha',
    needs: ['mocha'],
    cjs: true,
    files: {
      'app/test/a.test.js': "describe('a', () => { it('is', () => {}); it('was', (done) => setTimeout(done, 5)); });",
    },
    main: `${n}const Mocha = require('mocha');
const mocha = new Mocha({ reporter: n % 2 ? 'dot' : 'spec' });
mocha.addFile('test/a.test.js');
mocha.run((failures) => { console.log('\\ndone'); process.exit(failures); });`,
  },
  {
    name: 'kafkajs refused',
    needs: ['kafkajs'],
    cjs: true,
    main: `${n}const { Kafka, logLevel } = require('kafkajs');
const kafka = new Kafka({ clientId: 'orders', brokers: ['@A@:9', '@B@:9'].slice(0, n % 2 + 1), retry: { retries: 1, initialRetryTime: 5 }, logLevel: logLevel.NOTHING });
kafka.producer().connect().catch(() => {}).then(() => { console.log('done'); process.exit(0); });`,
  },
  {
    name: 'grpc',
    needs: ['@grpc/grpc-js'],
    main: `${n}import grpc from '@grpc/grpc-js';
const both = { path: '/o.Orders/Get', requestStream: false, responseStream: false, requestSerialize: (v) => Buffer.from(v), requestDeserialize: String, responseSerialize: (v) => Buffer.from(v), responseDeserialize: String };
const server = new grpc.Server(); server.addService({ Get: both }, { Get: (call, done) => done(null, call.request + '!') });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  const Client = grpc.makeGenericClientConstructor({ Get: both }, 'Orders'); const client = new Client('127.0.0.1:' + port, grpc.credentials.createInsecure());
  let left = n % 4 + 1; const next = () => client.Get('x' + left, () => { if (--left) next(); else { client.close(); server.forceShutdown(); console.log('done'); } }); next();
});`,
  },
  {
    name: 'http-proxy',
    needs: ['http-proxy'],
    cjs: true,
    main: `${n}const proxy = require('http-proxy').createProxyServer({ target: 'http://@A@:@PORT@' });
proxy.on('error', (error, request, response) => response.end());
const server = require('http').createServer((request, response) => proxy.web(request, response)).listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n % 5 + 1; i++) await (await fetch('http://127.0.0.1:' + server.address().port + '/' + i)).text();
  server.close(); server.closeAllConnections(); console.log('done'); process.exit(0);
});`,
  },
  {
    name: 'open',
    needs: ['open'],
    main: `${n}import open from 'open';
await open('http://@A@:@PORT@/' + n).catch(() => {});
console.log('done');`,
  },
  {
    name: 'sass and log4js',
    needs: ['sass', 'log4js'],
    files: { 'app/a.scss': '@use "b"; p { color: b.$c; }', 'app/_b.scss': '$c: red;' },
    main: `${n}import * as sass from 'sass';
import log4js from 'log4js';
log4js.configure({ appenders: { file: { type: 'file', filename: 'logs/app.log', maxLogSize: 200, backups: 2 } }, categories: { default: { appenders: ['file'], level: 'info' } } });
const log = log4js.getLogger(); for (let i = 0; i < n * 3; i++) log.info(sass.compile('a.scss').css.length + i);
log4js.shutdown(() => console.log('done'));`,
  },
];
