import assert from 'node:assert/strict';
import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { importSense } from '../../instrumentations/import/sense.ts';
import { fileOfUrl, isOwnFile, packageOfSpecifier } from '../../instrumentations/import/specifiers.ts';
import { type Recorded, type RecorderOptions, recordActs, scratch } from '../support/senses.ts';

const owner = {};
const place = scratch();
const at = (name: string) => path.join(place.dir, name);

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
}

/** An installed package with a body, in CommonJS. */
function install(name: string, body: string, dependencies: Record<string, string> = {}): void {
  const manifest = { name, version: '1.0.0', main: 'index.js', dependencies };
  write(`node_modules/${name}/package.json`, JSON.stringify(manifest));
  write(`node_modules/${name}/index.js`, body);
}

let recorder: ReturnType<typeof recordActs>;
function told(recorded: readonly Recorded[] = recorder.recorded): string[] {
  const loadsOfTheTest = /run-\d+\.[cm]js$/;
  return recorded
    .filter(({ act }) => !loadsOfTheTest.test(act.target))
    .map(
      ({ act }) =>
        `${act.principal?.key ?? '?'}: ${act.sense}.${act.operation} ${act.target.replace(place.dir + path.sep, '')}`,
    );
}

before(() => {
  write('package.json', JSON.stringify({ name: 'host', version: '1.0.0', dependencies: { declared: '*' } }));
  install('declared', 'module.exports = 1');
  install('undeclared', 'module.exports = 2');
  install('@scope/pkg', "module.exports = require('./lib/own.js')");
  write('node_modules/@scope/pkg/lib/own.js', 'module.exports = 3');
  install(
    'curious',
    "require('path'); require('node:events'); require('fs'); require('declared'); require('undeclared/index.js');",
    { declared: '*' },
  );
  importSense.enable(owner);
});

after(() => {
  importSense.disable(owner);
  place[Symbol.dispose]();
});

function recording(options?: RecorderOptions): void {
  recorder?.[Symbol.dispose]();
  recorder = recordActs(options);
}

beforeEach(() => recording());

const load = createRequire(import.meta.url);

/** A fresh module that runs `body`, as a file of the application. */
let counter = 0;
function run(body: string): unknown {
  const name = `run-${counter++}.cjs`;
  write(name, body);
  return load(at(name));
}
async function runModule(body: string): Promise<unknown> {
  const name = `run-${counter++}.mjs`;
  write(name, body);
  return import(pathToFileURL(at(name)).href);
}

const fromPackage = (name: string) => told().filter((line) => line.startsWith(`${name}@`));

describe('import edges', () => {
  test('a package may load its own files, what it declares and harmless builtins; the rest is told', () => {
    run("require('curious')");
    assert.deepEqual(fromPackage('curious'), [
      'curious@1.0.0: import.load node:fs',
      'curious@1.0.0: import.load undeclared',
    ]);
  });

  test('a scoped package loads its own file in silence', () => {
    run("require('@scope/pkg')");
    assert.deepEqual(fromPackage('@scope/pkg'), []);
  });

  test('import, import() and require are told alike', async () => {
    install('esm', "import 'node:child_process'; await import('node:net'); import 'undeclared';");
    write('node_modules/esm/package.json', '{"name":"esm","version":"2.0.0","type":"module","main":"index.js"}');
    await runModule("import 'esm'");
    assert.deepEqual(fromPackage('esm').sort(), [
      'esm@2.0.0: import.load node:child_process',
      'esm@2.0.0: import.load node:net',
      'esm@2.0.0: import.load undeclared',
    ]);
  });

  test('a file outside of every package is told by its absolute path', () => {
    write('elsewhere/x.js', 'module.exports = 1');
    install('reacher', `require(${JSON.stringify(at('elsewhere/x.js'))})`);
    run("require('reacher')");
    assert.deepEqual(fromPackage('reacher'), [`reacher@1.0.0: import.load ${path.join('elsewhere', 'x.js')}`]);
  });

  test('a package’s file reached by path, not by name, is told by its path', () => {
    install('sneaky', "require('../declared/index.js')", { declared: '*' });
    run("require('sneaky')");
    assert.deepEqual(fromPackage('sneaky'), [
      `sneaky@1.0.0: import.load ${path.join('node_modules', 'declared', 'index.js')}`,
    ]);
  });

  test('code from a data: URL is code', async () => {
    install('inline', "import('data:text/javascript,export default 1')");
    run("require('inline')");
    await new Promise(setImmediate);
    assert.deepEqual(fromPackage('inline'), ['inline@1.0.0: code.eval data:']);
  });

  test('process.getBuiltinModule is told, for the stack to say who asked', () => {
    process.getBuiltinModule('node:http');
    process.getBuiltinModule('path');
    assert.equal(process.getBuiltinModule('nothing' as 'fs'), undefined);
    assert.deepEqual(told(), ['?: import.load node:http']);
    assert.equal(process.getBuiltinModule.length, 1);
    assert.equal(process.getBuiltinModule.name, 'getBuiltinModule');
  });

  test('a require made in another package’s name does not carry that name', () => {
    install('victim', '');
    install(
      'forger',
      `require('node:module').createRequire(${JSON.stringify(at('node_modules/victim/index.js'))})('node:dgram')`,
    );
    run("require('forger')");
    assert.ok(told().includes('?: import.load node:dgram'), told().join('\n'));
    assert.deepEqual(fromPackage('victim'), []);
  });

  test('an edge that the immune system is used to is not told again', () => {
    recording({ habituated: true });
    install('twice', "module.exports = () => require('node:zlib') && require('node:vm')");
    run("const twice = require('twice'); twice(); twice(); twice()");
    assert.deepEqual(fromPackage('twice'), ['twice@1.0.0: import.load node:vm']);
  });

  test('a resolution error is Node’s own, untouched', async () => {
    const bare = () => {
      importSense.disable(owner);
      try {
        return run("try { require('no-such-package') } catch (error) { module.exports = error }") as Error;
      } finally {
        importSense.enable(owner);
      }
    };
    const sensed = run("try { require('no-such-package') } catch (error) { module.exports = error }") as Error;
    const plain = (error: Error) => ({ ...error, message: error.message.replaceAll(/run-\d+/g, 'run-n') });
    assert.equal((sensed as NodeJS.ErrnoException).code, 'MODULE_NOT_FOUND');
    assert.deepEqual(
      JSON.stringify(plain(sensed)).replaceAll(/run-\d+/g, 'run-n'),
      JSON.stringify(plain(bare())).replaceAll(/run-\d+/g, 'run-n'),
    );
    await assert.rejects(runModule("import 'no-such-package'"), { code: 'ERR_MODULE_NOT_FOUND' });
  });

  test('hooks of others go on working, before and after', () => {
    const redirect = Module.registerHooks({
      resolve: (specifier, context, next) => next(specifier === 'virtual' ? 'undeclared' : specifier, context),
    });
    try {
      assert.equal(run("module.exports = require('virtual')"), 2);
    } finally {
      redirect.deregister();
    }
  });

  test('a refused import throws the refusal', async () => {
    const refusal = Object.assign(new Error('refused'), { code: 'ERR_DIOGENESIS_BLOCKED' });
    recording({ refuse: (act) => (act.target === 'node:dgram' ? refusal : undefined) });
    assert.throws(() => run("require('node:dgram')"), refusal);
    await assert.rejects(runModule("import 'node:dgram'"), refusal);
    assert.throws(() => process.getBuiltinModule('node:dgram'), refusal);
  });
});

describe('code without a file', () => {
  const compile: [title: string, call: () => unknown, target: string][] = [
    ['vm.runInThisContext', () => vm.runInThisContext('1 + 1'), 'vm.runInThisContext'],
    ['vm.runInNewContext', () => vm.runInNewContext('1 + 1'), 'vm.runInNewContext'],
    ['vm.runInContext', () => vm.runInContext('1 + 1', vm.createContext()), 'vm.runInContext'],
    ['vm.Script', () => new vm.Script('1 + 1').runInThisContext(), 'vm.Script'],
    ['vm.compileFunction', () => vm.compileFunction('return 2')(), 'vm.compileFunction'],
  ];
  for (const [title, call, target] of compile) {
    test(`${title} is told`, () => {
      assert.equal(call(), 2);
      assert.deepEqual(told(), [`?: code.eval ${target}`]);
      assert.equal(recorder.recorded[0]?.ended, 1);
    });
  }

  test('vm.Script stays a class', () => {
    class Sub extends vm.Script {}
    const script = new Sub('1');
    assert.ok(script instanceof Sub && script instanceof vm.Script);
    assert.equal(new vm.Script('1').constructor, vm.Script);
    assert.throws(() => (vm.Script as unknown as () => void)(), /Class constructor Script cannot be invoked without/);
    assert.throws(() => new vm.Script('}'), SyntaxError);
  });

  test('a string compiled as a module is told, a file that is being loaded is not', () => {
    run('module.exports = 1');
    assert.deepEqual(told(), []);
    const module = new Module('made-up') as Module & { _compile(code: string, file: string): void };
    module._compile('module.exports = 2', at('made-up.js'));
    assert.equal(module.exports, 2);
    assert.deepEqual(told(), ['?: code.eval Module._compile']);
  });

  test('a loaded file’s name does not cover a second compilation', () => {
    const name = at(`run-${counter}.cjs`);
    run('module.exports = 1');
    const module = new Module(name) as Module & { _compile(code: string, file: string): void };
    module._compile('module.exports = 3', name);
    assert.deepEqual(told(), ['?: code.eval Module._compile']);
  });

  test('a file loaded again after it left the cache is a file again', () => {
    write('again.cjs', '');
    run("require('./again.cjs'); delete require.cache[require.resolve('./again.cjs')]; require('./again.cjs')");
    assert.deepEqual(told(), []);
  });
});

test('a source that cannot be looked at any more does not break the hook that replaces it', () => {
  install(
    'hooks',
    `const { registerHooks } = require('node:module');
     const isOurs = (url) => url.endsWith('replaced.cjs');
     const gone = { load(url, context, next) {
       if (!isOurs(url)) return next(url, context);
       const source = new ArrayBuffer(8);
       structuredClone(source, { transfer: [source] });
       return { format: 'commonjs', shortCircuit: true, source };
     } };
     const replacing = { load(url, context, next) {
       const loaded = next(url, context);
       return isOurs(url) ? { ...loaded, source: 'module.exports = "replaced"' } : loaded;
     } };
     const registered = [registerHooks(gone), registerHooks(replacing)];
     exports.end = () => registered.map((hooks) => hooks.deregister());`,
  );
  write('replaced.cjs', '');
  const hooks = createRequire(at('main.cjs'))('hooks');
  try {
    assert.equal(createRequire(at('main.cjs'))('./replaced.cjs'), 'replaced');
  } finally {
    hooks.end();
  }
});

describe('native code', () => {
  test('an addon is told by its absolute path, with Node’s error', () => {
    write('addon.node', 'not an addon');
    assert.throws(() => run("require('./addon.node')"), { code: 'ERR_DLOPEN_FAILED' });
    assert.deepEqual(told(), ['?: native.dlopen addon.node']);
    const act = recorder.recorded.find((entry) => entry.act.sense === 'native');
    assert.equal((act?.error as NodeJS.ErrnoException | undefined)?.code, 'ERR_DLOPEN_FAILED');
  });

  test('process.binding is told', () => {
    (process as unknown as { binding(name: string): unknown }).binding('constants');
    assert.deepEqual(told(), ['?: import.load process.binding:constants']);
  });
});

test('switching off restores the very functions that were there', () => {
  importSense.disable(owner);
  const compile = () => (Module.prototype as unknown as { _compile: unknown })._compile;
  const originals = [
    compile(),
    vm.Script,
    vm.runInThisContext,
    process.dlopen,
    process.getBuiltinModule,
    createRequire,
  ];
  importSense.enable(owner);
  assert.notEqual(compile(), originals[0]);
  assert.notEqual(vm.Script, originals[1]);
  importSense.disable(owner);
  assert.deepEqual(
    [compile(), vm.Script, vm.runInThisContext, process.dlopen, process.getBuiltinModule, Module.createRequire],
    originals,
  );
  importSense.enable(owner);
});

describe('specifiers', () => {
  const names: [specifier: string, name: string | undefined][] = [
    ['a', 'a'],
    ['a/b/c', 'a'],
    ['@a/b', '@a/b'],
    ['@a/b/c', '@a/b'],
    ['./a', undefined],
    ['../a', undefined],
    ['/a', undefined],
    ['#a', undefined],
    ['node:fs', undefined],
    ['file:///a', undefined],
    ['C:\\a', undefined],
    ['', undefined],
  ];
  for (const [specifier, name] of names) {
    test(`'${specifier}' names ${name ?? 'no package'}`, () => assert.equal(packageOfSpecifier(specifier), name));
  }

  test('a file URL loses query, fragment and escapes', () => {
    assert.equal(fileOfUrl('file:///a/b.js?x=1#y'), '/a/b.js');
    assert.equal(fileOfUrl('file:///a%20b/c.js'), '/a b/c.js');
    assert.equal(fileOfUrl('data:text/javascript,1'), undefined);
  });

  test('a nested package’s file is not the outer one’s own', () => {
    assert.equal(isOwnFile('/app/node_modules/a/lib/x.js', '/app/node_modules/a'), true);
    assert.equal(isOwnFile('/app/node_modules/a/node_modules/b/x.js', '/app/node_modules/a'), false);
    assert.equal(isOwnFile('/app/node_modules/ab/x.js', '/app/node_modules/a'), false);
    assert.equal(isOwnFile('/anything', ''), false);
  });
});
