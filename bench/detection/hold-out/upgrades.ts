import type { Upgrade } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';
const up = (name: string, from: string, to: string, main: string, more: Partial<Upgrade> = {}): Upgrade => ({
  name,
  from,
  to,
  main: n + main,
  ...more,
});

export const upgrades: readonly Upgrade[] = [
  up(
    'cosmiconfig',
    '7.1.0',
    '9.0.0',
    `import { cosmiconfig } from 'cosmiconfig';
const found = await cosmiconfig('orders').search(); console.log('done', found.config.a + n);`,
    { files: { 'app/.ordersrc.json': '{"a":1}' } },
  ),
  up(
    'sass',
    '1.43.5',
    '1.83.4',
    `import sass from 'sass';
console.log('done', sass.renderSync({ file: 'a.scss' }).css.length + n);`,
    { files: { 'app/a.scss': '$c: red; p { color: $c; }' } },
  ),
  up(
    'mocha',
    '9.2.2',
    '11.1.0',
    `import Mocha from 'mocha';
const mocha = new Mocha({ reporter: n % 2 ? 'dot' : 'spec' }); mocha.addFile('test/a.test.cjs');
mocha.run((failures) => { console.log('\\ndone'); process.exit(failures); });`,
    { files: { 'app/test/a.test.cjs': "describe('a', () => { it('is', () => {}); });" } },
  ),
  up(
    'vite',
    '4.5.9',
    '6.1.0',
    `import { build } from 'vite';
await build({ logLevel: 'silent', build: { outDir: 'out' + (n % 2) } }); console.log('done');`,
    { files: { 'app/index.html': '<script type="module" src="/a.js"></script>', 'app/a.js': 'console.log(1);' } },
  ),
  up(
    'kafkajs',
    '1.16.0',
    '2.2.4',
    `import kafkajs from 'kafkajs';
const kafka = new kafkajs.Kafka({ clientId: 'o' + n, brokers: ['@A@:9'], retry: { retries: 1, initialRetryTime: 5 }, logLevel: kafkajs.logLevel.NOTHING });
await kafka.producer().connect().catch(() => {}); console.log('done'); process.exit(0);`,
  ),
  up(
    '@grpc/grpc-js',
    '1.8.22',
    '1.12.6',
    `import grpc from '@grpc/grpc-js';
const Client = grpc.makeGenericClientConstructor({}, 'Orders'); const client = new Client('@A@:9', grpc.credentials.createInsecure());
client.waitForReady(Date.now() + 300, () => { client.close(); console.log('done', n); process.exit(0); });`,
  ),
  up(
    'log4js',
    '6.4.1',
    '6.9.1',
    `import log4js from 'log4js';
log4js.configure({ appenders: { file: { type: 'file', filename: 'app.log' } }, categories: { default: { appenders: ['file'], level: 'info' } } });
for (let i = 0; i < n; i++) log4js.getLogger().info('x' + i); log4js.shutdown(() => console.log('done'));`,
  ),
  up(
    'http-proxy-middleware',
    '2.0.7',
    '3.0.3',
    `import http from 'node:http'; import { createProxyMiddleware } from 'http-proxy-middleware';
const proxy = createProxyMiddleware({ target: 'http://@A@:@PORT@', changeOrigin: true });
const server = http.createServer((q, r) => proxy(q, r, () => r.end())).listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n % 5 + 1; i++) await (await fetch('http://127.0.0.1:' + server.address().port + '/' + i)).text();
  console.log('done'); process.exit(0); });`,
  ),
  up(
    'ajv',
    '6.12.6',
    '8.17.1',
    `import ajv from 'ajv';
const Ajv = ajv.default ?? ajv; console.log('done', new Ajv().compile({ type: 'object', properties: { n: { type: 'integer' } } })({ n }));`,
  ),
  up(
    'superagent',
    '7.1.6',
    '10.1.1',
    `import superagent from 'superagent';
for (let i = 0; i < n; i++) await superagent.post('http://@A@:@PORT@/' + i).send({ i }); console.log('done');`,
  ),
  up(
    'terser',
    '4.8.1',
    '5.39.0',
    `import * as t from 'terser';
const minify = t.minify ?? t.default.minify; console.log('done', (await minify('let a = ' + n + ';')).code.length);`,
  ),
  up(
    'systeminformation',
    '5.9.17',
    '5.25.11',
    `import si from 'systeminformation';
await si.cpu(); await si.osInfo(); await si.mem(); console.log('done', n);`,
  ),
  up(
    '@sentry/node',
    '7.120.3',
    '8.55.0',
    `import * as Sentry from '@sentry/node';
Sentry.init({ dsn: 'http://key@@A@:@PORT@/1' }); Sentry.captureException(new Error('e' + n)); await Sentry.flush(1000); console.log('done'); process.exit(0);`,
  ),
  up(
    'redis',
    '3.1.2',
    '4.7.0',
    `import redis from 'redis';
const client = redis.createClient({ url: 'redis://@A@:9', socket: { reconnectStrategy: false }, retry_strategy: () => undefined }); client.on('error', () => {});
await client.connect?.().catch(() => {}); setTimeout(() => { console.log('done', n); process.exit(0); }, 200);`,
  ),
  up(
    'archiver',
    '5.3.2',
    '7.0.1',
    `import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'; import archiver from 'archiver';
mkdirSync('tree'); for (let i = 0; i < n; i++) writeFileSync('tree/' + i, 'x');
const zip = archiver('zip'); zip.pipe(createWriteStream('a.zip')).on('close', () => console.log('done')); zip.directory('tree', false); await zip.finalize();`,
  ),
  up(
    'multer',
    '1.4.4',
    '2.0.1',
    `import http from 'node:http'; import multer from 'multer';
const upload = multer({ dest: 'uploads' }).single('f');
const server = http.createServer((q, r) => upload(q, r, () => r.end('ok'))).listen(0, '127.0.0.1', async () => {
  const form = new FormData(); form.set('f', new Blob(['x'.repeat(n)]), 'a.txt');
  await (await fetch('http://127.0.0.1:' + server.address().port, { method: 'POST', body: form })).text(); console.log('done'); process.exit(0); });`,
  ),
];
