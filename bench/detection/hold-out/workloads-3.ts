import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';

/** Honest work that looks like the acts of incidents-3: other people's functions replaced, versions asked, hooks written. */
export const workloads: readonly Workload[] = [
  {
    name: 'winston-daily-rotate-file',
    needs: ['winston-daily-rotate-file', 'winston'],
    main: `${n}import winston from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
const file = new DailyRotateFile({ dirname: 'logs', filename: 'app-%DATE%.log', maxSize: '1k', maxFiles: 2, zippedArchive: n % 2 === 0, auditFile: 'logs/audit.json' });
const log = winston.createLogger({ transports: [file] });
for (let i = 0; i < 20 + n * 3; i++) { log.info('x'.repeat(80) + i); await new Promise(setImmediate); }
log.end(); setTimeout(() => console.log('done'), 200);`,
  },
  {
    name: 'typeorm with sql.js',
    needs: ['typeorm', 'sql.js'],
    main: `${n}import { DataSource, EntitySchema } from 'typeorm';
const Item = new EntitySchema({ name: 'item', columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } } });
const source = await new DataSource({ type: 'sqljs', location: 'orders.sqlite', autoSave: true, synchronize: true, entities: [Item], logging: n % 2 ? ['error'] : false }).initialize();
const items = source.getRepository('item');
for (let i = 0; i < n % 5 + 1; i++) await items.save({ name: 'i' + i });
const found = await items.count(); await source.destroy(); console.log('done', found);`,
  },
  {
    name: 'jiti',
    needs: ['jiti'],
    files: {
      'app/a.ts': "import { b } from './b.ts'; export const a: number = b + 1;",
      'app/b.ts':
        "import { createRequire } from 'node:module'; enum E { one = 1 } export const b: number = E.one + createRequire(import.meta.url)('./c.json').c;",
      'app/c.json': '{"c":1}',
    },
    main: `${n}import { createJiti } from 'jiti';
const { a } = await createJiti(import.meta.url, { fsCache: n % 2 === 0, moduleCache: false }).import('./a.ts');
console.log('done', a);`,
  },
  {
    name: 'jsdom with scripts',
    needs: ['jsdom'],
    main: `${n}import { JSDOM } from 'jsdom';
const dom = new JSDOM('<ul></ul><script>for (let i = 0; i < ' + n + '; i++) document.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: eval("1+" + i) })); localStorage.setItem("n", "x");</script>', { runScripts: 'dangerously', url: 'http://orders.example/', pretendToBeVisual: n % 2 === 0 });
const count = dom.window.document.querySelectorAll('li').length; dom.window.close(); console.log('done', count);`,
  },
  {
    name: 'passport, bcrypt, jsonwebtoken and multer',
    needs: ['multer', 'express', 'passport', 'passport-local', 'bcrypt', 'jsonwebtoken'],
    cjs: true,
    env: { JWT_SECRET: 'signing-key-of-the-service' },
    main: `${n}const express = require('express'), multer = require('multer'), bcrypt = require('bcrypt'), jwt = require('jsonwebtoken'), passport = require('passport'), { Strategy } = require('passport-local');
(async () => {
  const hash = await bcrypt.hash('pw' + n, 4);
  passport.use(new Strategy(async (u, p, done) => done(null, (await bcrypt.compare(p, hash)) && { u })));
  const app = express(); app.use(express.json(), passport.initialize());
  app.post('/login', passport.authenticate('local', { session: false }), (q, r) => r.json({ t: jwt.sign(q.user, process.env.JWT_SECRET) }));
  app.post('/up', multer({ dest: 'uploads' }).single('f'), (q, r) => { jwt.verify(q.get('authorization').slice(7), process.env.JWT_SECRET); r.json({ size: q.file.size }); });
  const server = app.listen(0, '127.0.0.1', async () => {
    const at = 'http://127.0.0.1:' + server.address().port;
    const { t } = await (await fetch(at + '/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'ann', password: 'pw' + n }) })).json();
    for (let i = 0; i < n % 4 + 1; i++) { const form = new FormData(); form.set('f', new Blob(['x'.repeat(n * 100)]), i + '.txt'); await (await fetch(at + '/up', { method: 'POST', body: form, headers: { authorization: 'Bearer ' + t } })).json(); }
    console.log('done'); process.exit(0);
  });
})();`,
  },
  {
    name: 'tailwind and autoprefixer',
    needs: ['@tailwindcss/postcss', 'tailwindcss', 'postcss', 'autoprefixer'],
    files: {
      'app/a.css': '@import "tailwindcss"; .a { user-select: none; }',
      'app/index.html': '<p class="p-4 text-red-500 md:flex">x</p>',
    },
    main: `${n}import { readFileSync, writeFileSync } from 'node:fs';
import tailwind from '@tailwindcss/postcss';
import autoprefixer from 'autoprefixer';
import postcss from 'postcss';
const { css } = await postcss([tailwind({ optimize: n % 2 === 0 }), autoprefixer()]).process(readFileSync('a.css', 'utf8'), { from: 'a.css', to: 'out.css' });
writeFileSync('out.css', css); console.log('done', css.includes('p-4'));`,
  },
  {
    name: 'conf',
    needs: ['conf'],
    main: `${n}import Conf from 'conf';
const conf = new Conf({ projectName: 'orders', ...(n % 2 ? { encryptionKey: 'not a secret' } : {}) });
conf.set('user.name', 'ann'); conf.set('seen', n); for (let i = 0; i < n; i++) conf.set('k' + i, i); conf.delete('seen');
console.log('done', conf.get('user.name'));`,
  },
  {
    name: 'lint-staged',
    needs: ['lint-staged'],
    files: { 'app/.gitignore': 'node_modules\n.diogenesis\n', 'app/README.md': '# orders\n' },
    main: `${n}import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import lintStaged from 'lint-staged';
const git = (...args) => execFileSync('git', args, { stdio: 'ignore' });
git('init', '-q'); git('add', 'README.md', '.gitignore'); git('commit', '-qm', 'first');
for (let i = 0; i < n % 4 + 1; i++) writeFileSync('s' + i + '.js', 'let a = ' + i + ';'); git('add', '.');
const ok = await lintStaged({ config: { 's*.js': 'node --check' }, quiet: true }); console.log('\\ndone', ok); process.exit(0);`,
  },
  {
    name: 'concurrently',
    needs: ['concurrently'],
    main: `${n}import { concurrently } from 'concurrently';
await concurrently([{ command: 'node -e "setTimeout(() => console.log(1), 20)"', name: 'a' }, 'echo b', ...Array.from({ length: n % 3 }, (_, i) => 'echo ' + i)], { maxProcesses: 2 }).result;
console.log('done');`,
  },
  {
    name: 'envinfo',
    needs: ['envinfo'],
    cjs: true,
    main: `${n}const envinfo = require('envinfo');
envinfo.run({ System: ['OS', 'CPU', 'Memory', 'Shell'], Binaries: ['Node', 'npm', 'Yarn'].slice(0, n % 2 + 2), Utilities: ['Git', 'Make'], Languages: ['Python'], npmPackages: ['envinfo'] }, { json: true, showNotFound: true }).then((text) => console.log('done', text.length > 0));`,
  },
  {
    name: 'clipboardy, detect-libc and ci-info',
    needs: ['clipboardy', 'detect-libc', 'ci-info'],
    main: `${n}import clipboard from 'clipboardy';
import libc from 'detect-libc';
import ci from 'ci-info';
for (let i = 0; i < n % 3 + 1; i++) await clipboard.write('x' + i).catch(() => {});
await clipboard.read().catch(() => {}); console.log('done', await libc.family(), await libc.version(), ci.isCI);`,
  },
  {
    name: 'jest',
    needs: ['jest'],
    cjs: true,
    files: {
      'app/jest.config.js':
        "module.exports = { testEnvironment: 'node', cacheDirectory: '<rootDir>/jest-cache', watchman: false };",
      'app/lib.js': "exports.size = () => require('fs').readFileSync(__filename, 'utf8').length;",
      'app/lib.test.js':
        "jest.mock('fs', () => ({ ...jest.requireActual('fs'), readFileSync: () => 'four' })); test('is', () => { expect(require('./lib').size()).toBe(4); });",
    },
    main: `${n}require('jest').run(['--ci', '--silent', ...(n % 2 ? ['--coverage=false'] : []), '--runInBand']).then(() => console.log('done'));`,
  },
  {
    name: 'hot-shots',
    needs: ['hot-shots'],
    cjs: true,
    main: `${n}const { StatsD } = require('hot-shots');
const stats = new StatsD({ host: '@A@', port: @DNS@, prefix: 'orders.', globalTags: { host: require('os').hostname(), env: process.env.NODE_ENV || 'dev' }, errorHandler: () => {} });
for (let i = 0; i < n; i++) { stats.increment('hits'); stats.timing('took.' + (i % 3), i); }
stats.close(() => console.log('done'));`,
  },
  {
    name: 'global-agent',
    needs: ['global-agent'],
    env: { GLOBAL_AGENT_HTTP_PROXY: 'http://@B@:@PORT@' },
    main: `${n}import { bootstrap } from 'global-agent';
import http from 'node:http';
bootstrap();
for (let i = 0; i < n % 4 + 1; i++) await new Promise((ok, no) => http.get('http://@A@:@PORT@/items/' + i, { headers: { authorization: 'Bearer t' } }, (r) => r.resume().on('end', ok)).on('error', no));
console.log('done'); process.exit(0);`,
  },
  {
    name: 'nock and proxyquire',
    needs: ['nock', 'proxyquire'],
    cjs: true,
    files: { 'app/lib.js': "const fs = require('fs'); module.exports = () => fs.readFileSync('none', 'utf8');" },
    main: `${n}const { default: nock } = require('nock'), proxyquire = require('proxyquire');
nock('http://api.example').persist().get(/./).reply(200, { ok: true });
const read = proxyquire('./lib.js', { fs: { readFileSync: () => 'stub' } });
(async () => { for (let i = 0; i < n % 4 + 1; i++) await new Promise((ok) => require('http').get('http://api.example/' + i, { headers: { authorization: 'Bearer t' } }, (r) => r.resume().on('end', ok)));
nock.restore(); await (await fetch('http://@A@:@PORT@/x')).text(); console.log('done', read()); })();`,
  },
  {
    name: 'simple-git-hooks',
    needs: ['simple-git-hooks'],
    cjs: true,
    files: { 'app/.simple-git-hooks.json': '{"pre-commit":"node --check main.cjs","pre-push":"npm test"}' },
    main: `${n}require('child_process').execFileSync('git', ['init', '-q']);
const hooks = require('simple-git-hooks');
(async () => { await hooks.setHooksFromConfig(process.cwd(), ['node', 'main']); if (n % 2) await hooks.setHooksFromConfig(process.cwd(), ['node', 'main']); console.log('done', require('fs').existsSync('.git/hooks/pre-push')); })();`,
  },
  {
    name: 'dd-trace',
    needs: ['dd-trace', 'express'],
    cjs: true,
    env: { DD_TRACE_AGENT_URL: 'http://@A@:@PORT@', DD_TRACE_STARTUP_LOGS: 'false' },
    main: `${n}const tracer = require('dd-trace').init({ service: 'orders', flushInterval: 50 });
const app = require('express')(); app.get('/:id', (q, r) => r.json({ id: q.params.id }));
const server = app.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n % 4 + 1; i++) await tracer.trace('work', () => fetch('http://127.0.0.1:' + server.address().port + '/' + i).then((r) => r.text()));
  setTimeout(() => { console.log('done'); process.exit(0); }, 300);
});`,
  },
  {
    name: 'posthog-node',
    needs: ['posthog-node'],
    main: `${n}import { PostHog } from 'posthog-node';
const client = new PostHog('phc_public', { host: 'http://@A@:@PORT@', flushAt: 2 });
for (let i = 0; i < n % 5 + 1; i++) client.capture({ distinctId: 'ann', event: 'seen', properties: { i } });
await client.shutdown(); console.log('done'); process.exit(0);`,
  },
];
