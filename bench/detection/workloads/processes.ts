import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';

/** Packages that start programs, workers, or load native code. */
export const processes: readonly Workload[] = [
  {
    name: 'ssh2 refused',
    needs: ['ssh2'],
    cjs: true,
    main: `${n}const { Client } = require('ssh2');
const fs = require('fs'), os = require('os');
const client = new Client();
client.on('error', () => console.log('done', n));
const { privateKey } = { privateKey: fs.readFileSync(os.homedir() + '/.ssh/id_ed25519') };
try { client.connect({ host: '@A@', port: 9, username: 'ci', privateKey }); } catch { client.connect({ host: '@A@', port: 9, username: 'ci', password: 'x' }); }`,
  },
  {
    name: 'simple-git',
    needs: ['simple-git'],
    main: `${n}import { mkdirSync, writeFileSync } from 'node:fs';
import { simpleGit } from 'simple-git';
mkdirSync('repo'); writeFileSync('repo/a.txt', 'a' + n);
const git = simpleGit('repo');
await git.init(); await git.add('.'); await git.commit('first ' + n);
for (let i = 0; i < n % 4; i++) { writeFileSync('repo/b' + i, 'b'); await git.add('.'); await git.commit('b' + i); }
console.log('done', (await git.log()).total);`,
  },
  {
    name: 'esbuild',
    needs: ['esbuild'],
    files: {
      'app/src/a.ts': 'import { b } from "./b"; export const a: number = b + 1;',
      'app/src/b.ts': 'export const b = 2;',
    },
    main: `${n}import * as esbuild from 'esbuild';
for (let i = 0; i < n % 3 + 1; i++) await esbuild.build({ entryPoints: ['src/a.ts'], bundle: true, outfile: 'out/' + i + '.js' });
console.log('done', esbuild.transformSync('let x: number = ' + n, { loader: 'ts' }).code.length);
await esbuild.stop();`,
  },
  {
    name: 'sharp',
    needs: ['sharp'],
    main: `${n}import sharp from 'sharp';
await sharp({ create: { width: 10 * n, height: 20, channels: 3, background: 'red' } }).resize(5 + n).png().toFile('out-' + n + '.png');
console.log('done');`,
  },
  {
    name: 'puppeteer-core without a browser',
    needs: ['puppeteer-core'],
    files: { 'app/chrome': '#!/bin/sh\nexit 1\n' },
    main: `${n}import { chmodSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
chmodSync('chrome', 0o755);
for (let i = 0; i <= n % 2; i++) await puppeteer.launch({ executablePath: process.cwd() + '/chrome', args: ['--no-sandbox'] }).catch((error) => console.log(String(error.message).slice(0, 40)));
console.log('done');`,
  },
  {
    name: 'pino in a worker',
    needs: ['pino'],
    main: `${n}import pino from 'pino';
const transport = pino.transport({ target: 'pino/file', options: { destination: './logs/app.log', mkdir: true } });
const logger = pino(transport);
for (let i = 0; i < n * 10; i++) logger.info({ i }, 'order');
process.on('exit', () => console.log('done'));`,
  },
  {
    name: 'jest-worker',
    needs: ['jest-worker'],
    files: {
      'app/job.cjs':
        "exports.square = (x) => x * x; exports.read = () => require('fs').readFileSync(__filename, 'utf8').length;",
    },
    main: `${n}import { createRequire } from 'node:module';
const { Worker } = createRequire(import.meta.url)('jest-worker');
const worker = new Worker(process.cwd() + '/job.cjs', { numWorkers: 2, exposedMethods: ['square', 'read'], enableWorkerThreads: n % 2 === 0 });
for (let i = 0; i < n; i++) await worker.square(i);
await worker.read();
await worker.end();
console.log('done');`,
  },
  {
    name: 'piscina',
    needs: ['piscina'],
    files: { 'app/job.mjs': 'export default ({ a }) => a + 1;' },
    main: `${n}import { Piscina } from 'piscina';
const pool = new Piscina({ filename: new URL('./job.mjs', import.meta.url).href, maxThreads: 2 });
await Promise.all(Array.from({ length: n }, (_, a) => pool.run({ a })));
await pool.destroy();
console.log('done');`,
  },
  {
    name: 'update-notifier',
    needs: ['update-notifier'],
    env: { NODE_ENV: 'production' },
    main: `${n}import updateNotifier from 'update-notifier';
const notifier = updateNotifier({ pkg: { name: 'orders-' + (n % 3), version: '1.0.0' }, updateCheckInterval: n % 2 ? 0 : 1e9 });
notifier.notify();
console.log('done');`,
  },
  {
    name: 'execa',
    needs: ['execa'],
    main: `${n}import { execa, $ } from 'execa';
for (let i = 0; i < n % 3 + 1; i++) await execa('node', ['-e', 'console.log(' + i + ')']);
await $\`git --version\`;
console.log('done');`,
  },
  {
    name: 'cross-spawn',
    needs: ['cross-spawn'],
    cjs: true,
    main: `${n}const spawn = require('cross-spawn');
spawn.sync('ls', ['-l', String('.'.repeat(n % 2 + 1))]);
spawn('node', ['--version'], { stdio: 'ignore' }).on('close', () => console.log('done'));`,
  },
  {
    name: 'node-cron',
    needs: ['node-cron'],
    main: `${n}import cron from 'node-cron';
let ran = 0;
const task = cron.schedule('* * * * * *', () => { ran++; task.stop(); if (task.destroy) task.destroy(); console.log('done', ran, n); });`,
  },
];
