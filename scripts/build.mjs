/**
 * Builds what is published: one CommonJS package out of the ESM sources.
 *
 *   dist/index.js  dist/cli.js         thin entries
 *   dist/register.js                   a stub in the oldest syntax, which asks for the version of Node before anything else
 *   dist/diogenesis-*.js               loads the one chunk all of them share: two of them would be two immune systems
 *   dist/diogenesis-*.code.js          that chunk
 *   dist/index.d.ts                    the types of the public API, in one file
 *   dist/report-page.{js,css}          what `diogenesis report` puts into a page, with its plotting library
 *   dist/*.js.map                      the sources of what is minified
 *
 *   npm run build -- --readable        not minified, for a look with the debugger
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import remapping from '@jridgewell/remapping';
import MagicString from 'magic-string';
import { rolldown } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';
import { rollUpTypes } from './type-tests/roll-up.mjs';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');
const readable = process.argv.includes('--readable');
const { engines, dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const minimum = engines.node
  .match(/\d+\.\d+/)[0]
  .split('.')
  .map(Number);

/** Entry name → source; one that is not written yet is left out, so that the others can be tried. */
const entries = {
  index: 'src/index.ts',
  'register-main': 'src/register.ts',
  cli: 'src/cli/main.ts',
};
const input = Object.fromEntries(
  Object.entries(entries)
    .map(([name, file]) => [name, join(root, file)])
    .filter(([, file]) => existsSync(file)),
);

/*
 * Runs in every Node of the process tree, an old one included (npm itself may run on it), so it may use no syntax
 * younger than ES5 and must let the host go on whatever happens.
 */
const registerStub = `'use strict';
var version = /^(\\d+)\\.(\\d+)/.exec(process.versions.node) || [0, 0, 0];
if (version[1] > ${minimum[0]} || (Number(version[1]) === ${minimum[0]} && version[2] >= ${minimum[1]})) {
  try {
    var main = require('./register-main.js');
    var chunk = require('./CHUNK');
    chunk.keepCompiled(false);
    main.onceWarm(function () {
      chunk.keepCompiled(true);
    });
  } catch (error) {
    process.stderr.write('diogenesis: not active: ' + String((error && error.message) || error).split('\\n')[0] + '\\n');
  }
} else {
  process.stderr.write('diogenesis: not active: needs Node >= ${minimum.join('.')}, this is ' + process.versions.node + '\\n');
}
`;

/* At run time the schema is what values are held to; its words are for editors, which read the file itself. */
const schemaWithoutWords = {
  name: 'schema-without-words',
  transform: {
    filter: { id: /diogenesis\.schema\.json$/ },
    handler: (text) => ({
      code: JSON.stringify(JSON.parse(text, (key, value) => (isWord(key, value) ? undefined : value))),
      map: null,
    }),
  },
};
const isWord = (key, value) => typeof value === 'string' && /^(?:\$schema|\$id|title|description)$/.test(key);

// Built beside the old one and moved into its place at once: a process that is just starting finds either, never half.
const fresh = join(root, `dist.${process.pid}`);
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh);

/*
 * `import fs from 'node:fs'` becomes a copy of every property of the builtin, which runs its lazy getters (one loads
 * TextDecoder, one a deprecation warning) and costs milliseconds in every process. A builtin is its own default export.
 */
const builtinsAsTheyAre = {
  name: 'builtins-as-they-are',
  renderChunk(code, { name }) {
    const text = new MagicString(code);
    const copies = [...code.matchAll(/^([\w$]+) = require_rolldown_runtime\.\w+\(\1, 1\);\n/gm)];
    if (copies.length === 0 && name === 'diogenesis') throw new Error('the bundler copies builtins in another way now');
    for (const { index, 0: copy, 1: variable } of copies) {
      text.remove(index, index + copy.length);
      text.replaceAll(`${variable}.default`, variable);
    }
    // Nothing is left to do for the bundler's helpers: to load them is half a millisecond for nothing.
    const helpers = /^const require_rolldown_runtime = .*\n/m;
    if (!`${text}`.replace(helpers, '').includes('require_rolldown_runtime')) text.replace(helpers, '');
    return { code: `${text}`, map: text.generateMap({ hires: true }) };
  },
};

const options = {
  platform: 'node',
  plugins: [schemaWithoutWords, builtinsAsTheyAre],
  external: [/^node:/, ...Object.keys({ ...dependencies, ...peerDependencies }), /^@opentelemetry\//],
  onLog(level, log, handle) {
    if (level === 'warn') throw new Error(`rolldown: ${log.message}`);
    handle(level, log);
  },
};

/*
 * What runs inside the host is one chunk, whatever the command line shares with it: between chunks every name is a
 * getter, and a primordial behind one costs more than what it guards.
 */
const preload = await rolldown({ ...options, input: entries['register-main'] });
const { output } = await preload.generate({ format: 'cjs' });
await preload.close();
const preloaded = new Set(output.flatMap((chunk) => chunk.moduleIds ?? []));
preloaded.delete(join(root, entries['register-main']));

const bundle = await rolldown({ ...options, input });
await bundle.write({
  dir: fresh,
  format: 'cjs',
  exports: 'named',
  // The sources are ES modules, which are strict: a wrapper in sloppy code would hand `globalThis` on as `this`.
  strict: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  comments: false,
  minify: !readable,
  /*
   * Beside the code, but not named in it: under --enable-source-maps our frames would get names of files that are not
   * there, and no longer look like Node's own.
   */
  sourcemap: 'hidden',
  codeSplitting: { groups: [{ name: 'diogenesis', test: (id) => preloaded.has(id) }] },
});
await bundle.close();

/*
 * Error stacks show who called our wrappers. What looks for user code in them (loggers, test runners, coverage, packages
 * that ask who required them) skips what bears a name like Node's own files.
 */
const looksLikeNode = (name) => `//# sourceURL=node:diogenesis-otel/${name.replace(/-[\w-]{8}(?=\.js$)/, '')}\n`;

// A source in one-byte characters is read and compiled faster, and takes half the memory.
for (const name of readdirSync(fresh)) {
  if (!name.endsWith('.js')) continue;
  if (name.startsWith('rolldown-runtime-')) {
    rmSync(join(fresh, name));
    continue;
  }
  const file = join(fresh, name);
  const text = new MagicString(readFileSync(file, 'utf8'));
  for (const { index, 0: unit } of text.original.matchAll(/[^\0-\x7f]/g)) {
    text.update(index, index + 1, `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  }
  if (!readable) breakLines(text);
  // Here and not in its loader, where to put it together copies all of it twice.
  if (name.startsWith('diogenesis-')) {
    text.prepend('(function (exports, require, module, __filename, __dirname) {').append('\n})');
  }
  writeFileSync(file, `${text}\n${looksLikeNode(name)}`);
  const map = remapping([text.generateMap({ hires: true }), readFileSync(`${file}.map`, 'utf8')], () => null);
  writeFileSync(`${file}.map`, JSON.stringify(map));
}
const chunk = readdirSync(fresh).find((name) => /^diogenesis-.*\.js$/.test(name));
for (const end of ['', '.map']) {
  renameSync(join(fresh, `${chunk}${end}`), join(fresh, `${chunk.replace(/js$/, 'code.js')}${end}`));
}
const chunkLoader = readFileSync(join(import.meta.dirname, 'chunk-loader.cjs'), 'utf8');
writeFileSync(join(fresh, chunk), `${chunkLoader}${looksLikeNode('chunk-loader.js')}`);

writeFileSync(join(fresh, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
if (input['register-main']) {
  writeFileSync(join(fresh, 'register.js'), `${registerStub.replace('CHUNK', chunk)}${looksLikeNode('register.js')}`);
  writeFileSync(join(fresh, 'register.d.ts'), 'export {};\n');
}
if (input.cli) {
  const cli = join(fresh, 'cli.js');
  const text = readFileSync(cli, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(cli, `#!/usr/bin/env node\n${text}`);
  chmodSync(cli, 0o755);
}
if (input.index) {
  const typescript = join(root, 'node_modules/typescript/bin/tsc');
  const types = join(fresh, 'types');
  const config = join(root, 'tsconfig.build.json');
  execFileSync(process.execPath, [typescript, '-p', config, '--outDir', types], { stdio: 'inherit' });
  // Declarations keep the `.ts` of the sources' imports, which is not resolved among declarations.
  for (const name of readdirSync(types, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(types, name);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/((?:\bfrom |\bimport\(|\bimport )['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js'),
    );
  }
  await rollUpTypes({
    input: { index: join(types, 'src/index.d.ts') },
    dir: fresh,
    external: options.external,
    tsconfig: config,
  });
  rmSync(types, { recursive: true });
  // Comments that name a file name the folder of this build with it, and the API would be another one each time.
  const declarations = join(fresh, 'index.d.ts');
  writeFileSync(declarations, readFileSync(declarations, 'utf8').replace(/^\/\/ dist\.\d+\/types\//gm, '// '));
}

const page = await rolldown({ input: join(root, 'src/report-page/page.ts'), platform: 'browser' });
await page.write({ file: join(fresh, 'report-page.js'), format: 'iife', minify: true, comments: false });
await page.close();
copyFileSync(join(root, 'src/report-page/page.css'), join(fresh, 'report-page.css'));

const old = join(root, `dist.old.${process.pid}`);
if (existsSync(out)) renameSync(out, old);
renameSync(fresh, out);
rmSync(old, { recursive: true, force: true });

/**
 * A line for each statement: an error that nobody catches shows the line that threw it, and that must not be the whole
 * program.
 */
function breakLines(text) {
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    const isList = /^(Program|BlockStatement|FunctionBody|ClassBody)$/.test(node.type) && Array.isArray(node.body);
    if (isList) for (const { start } of node.body) text.appendLeft(start, '\n');
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) value.forEach(visit);
      else visit(value);
    }
  };
  visit(parseAst(text.original));
}
