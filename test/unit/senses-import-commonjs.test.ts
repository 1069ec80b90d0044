import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { scratch } from '../support/senses.ts';

const place = scratch();
after(() => place[Symbol.dispose]());

function write(name: string, text: string): void {
  const file = path.join(place.dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

before(() => {
  write('own.js', 'module.exports = 1');
  write('package.json', '{"name":"host","version":"1.0.0"}');
  write('node_modules/pkg/package.json', '{"name":"pkg","version":"1.0.0","main":"pkg.js"}');
  write('node_modules/pkg/pkg.js', 'module.exports = 1');
  write('explicit.mjs', "import 'node:dgram'; import 'pkg'; export default 1");
  write('detected.js', "export * from 'node:dgram';");
  write('commented.js', "// import and export are words here\nrequire('dgram')");
  write('node_modules/typed/package.json', '{"name":"typed","version":"1.0.0","type":"module","main":"typed.js"}');
  write('node_modules/typed/typed.js', "import 'node:dgram';");
});

function outputOf(preloadName: string, body: string, options: string[] = [], name = 'main.cjs'): string {
  write(name, body);
  const preload = path.join(import.meta.dirname, '../support', preloadName);
  return execFileSync(process.execPath, ['--require', preload, ...options, path.join(place.dir, name)], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

function edgesOf(...args: [body: string, options?: string[], name?: string]): string[] {
  return JSON.parse(outputOf('record-edges.ts', ...args));
}

/** What a CommonJS main module does, and an edge that must have been seen. */
const ROUTES: [what: string, body: string, edge: string][] = [
  ['a builtin', "require('dgram')", 'main.cjs > node:dgram'],
  ['a builtin with its scheme', "require('node:dgram')", 'main.cjs > node:dgram'],
  ['a file', "require('./own')", 'main.cjs > own.js'],
  ['a package', "require('pkg')", 'main.cjs > pkg.js'],
  ['Module._load', "module.constructor._load('node:dgram', module)", 'main.cjs > node:dgram'],
  ['createRequire', "require('module').createRequire(__filename)('node:dgram')", 'main.cjs > node:dgram'],
  ['process.getBuiltinModule', "process.getBuiltinModule('dgram')", 'stack > node:dgram'],
  ['import()', "import('node:dgram')", 'main.cjs > node:dgram'],
  ['import() of a file', "import('./explicit.mjs')", 'explicit.mjs > node:dgram'],
  ['import() in a string', "(0, eval)('imp' + 'ort(\"node:dgram\")')", 'main.cjs > node:dgram'],
  ['require of an .mjs', "require('./explicit.mjs')", 'explicit.mjs > pkg.js'],
  ['require of what turns out to be an ES module', "require('./detected.js')", 'detected.js > node:dgram'],
  ['require of a package of type module', "require('typed')", 'typed.js > node:dgram'],
  ['a module with the words in comments', "require('./commented.js')", 'commented.js > node:dgram'],
  [
    'a resolution of one’s own that answers with a builtin',
    "require('module')._resolveFilename = () => 'dgram'; require('harmless')",
    'main.cjs > node:dgram',
  ],
  [
    'a resolution of one’s own behind a getter',
    `Object.defineProperty(require('module'), '_resolveFilename', { get: () => () => 'dgram' });
     require('harmless')`,
    'main.cjs > node:dgram',
  ],
  [
    'a module hook that answers with a builtin',
    `require('module').registerHooks({ resolve: (s, c, next) => next(s === 'harmless' ? 'node:dgram' : s, c) });
     require('harmless')`,
    'main.cjs > node:dgram',
  ],
  [
    'a channel whose subscribers were taken away',
    `const { channel } = require('diagnostics_channel'); channel('tracing:module.import:start')._subscribers = [];
     import('node:dgram')`,
    'main.cjs > node:dgram',
  ],
  [
    'a channel obtained without require',
    `const { channel } = process.getBuiltinModule('node:diagnostics_channel');
     const c = channel('tracing:module.import:start'); if (c._subscribers) c._subscribers.length = 0;
     import('node:dgram')`,
    'main.cjs > node:dgram',
  ],
];

describe('an application that begins in CommonJS', () => {
  for (const [what, body, edge] of ROUTES) {
    test(`${what} is seen`, () => {
      const edges = edgesOf(body);
      // eval's import() belongs to whatever Node says its referrer is.
      const seen = what.includes('string') ? edges.some((one) => one.endsWith('> node:dgram')) : edges.includes(edge);
      assert.ok(seen, `${edge} not in ${edges.join(', ')}`);
    });
  }

  for (const text of [
    "'use strict';import 'node:dgram'",
    "/* a comment */export * from 'node:dgram'",
    "if (1) {}import 'node:dgram'",
    "// a comment\nimport\n'node:dgram'",
    "const x = import.meta.url;\u2028import 'node:dgram'",
  ]) {
    test(`an ES module of this shape is known in time: ${JSON.stringify(text)}`, () => {
      write('shape.js', text);
      const edges = edgesOf("require('./shape.js')");
      assert.ok(edges.includes('shape.js > node:dgram'), edges.join(', '));
    });
  }

  test('an edge is seen once, whichever way it is watched', () => {
    const edges = edgesOf("require('./own'); require('node:dgram'); require('diagnostics_channel'); require('pkg')");
    assert.deepEqual(edges, [
      'start > main.cjs',
      'main.cjs > own.js',
      'main.cjs > node:dgram',
      'main.cjs > node:diagnostics_channel',
      'main.cjs > pkg.js',
    ]);
  });
});

describe('what is only resolved', () => {
  test('is no import, in CommonJS', () => {
    const edges = edgesOf("require.resolve('pkg'); require.resolve('dgram'); require('./own')");
    assert.deepEqual(edges, ['start > main.cjs', 'resolved pkg.js', 'main.cjs > own.js']);
  });

  test('is no import once an ES module was loaded', () => {
    write('asks.cjs', "require.resolve('pkg'); require('./own')");
    const edges = edgesOf("import './asks.cjs'", [], 'main.mjs').filter((edge) => !edge.startsWith('resolved'));
    assert.deepEqual(edges, ['start > main.mjs', 'main.mjs > asks.cjs', 'asks.cjs > own.js']);
  });

  test('is an import when it is loaded', () => {
    assert.ok(edgesOf("require(require.resolve('pkg'))").includes('main.cjs > pkg.js'));
  });
});

/** Ways in which code that is not Node's loader compiles a text of its own under the name of a file: `victim`. */
const IMPOSTORS: [what: string, body: string][] = [
  ['after require.resolve', 'require.resolve(victim); compile(new Module(victim));'],
  ['in the name of a cached module', 'require(victim); require.resolve(victim); compile(require.cache[victim]);'],
  ['from a handler of its own', "Module._extensions['.js'] = (module) => compile(module); require(victim);"],
  [
    'from a handler for a longer extension',
    "Module._extensions['.victim.js'] = (module) => compile(module); require(victim);",
  ],
  [
    'from a handler in another table',
    "Module._extensions = { __proto__: null, '.js': (module) => compile(module) }; require(victim);",
  ],
  ['from a load of its own', 'Module.prototype.load = function () { compile(this); }; require(victim);'],
  [
    'when the module is put into the cache',
    `Object.defineProperty(Module._cache, victim, { configurable: true, set: (module) => compile(module) });
     try { require(victim) } catch {}`,
  ],
  [
    'from a cache of its own',
    `Module._cache = new Proxy(Module._cache, { set: (table, key, module) => {
       table[key] = module; if (key === victim) compile(module); return true;
     } });
     require(victim);`,
  ],
  [
    'when the module is put among the children',
    `module.children = new Proxy([], { set: (list, key, child) => {
       list[key] = child;
       if (child.id === victim) { Module._cache[victim] = child; compile(child); delete Module._cache[victim]; }
       return true;
     } });
     require(victim);`,
  ],
  [
    'while the paths of the module are computed',
    `const { _nodeModulePaths } = Module;
     Module._nodeModulePaths = (from) => { compile(Module._cache[victim]); return _nodeModulePaths(from); };
     require(victim);`,
  ],
  [
    'while the file is read',
    `const fs = require('fs'); const { readFileSync } = fs;
     fs.readFileSync = (...args) => { if (args[0] === victim) compile(Module._cache[victim]); return readFileSync(...args); };
     require(victim);`,
  ],
];

describe('a text compiled under the name of a file', () => {
  const compilations = (body: string): number => {
    const victim = path.join(place.dir, 'own.victim.js');
    const prologue = `const Module = require('module'); const victim = ${JSON.stringify(victim)};
      const compile = (module) => module._compile('module.exports = 2', victim);`;
    return Number(outputOf('record-compilations.ts', `${prologue}\n${body}`));
  };
  before(() => write('own.victim.js', 'module.exports = 1'));

  test('is not told of when it is that file', () => {
    assert.equal(compilations("require(victim); require('./own'); require('pkg')"), 0);
  });

  for (const [what, body] of IMPOSTORS) {
    test(`${what} is told of`, () => assert.ok(compilations(body) > 0));
  }
});

describe('an application that begins otherwise', () => {
  for (const [what, options, name] of [
    ['an ES module', [], 'main.mjs'],
    ['an ES module found out by its syntax', [], 'main.js'],
    ['a preloaded ES module', ['--import', './explicit.mjs'], 'main.mjs'],
  ] as const) {
    test(`${what} is seen from its first import on`, () => {
      const cwd = process.cwd();
      process.chdir(place.dir);
      try {
        const edges = edgesOf("import 'node:dgram'; import 'pkg';", [...options], name);
        assert.ok(edges.includes(`${name} > node:dgram`), edges.join(', '));
        assert.ok(edges.includes(`${name} > pkg.js`), edges.join(', '));
        if (options.length > 0) assert.ok(edges.includes('explicit.mjs > node:dgram'), edges.join(', '));
      } finally {
        process.chdir(cwd);
      }
    });
  }
});
