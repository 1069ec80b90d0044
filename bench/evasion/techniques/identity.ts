import { techniques } from '../technique.ts';

const fs = `const fs = require('node:fs');`;
const vm = `const vm = require('node:vm');`;
const STEAL = `prove(process.getBuiltinModule('fs').readFileSync(SECRET, 'utf8'))`;
const HIDDEN = `(SECRET, prove) => { setTimeout(() => ${STEAL}, 1); }`;

/** Pretending to be somebody else: names of scripts, stacks, manifests, files. */
export const IDENTITY = techniques('field', [
  {
    name: 'stack-trace-limit',
    deed: 'read',
    says: 'Error.stackTraceLimit = 0',
    evil: `${fs} exports.run = () => { Error.stackTraceLimit = 0; prove(fs.readFileSync(SECRET, 'utf8')); };`,
  },
  {
    name: 'prepare-stack-trace',
    deed: 'read',
    says: 'Error.prepareStackTrace forges the stack',
    evil: `${fs} exports.run = () => {
      Error.prepareStackTrace = () => 'at call (' + APP + '/node_modules/innocent/index.js:1:1)';
      prove(fs.readFileSync(SECRET, 'utf8'));
    };`,
  },
  {
    name: 'prepare-stack-trace-fixed',
    deed: 'read',
    source: 'own',
    says: 'prepareStackTrace made read-only, then an act after an await',
    evil: `${fs} exports.run = async () => {
      Object.defineProperty(Error, 'prepareStackTrace', { value: () => '', writable: false, configurable: false });
      Object.defineProperty(Error, 'stackTraceLimit', { value: 0, writable: false, configurable: false });
      await null;
      prove(fs.readFileSync(SECRET, 'utf8'));
    };`,
  },
  {
    name: 'source-url',
    deed: 'read',
    says: "eval with a sourceURL of the innocent package's file",
    evil: `exports.run = () => { (0, eval)(${JSON.stringify(HIDDEN)} + '\\n//# sourceURL=' + APP + '/node_modules/innocent/index.js')(SECRET, prove); };`,
  },
  {
    name: 'source-url-function',
    deed: 'read',
    source: 'own',
    says: 'new Function with the sourceURL of a file of Node',
    evil: `exports.run = () => { new Function('SECRET', 'prove', ${JSON.stringify(`setTimeout(() => ${STEAL}, 1)`)} + '\\n//# sourceURL=node:internal/timers')(SECRET, prove); };`,
  },
  {
    name: 'source-url-app',
    deed: 'read',
    source: 'own',
    says: "eval with the sourceURL of the application's main file",
    evil: `exports.run = () => { (0, eval)(${JSON.stringify(HIDDEN)} + '\\n//# sourceURL=' + APP + '/main.js')(SECRET, prove); };`,
  },
  {
    name: 'source-url-own',
    deed: 'read',
    source: 'own',
    says: 'new Function with the sourceURL of a file of Diogenesis',
    evil: `exports.run = () => {
      const ours = Object.keys(require.cache).find((file) => /[\\\\/]register\\.js$/.test(file)) ?? process.execArgv[1];
      new Function('SECRET', 'prove', ${JSON.stringify(`setTimeout(() => ${STEAL}, 1)`)} + '\\n//# sourceURL=' + ours)(SECRET, prove);
    };`,
  },
  {
    name: 'vm-filename',
    deed: 'read',
    says: "vm.runInThisContext with the innocent package's file name",
    evil: `${vm} exports.run = () => { vm.runInThisContext(${JSON.stringify(HIDDEN)}, { filename: APP + '/node_modules/innocent/index.js' })(SECRET, prove); };`,
  },
  {
    name: 'vm-filename-node',
    deed: 'read',
    source: 'own',
    says: 'vm.Script with the name of a file of Node',
    evil: `${vm} exports.run = () => { new vm.Script(${JSON.stringify(HIDDEN)}, { filename: 'node:internal/fs/read' }).runInThisContext()(SECRET, prove); };`,
  },
  {
    name: 'vm-filename-missing',
    deed: 'read',
    source: 'own',
    says: 'vm.compileFunction with a file of the innocent package that does not exist',
    evil: `${vm} exports.run = () => { vm.compileFunction(${JSON.stringify(`setTimeout(() => ${STEAL}, 1)`)}, ['SECRET', 'prove'], { filename: APP + '/node_modules/innocent/lib/other.js' })(SECRET, prove); };`,
  },
  {
    name: 'vm-new-context',
    deed: 'read',
    source: 'own',
    says: 'vm.runInNewContext, without a name',
    evil: `${vm} exports.run = () => { vm.runInNewContext(${JSON.stringify(HIDDEN)}, { process, setTimeout })(SECRET, prove); };`,
  },
  {
    name: 'module-compile',
    deed: 'read',
    says: "Module.prototype._compile with the innocent package's file name",
    evil: `const Module = require('node:module'); exports.run = () => {
      const fake = new Module(APP + '/node_modules/innocent/index.js');
      fake._compile('module.exports = ' + ${JSON.stringify(HIDDEN)}, APP + '/node_modules/innocent/index.js');
      fake.exports(SECRET, prove);
    };`,
  },
  {
    name: 'module-extensions',
    deed: 'read',
    source: 'own',
    says: 'a replaced Module._extensions handler puts code into the innocent package',
    files: { 'node_modules/innocent/lazy.js': 'exports.lazy = true;' },
    way: /^code\.eval|diogenesis\./,
    app: `const evil = require('evil'); evil.run(); require('innocent/lazy.js');`,
    evil: `const Module = require('node:module'); exports.run = () => {
      const before = Module._extensions['.js'];
      globalThis.evilArgs = [SECRET, prove];
      Module._extensions['.js'] = (module, file) => {
        const { _compile } = module;
        module._compile = (code, name) => Reflect.apply(_compile, module, [code + ';(' + ${JSON.stringify(HIDDEN)} + ')(...globalThis.evilArgs)', name]);
        return before(module, file);
      };
    };`,
  },
  {
    name: 'load-hook',
    deed: 'read',
    source: 'own',
    says: 'a load hook of registerHooks puts code into the innocent package',
    files: { 'node_modules/innocent/lazy.js': 'exports.lazy = true;' },
    way: /^code\.eval|diogenesis\./,
    app: `const evil = require('evil'); evil.run(); require('innocent/lazy.js');`,
    evil: `exports.run = () => {
      globalThis.evilArgs = [SECRET, prove];
      require('node:module').registerHooks({
        load(url, context, next) {
          const result = next(url, context);
          if (!url.endsWith('lazy.js')) return result;
          return { ...result, source: result.source + ';(' + ${JSON.stringify(HIDDEN)} + ')(...globalThis.evilArgs)' };
        },
      });
    };`,
  },
  {
    name: 'module-wrapper',
    limit:
      'the strings of Module.wrapper are compiled with the file, under its name, and say nothing of who made them; that they were changed is an ALERT that names nobody',
    deed: 'read',
    source: 'own',
    says: 'changed strings of Module.wrapper put code into the innocent package',
    files: { 'node_modules/innocent/lazy.js': 'exports.lazy = true;' },
    way: /^code\.eval|diogenesis\./,
    app: `const evil = require('evil'); evil.run(); require('innocent/lazy.js');`,
    evil: `exports.run = () => {
      globalThis.evilArgs = [SECRET, prove];
      const Module = require('node:module');
      Module.wrapper[1] = ';(' + ${JSON.stringify(HIDDEN)} + ')(...globalThis.evilArgs)' + Module.wrapper[1];
    };`,
  },
  {
    name: 'module-wrap',
    deed: 'read',
    source: 'own',
    says: 'a replaced Module.wrap puts code into the innocent package',
    files: { 'node_modules/innocent/lazy.js': 'exports.lazy = true;' },
    app: `const evil = require('evil'); evil.run(); require('innocent/lazy.js');`,
    evil: `exports.run = () => {
      globalThis.evilArgs = [SECRET, prove];
      const Module = module.constructor, { wrap } = Module;
      Module.wrap = (text) => wrap(text + ';(' + ${JSON.stringify(HIDDEN)} + ')(...globalThis.evilArgs)');
    };`,
  },
  { name: 'eval', deed: 'read', says: 'eval', evil: `exports.run = () => eval(${JSON.stringify(STEAL)});` },
  {
    name: 'new-function',
    deed: 'read',
    says: 'new Function, called by a timer',
    evil: `exports.run = () => { setTimeout(new Function('SECRET', 'prove', ${JSON.stringify(STEAL)}), 1, SECRET, prove); };`,
  },
  {
    name: 'eval-string-timer',
    deed: 'read',
    source: 'own',
    says: 'nested eval inside a generator, called by a microtask',
    evil: `exports.run = () => { const steps = eval("(function* () { eval(" + JSON.stringify(${JSON.stringify(STEAL)}) + "); })"); queueMicrotask(() => steps().next()); };`,
  },
  {
    name: 'data-import',
    deed: 'read',
    says: "import('data:…')",
    evil: `exports.run = () => { globalThis.evilArgs = [SECRET, prove]; import('data:text/javascript,' + encodeURIComponent("const [SECRET, prove] = globalThis.evilArgs; await null; " + ${JSON.stringify(STEAL)})); };`,
  },
  {
    name: 'data-import-timer',
    deed: 'read',
    source: 'own',
    says: 'a module from a data: URL that acts in a timer',
    evil: `exports.run = () => { globalThis.evilArgs = [SECRET, prove]; import('data:text/javascript,' + encodeURIComponent("const [SECRET, prove] = globalThis.evilArgs; setTimeout(() => " + ${JSON.stringify(STEAL)} + ", 1)")); };`,
  },
  {
    name: 'esm',
    deed: 'read',
    source: 'own',
    says: 'an ES module with top-level await',
    app: `import('evil/evil.mjs');`,
    files: {
      'node_modules/evil/evil.mjs': `import { readFileSync } from 'node:fs'; import { createRequire } from 'node:module'; const { SECRET, prove } = createRequire(import.meta.url)('./index.js'); await null; prove(readFileSync(SECRET, 'utf8'));`,
    },
    evil: `Object.assign(exports, { SECRET, prove });`,
  },
  {
    name: 'loaded-from-temp',
    deed: 'read',
    source: 'own',
    says: 'writes its code into the temporary folder and requires it',
    evil: `${fs} exports.run = () => {
      const file = require('node:os').tmpdir() + '/cache-' + process.pid + '.js';
      fs.writeFileSync(file, 'module.exports = ' + ${JSON.stringify(HIDDEN)});
      require(file)(SECRET, prove);
    };`,
  },
  {
    name: 'written-into-innocent',
    deed: 'read',
    source: 'own',
    says: "writes its code into the innocent package's folder and requires it",
    evil: `${fs} exports.run = () => {
      const file = APP + '/node_modules/innocent/cache.js';
      fs.writeFileSync(file, 'module.exports = ' + ${JSON.stringify(HIDDEN)});
      require(file)(SECRET, prove);
    };`,
  },
  {
    name: 'hard-linked-into-innocent',
    deed: 'read',
    source: 'own',
    says: "hard-links its code into the innocent package's folder",
    files: { 'node_modules/evil/payload.js': `module.exports = ${HIDDEN};` },
    evil: `${fs} exports.run = () => {
      const file = APP + '/node_modules/innocent/cache.js';
      fs.linkSync(__dirname + '/payload.js', file);
      require(file)(SECRET, prove);
    };`,
  },
  {
    name: 'symlinked-into-innocent',
    deed: 'read',
    says: "a symbolic link in the innocent package's folder leads to its code",
    files: { 'node_modules/evil/payload.js': `module.exports = ${HIDDEN};` },
    evil: `${fs} exports.run = () => {
      const file = APP + '/node_modules/innocent/cache.js';
      fs.symlinkSync(__dirname + '/payload.js', file);
      require(file)(SECRET, prove);
    };`,
  },
  {
    name: 'written-into-app',
    deed: 'read',
    source: 'own',
    says: "writes its code into the application's folder and requires it",
    evil: `${fs} exports.run = () => {
      const file = APP + '/cache.js';
      fs.writeFileSync(file, 'module.exports = ' + ${JSON.stringify(HIDDEN)});
      require(file)(SECRET, prove);
    };`,
  },
  {
    name: 'manifest-spoof',
    deed: 'read',
    says: "a nested folder with the innocent package's manifest",
    files: {
      'node_modules/evil/lib/package.json': `{"name":"innocent","version":"2.3.4"}`,
      'node_modules/evil/lib/index.js': `module.exports = ${HIDDEN};`,
    },
    evil: `exports.run = () => require('./lib')(SECRET, prove);`,
    source: 'own',
  },
  {
    name: 'bundled-namesake',
    deed: 'read',
    source: 'own',
    says: 'carries a package of the same name and version as the innocent one',
    files: {
      'node_modules/evil/node_modules/innocent/package.json': `{"name":"innocent","version":"2.3.4"}`,
      'node_modules/evil/node_modules/innocent/index.js': `module.exports = ${HIDDEN};`,
    },
    evil: `exports.run = () => require('innocent')(SECRET, prove);`,
  },
  {
    name: 'manifest-rewritten',
    deed: 'read',
    source: 'own',
    says: 'rewrites its own manifest to an older version while running',
    evil: `${fs} exports.run = () => { fs.writeFileSync(__dirname + '/package.json', '{"name":"evil","version":"1.0.0"}'); setTimeout(() => ${STEAL}, 5); };`,
  },
  {
    name: 'require-cache',
    deed: 'read',
    says: "swaps the innocent package's exports in require.cache",
    app: `require('innocent'); require('evil').run(); require('innocent').call(() => {});`,
    evil: `${fs} exports.run = () => {
      const entry = require.cache[require.resolve('innocent')];
      entry.exports = { ...entry.exports, call: () => prove(fs.readFileSync(SECRET, 'utf8')) };
    };`,
  },
  {
    name: 'module-load',
    deed: 'read',
    says: 'replaces Module._load',
    app: `require('evil').run(); require('innocent');`,
    evil: `${fs} const Module = require('node:module'); exports.run = () => {
      const load = Module._load;
      Module._load = function (...args) { setTimeout(() => { if (!this.done) { this.done = true; prove(fs.readFileSync(SECRET, 'utf8')); } }, 1); return load.apply(this, args); };
    };`,
  },
  {
    name: 'create-require',
    deed: 'read',
    says: "createRequire in the innocent package's name",
    evil: `exports.run = () => {
      const { readFileSync } = require('node:module').createRequire(APP + '/node_modules/innocent/index.js')('node:fs');
      setTimeout(() => prove(readFileSync(SECRET, 'utf8')), 1);
    };`,
  },
  {
    name: 'innocent-exports-patched',
    deed: 'read',
    source: 'own',
    says: 'replaces a function of the innocent package by a bound file function',
    app: `const innocent = require('innocent'); require('evil').run(innocent); setTimeout(() => innocent.work(process.env.SECRET, process.env.LOOT), 1);`,
    evil: `${fs} exports.run = (innocent) => { innocent.helper = fs.copyFileSync.bind(fs); };`,
  },
]);
