/** Real upgrades of popular packages: learned with the old version, run with the new one, the same work. */
import type { Upgrade } from '../harness/workload.ts';
import { upgrades as holdOut } from '../hold-out/upgrades.ts';

const n = 'const n = Number(process.argv[2]);\n';
const files = `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('tree/deep', { recursive: true });
for (let i = 0; i < 20 + n; i++) writeFileSync('tree/' + (i % 2 ? 'deep/' : '') + 'f' + i + '.txt', 'x');
`;
const up = (name: string, from: string, to: string, main: string, more: Partial<Upgrade> = {}): Upgrade => ({
  name,
  from,
  to,
  main: n + main,
  ...more,
});

const first: readonly Upgrade[] = [
  up(
    'express',
    '4.17.1',
    '4.21.2',
    `import express from 'express';
const app = express(); app.use(express.json()); app.get('/:id', (q, r) => r.json({ id: q.params.id }));
const server = app.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n; i++) await (await fetch('http://127.0.0.1:' + server.address().port + '/' + i)).text();
  server.close(); server.closeAllConnections(); console.log('done'); });`,
  ),
  up(
    'koa',
    '2.13.4',
    '2.16.1',
    `import Koa from 'koa';
const app = new Koa(); app.use((c) => { c.body = { path: c.path }; });
const server = app.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n; i++) await (await fetch('http://127.0.0.1:' + server.address().port + '/' + i)).text();
  server.close(); server.closeAllConnections(); console.log('done'); });`,
  ),
  up(
    'fastify',
    '4.28.1',
    '5.2.1',
    `import Fastify from 'fastify';
const app = Fastify(); app.get('/x/:id', async (q) => ({ id: q.params.id }));
const base = await app.listen({ port: 0, host: '127.0.0.1' });
for (let i = 0; i < n; i++) await (await fetch(base + '/x/' + i)).text();
await app.close(); console.log('done');`,
  ),
  up(
    'socket.io',
    '3.1.2',
    '4.8.1',
    `import http from 'node:http'; import { Server } from 'socket.io';
const web = http.createServer(); const io = new Server(web);
web.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n; i++) await (await fetch('http://127.0.0.1:' + web.address().port + '/socket.io/?EIO=4&transport=polling')).text();
  io.close(); web.closeAllConnections(); console.log('done'); process.exit(0); });`,
  ),
  up(
    'ws',
    '7.5.10',
    '8.18.0',
    `import * as all from 'ws';
const { default: WebSocket, WebSocketServer = WebSocket.Server } = all;
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
  const client = new WebSocket('ws://127.0.0.1:' + server.address().port);
  client.on('open', () => client.send('m' + n)); client.on('message', () => { client.close(); server.close(() => console.log('done')); }); });
server.on('connection', (s) => s.on('message', (m) => s.send(m)));`,
  ),
  up(
    'axios',
    '0.27.2',
    '1.7.9',
    `import axios from 'axios';
for (let i = 0; i < n; i++) await axios.post('http://@A@:@PORT@/' + i, { i }); console.log('done');`,
  ),
  up(
    'got',
    '11.8.6',
    '14.4.5',
    `import got from 'got';
for (let i = 0; i < n; i++) await got('http://@A@:@PORT@/' + i).json(); console.log('done');`,
  ),
  up(
    'undici',
    '5.28.4',
    '7.3.0',
    `import { request } from 'undici';
for (let i = 0; i < n; i++) { const { body } = await request('http://@A@:@PORT@/' + i); await body.text(); } console.log('done'); process.exit(0);`,
  ),
  up(
    'node-fetch',
    '2.6.7',
    '3.3.2',
    `import fetch from 'node-fetch';
for (let i = 0; i < n; i++) await (await fetch('http://@A@:@PORT@/' + i)).json(); console.log('done');`,
  ),
  up(
    'nodemailer',
    '6.4.0',
    '6.10.0',
    `import nodemailer from 'nodemailer';
const mail = nodemailer.createTransport({ jsonTransport: true });
for (let i = 0; i < n; i++) await mail.sendMail({ from: 'a@x.example', to: 'b@x.example', text: 't', attachments: [{ path: 'package.json' }] });
await nodemailer.createTransport({ host: '@A@', port: 9 }).verify().catch(() => {}); console.log('done');`,
  ),
  up(
    'ioredis',
    '4.28.5',
    '5.5.0',
    `import Redis from 'ioredis';
const redis = new Redis({ host: '@A@', port: 9, retryStrategy: () => null, maxRetriesPerRequest: 1 });
redis.on('error', () => {}); await redis.get('k' + n).catch(() => {}); redis.disconnect(); console.log('done');`,
  ),
  up(
    'pg',
    '8.7.1',
    '8.13.3',
    `import pg from 'pg';
const client = new pg.Client({ host: '@A@', port: 9, user: 'ci', database: 'd' + n }); await client.connect().catch(() => {}); console.log('done');`,
  ),
  up(
    'mysql2',
    '2.3.3',
    '3.12.0',
    `import mysql from 'mysql2/promise';
await mysql.createConnection({ host: '@A@', port: 9, user: 'ci' }).catch(() => {}); console.log('done', n);`,
  ),
  up(
    'dotenv',
    '16.0.0',
    '17.2.0',
    `import dotenv from 'dotenv';
dotenv.config(); console.log('\\ndone', process.env.API_KEY.length + n);`,
    { files: { 'app/.env': 'API_KEY=@CANARY@\n' } },
  ),
  up('chalk', '4.1.2', '5.4.1', `import chalk from 'chalk';\nconsole.log('done', chalk.red(String(n)));`),
  up(
    'commander',
    '8.3.0',
    '13.1.0',
    `import { Command } from 'commander';
new Command().option('-p, --port <n>').parse(['node', 'x', '-p', String(n)]); console.log('done');`,
  ),
  up(
    'yargs',
    '16.2.0',
    '17.7.2',
    `import yargs from 'yargs';
console.log('done', yargs(['--size', String(n)]).option('size', { type: 'number' }).parse().size);`,
  ),
  up(
    'fs-extra',
    '9.1.0',
    '11.3.0',
    `${files}import fs from 'fs-extra';
await fs.copy('tree', 'copy'); await fs.move('copy', 'moved'); await fs.outputJson('out/a.json', { n }); await fs.remove('tree'); await fs.emptyDir('moved'); console.log('done');`,
  ),
  up(
    'glob',
    '7.2.3',
    '11.0.1',
    `${files}import * as glob from 'glob';
console.log('done', (glob.sync ?? glob.default.sync)('tree/**/*.txt').length);`,
  ),
  up(
    'rimraf',
    '3.0.2',
    '6.0.1',
    `${files}import * as r from 'rimraf';
(r.rimrafSync ?? r.default.sync)('tree'); console.log('done');`,
  ),
  up(
    'chokidar',
    '3.5.3',
    '4.0.3',
    `${files}import chokidar from 'chokidar';
const watcher = chokidar.watch('tree');
let timer; let files = 0;
watcher.on('ready', () => { timer = setInterval(() => writeFileSync('tree/new-' + n + files++, 'x'), 50); });
watcher.on('add', async (file) => { if (file.includes('new-')) { clearInterval(timer); await watcher.close(); console.log('done'); process.exit(0); } });`,
  ),
  up(
    'graceful-fs',
    '4.1.15',
    '4.2.11',
    `import fs from 'graceful-fs';
let open = n * 10; for (let i = 0; i < n * 10; i++) fs.writeFile('f' + i, 'x', () => fs.readFile('f' + i, () => { if (--open === 0) console.log('done'); }));`,
  ),
  up(
    'tar',
    '6.1.11',
    '7.4.3',
    `${files}import * as tar from 'tar';
await tar.create({ file: 'a.tgz', gzip: true }, ['tree']); mkdirSync('out'); await tar.extract({ file: 'a.tgz', cwd: 'out' }); console.log('done');`,
  ),
  up(
    'winston',
    '3.3.3',
    '3.17.0',
    `import winston from 'winston';
const logger = winston.createLogger({ transports: [new winston.transports.File({ filename: 'app.log' })] });
for (let i = 0; i < n; i++) logger.info('x' + i); logger.on('finish', () => console.log('done')); logger.end();`,
  ),
  up(
    'pino',
    '8.21.0',
    '9.6.0',
    `import pino from 'pino';
const logger = pino(pino.transport({ target: 'pino/file', options: { destination: './app.log' } }));
for (let i = 0; i < n; i++) logger.info({ i }, 'x'); process.on('exit', () => console.log('done'));`,
  ),
  up(
    'uuid',
    '8.3.2',
    '11.0.5',
    `import { v4, v5 } from 'uuid';\nconsole.log('done', v4().length, v5('n' + n, v5.URL));`,
  ),
  up(
    'lodash',
    '4.17.15',
    '4.17.21',
    `import _ from 'lodash';
console.log('done', _.template('<%= n %>')({ n }), _.chunk(_.range(n), 2).length);`,
  ),
  up(
    'semver',
    '6.3.1',
    '7.7.1',
    `import semver from 'semver';\nconsole.log('done', semver.satisfies('1.2.' + n, '^1.0.0'));`,
  ),
  up(
    'debug',
    '3.2.7',
    '4.4.0',
    `import debug from 'debug';
debug.enable('app:*'); debug('app:x')('n %o', n); console.log('done');`,
  ),
  up(
    'handlebars',
    '4.5.3',
    '4.7.8',
    `import handlebars from 'handlebars';
for (let i = 0; i < n; i++) handlebars.compile('<b>{{name}}</b>' + i)({ name: i }); console.log('done');`,
  ),
  up(
    'ejs',
    '2.7.4',
    '3.1.10',
    `import ejs from 'ejs';
for (let i = 0; i < n; i++) await ejs.renderFile('views/a.ejs', { n: i }); console.log('done');`,
    { files: { 'app/views/a.ejs': '<p><%= n %></p>' } },
  ),
  up(
    'pug',
    '2.0.4',
    '3.0.3',
    `import pug from 'pug';
for (let i = 0; i < n; i++) pug.renderFile('views/a.pug', { name: i }); console.log('done');`,
    { files: { 'app/views/a.pug': 'p= name' } },
  ),
  up(
    'prettier',
    '2.8.8',
    '3.5.0',
    `import prettier from 'prettier';
await prettier.resolveConfig('a.js'); await prettier.format('let a   = ' + n, { parser: 'babel' }); console.log('done');`,
  ),
  up(
    'esbuild',
    '0.19.12',
    '0.25.0',
    `import { writeFileSync } from 'node:fs'; import * as esbuild from 'esbuild';
writeFileSync('a.ts', 'export const a: number = ' + n); await esbuild.build({ entryPoints: ['a.ts'], bundle: true, outfile: 'out.js' }); console.log('done');`,
  ),
  up(
    'rollup',
    '3.29.5',
    '4.34.0',
    `import { writeFileSync } from 'node:fs'; import { rollup } from 'rollup';
writeFileSync('a.js', 'export const a = ' + n); const bundle = await rollup({ input: 'a.js' }); await bundle.write({ file: 'out.js', format: 'cjs' }); console.log('done');`,
  ),
  up(
    'typescript',
    '4.9.5',
    '5.7.3',
    `import ts from 'typescript';
console.log('done', ts.transpileModule('let a: number = ' + n, {}).outputText.length);`,
  ),
  up(
    'postcss',
    '7.0.39',
    '8.5.2',
    `import postcss from 'postcss';
console.log('done', (await postcss([]).process('a { b: ' + n + ' }', { from: undefined })).css.length);`,
  ),
  up(
    'execa',
    '5.1.1',
    '9.5.2',
    `import * as e from 'execa';
const execa = e.execa ?? e.default; for (let i = 0; i < n % 3 + 1; i++) await execa('node', ['-e', 'console.log(' + i + ')']); console.log('done');`,
  ),
  up(
    'cross-spawn',
    '6.0.5',
    '7.0.6',
    `import spawn from 'cross-spawn';
spawn('node', ['--version'], { stdio: 'ignore' }).on('close', () => console.log('done', n));`,
  ),
  up(
    'simple-git',
    '2.48.0',
    '3.27.0',
    `import { mkdirSync, writeFileSync } from 'node:fs'; import * as s from 'simple-git';
mkdirSync('repo'); writeFileSync('repo/a.txt', 'a' + n); const git = (s.simpleGit ?? s.default)('repo');
await git.init(); await git.add('.'); await git.commit('first'); await git.log(); console.log('done');`,
  ),
  up(
    'jsonwebtoken',
    '8.5.1',
    '9.0.2',
    `import jwt from 'jsonwebtoken';
console.log('done', jwt.verify(jwt.sign({ n }, 'k'), 'k').n);`,
  ),
  up('marked', '4.3.0', '15.0.7', `import { marked } from 'marked';\nconsole.log('done', marked('# ' + n).length);`),
  up('js-yaml', '3.14.1', '4.1.0', `import yaml from 'js-yaml';\nconsole.log('done', yaml.load('a: ' + n).a);`),
];

export const upgrades: readonly Upgrade[] = [
  ...first,
  ...holdOut.map((upgrade) => ({ ...upgrade, set: 'hold-out' as const })),
];
