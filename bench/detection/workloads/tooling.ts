import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';
const many = (folder: string) =>
  `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('${folder}/deep', { recursive: true });
for (let i = 0; i < 20 + n * 5; i++) writeFileSync('${folder}/' + (i % 2 ? 'deep/' : '') + 'f' + i + '.txt', 'x'.repeat(i));
`;

/** Packages that touch many files, or turn text into code. */
export const tooling: readonly Workload[] = [
  {
    name: 'graceful-fs',
    needs: ['graceful-fs'],
    cjs: true,
    main: `${n}const fs = require('graceful-fs');
fs.gracefulify(require('fs'));
let open = n * 20;
for (let i = 0; i < n * 20; i++) fs.writeFile('f' + i, 'x', () => fs.readFile('f' + i, () => { if (--open === 0) console.log('done'); }));`,
  },
  {
    name: 'fs-extra',
    needs: ['fs-extra'],
    main: `${n}${many('tree')}import fs from 'fs-extra';
await fs.copy('tree', 'copy-' + n); await fs.move('copy-' + n, 'moved'); await fs.outputJson('out/a/b.json', { n });
await fs.remove('tree'); await fs.ensureDir('x/y'); await fs.emptyDir('moved');
console.log('done');`,
  },
  {
    name: 'rimraf and glob',
    needs: ['rimraf', 'glob'],
    main: `${n}${many('build')}import { glob } from 'glob';
import { rimraf } from 'rimraf';
const files = await glob('build/**/*.txt');
await rimraf('build');
console.log('done', files.length);`,
  },
  {
    name: 'chokidar',
    needs: ['chokidar'],
    main: `${n}${many('watched')}import chokidar from 'chokidar';
const watcher = chokidar.watch('watched');
watcher.on('ready', () => writeFileSync('watched/new-' + n, 'x'));
watcher.on('add', async (file) => { if (file.includes('new-')) { await watcher.close(); console.log('done'); } });`,
  },
  {
    name: 'tar',
    needs: ['tar'],
    main: `${n}${many('data')}import * as tar from 'tar';
await tar.create({ file: 'a.tgz', gzip: true }, ['data']);
mkdirSync('out');
await tar.extract({ file: 'a.tgz', cwd: 'out' });
console.log('done');`,
  },
  {
    name: 'archiver',
    needs: ['archiver'],
    main: `${n}${many('data')}import * as archiver from 'archiver';
import { createWriteStream } from 'node:fs';
const zip = archiver.ZipArchive ? new archiver.ZipArchive() : archiver.default('zip');
zip.pipe(createWriteStream('a-' + n + '.zip')).on('close', () => console.log('done'));
zip.directory('data', false);
await zip.finalize();`,
  },
  {
    name: 'prettier',
    needs: ['prettier'],
    files: { 'app/.prettierrc': '{"singleQuote":true}', 'app/src/a.js': 'let a   = "b"' },
    main: `${n}import * as prettier from 'prettier';
const options = await prettier.resolveConfig('src/a.js');
for (const parser of ['babel', 'css', 'markdown', 'json'].slice(0, n % 4 + 1)) await prettier.format(parser === 'json' ? '{"a":1}' : parser === 'babel' ? 'let a   = "b"' : 'a {}', { ...options, parser });
console.log('done');`,
  },
  {
    name: 'eslint',
    needs: ['eslint'],
    files: {
      'app/eslint.config.mjs': 'export default [{ rules: { "no-unused-vars": "error" } }];',
      'app/src/a.js': 'let a = 1;',
    },
    main: `${n}import { ESLint } from 'eslint';
const eslint = new ESLint();
await eslint.lintFiles(['src/*.js']);
const [result] = await eslint.lintText('let b' + n + ' = 1;');
console.log('done', result.errorCount);`,
  },
  {
    name: 'rollup',
    needs: ['rollup'],
    files: { 'app/src/a.js': 'export { b } from "./b.js";', 'app/src/b.js': 'export const b = 2;' },
    main: `${n}import { rollup } from 'rollup';
for (const format of ['es', 'cjs', 'iife'].slice(0, n % 3 + 1)) { const bundle = await rollup({ input: 'src/a.js' }); await bundle.write({ file: 'out/' + format + '.js', format, name: 'x' }); await bundle.close(); }
console.log('done');`,
  },
  {
    name: 'webpack',
    needs: ['webpack'],
    cjs: true,
    files: { 'app/src/index.js': 'import { b } from "./b.js"; console.log(b);', 'app/src/b.js': 'export const b = 2;' },
    main: `${n}const webpack = require('webpack');
webpack({ mode: n % 2 ? 'production' : 'development', cache: n % 3 ? { type: 'filesystem' } : false, entry: './src/index.js' }, (error, stats) => {
  if (error || stats.hasErrors()) throw error || new Error(stats.toString());
  console.log('done');
});`,
  },
  {
    name: 'typescript',
    needs: ['typescript'],
    files: {
      'app/src/a.ts': 'export const a: number = 1;',
      'app/src/b.ts': 'import { a } from "./a"; export const b: string = String(a);',
    },
    main: `${n}import ts from 'typescript';
const program = ts.createProgram(n % 2 ? ['src/b.ts'] : ['src/a.ts', 'src/b.ts'], { outDir: 'out', types: [], lib: ['lib.es5.d.ts'] });
program.emit();
console.log('done', ts.getPreEmitDiagnostics(program).length);`,
  },
  {
    name: 'babel',
    needs: ['@babel/core'],
    files: { 'app/babel.config.json': '{"comments":false}' },
    main: `${n}import * as babel from '@babel/core';
for (let i = 0; i < n; i++) await babel.transformAsync('/* c */ let a = ' + i);
console.log('done');`,
  },
  {
    name: 'handlebars',
    needs: ['handlebars'],
    cjs: true,
    files: { 'app/views/a.hbs': '<b>{{name}}</b>{{#each items}}<i>{{this}}</i>{{/each}}' },
    main: `${n}const handlebars = require('handlebars');
const view = handlebars.compile(require('fs').readFileSync('views/a.hbs', 'utf8'));
for (let i = 0; i < n; i++) view({ name: 'n' + i, items: [1, 2] });
console.log('done');`,
  },
  {
    name: 'pug and cheerio',
    needs: ['pug', 'cheerio'],
    cjs: true,
    files: { 'app/views/a.pug': 'extends base\nblock body\n  p= name', 'app/views/base.pug': 'html\n  block body' },
    main: `${n}const pug = require('pug'), cheerio = require('cheerio');
let html; for (let i = 0; i < n; i++) html = pug.renderFile('views/a.pug', { name: 'n' + i, cache: i % 2 === 0 });
console.log('done', cheerio.load(html)('p').text());`,
  },
  {
    name: 'winston',
    needs: ['winston'],
    cjs: true,
    main: `${n}const winston = require('winston');
const logger = winston.createLogger({ transports: [new winston.transports.File({ filename: 'logs/app.log' }), new winston.transports.Http({ host: '@A@', port: @PORT@, path: '/logs' })] });
for (let i = 0; i < n; i++) logger.info('order ' + i);
logger.on('finish', () => setTimeout(() => { console.log('done'); process.exit(0); }, 150));
logger.end();`,
  },
  {
    name: 'yargs and commander',
    needs: ['yargs', 'commander'],
    main: `${n}import yargs from 'yargs';
import { Command } from 'commander';
const argv = await yargs(['--size', String(n)]).option('size', { type: 'number' }).parse();
new Command().option('-p, --port <n>').parse(['node', 'x', '-p', String(n)]);
console.log('done', argv.size);`,
  },
];
