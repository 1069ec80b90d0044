import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Act, Principal } from '../../src/behavior.ts';
import { createClassifier, ownsPath, packageNameOf, type Roots } from '../../src/classification/classifier.ts';

const ROOTS: Roots = {
  app: '/work/shop',
  home: '/home/ada',
  tmp: ['/tmp'],
  user: 'ada',
  platform: 'linux',
  self: ['/work/shop/diogenesis.lock.json', '/work/shop/diogenesis.config.json'],
};

function packageAt(root: string, name: string, dependencies: string[] = []): Principal {
  return { key: `${name}@1.0.0`, kind: 'package', name, version: '1.0.0', root, dependencies: new Set(dependencies) };
}
function appAt(root: string, dependencies: string[] = []): Principal {
  return { key: '<app>', kind: 'app', name: '<app>', version: '', root, dependencies: new Set(dependencies) };
}
const NOBODY: Principal = {
  key: '<unattributed>',
  kind: 'unattributed',
  name: '<unattributed>',
  version: '',
  root: '',
  dependencies: new Set(),
};

const views = packageAt('/work/shop/node_modules/views', 'views', ['ejs', '@scope/dep']);
const app = appAt('/work/shop', ['express']);
const classifier = createClassifier(ROOTS);

function traitOf(act: Act, principal: Principal, by = classifier): string | undefined {
  return by.traitOf(act, by.classify(act), principal);
}

describe('traits as the contract writes them', () => {
  const rows: [sense: Act['sense'], operation: string, target: string, expected: string | undefined][] = [
    ['fs', 'read', '/home/ada/.npmrc', 'fs.read:<home>/.npmrc [credential]'],
    ['fs', 'write', '/tmp/views-4821.tmp', 'fs.write:<tmp>/*'],
    ['fs', 'write', '/work/shop/node_modules/views/templates/a.html', 'fs.write:<self>/templates/*.html'],
    ['fs', 'read', '/work/shop/config/default.json', 'fs.read:<app>/config/*.json'],
    ['net', 'connect', 'api.example.com:443', 'net.connect:api.example.com:443'],
    ['net', 'listen', '0.0.0.0:3000', 'net.listen:*:3000'],
    ['net', 'dns', 'example.com', 'net.dns:example.com'],
    ['process', 'spawn', 'git', 'process.spawn:git'],
    ['process', 'spawn', '/bin/sh', 'process.spawn:sh [shell]'],
    ['import', 'load', 'node:child_process', 'import:node:child_process'],
    ['import', 'load', 'child_process', 'import:node:child_process'],
    ['import', 'load', 'left-pad', 'import:left-pad'],
    ['import', 'load', '/tmp/x.js', 'import:file:<tmp>/x.js'],
    [
      'native',
      'dlopen',
      '/work/shop/node_modules/views/build/Release/x.node',
      'native:dlopen:<self>/build/Release/x.node',
    ],
    ['code', 'eval', '', 'code.eval'],
    ['worker', 'start', '/work/shop/node_modules/views/w.js', 'worker.start:<self>/w.js'],
    ['env', 'read', 'AWS_SECRET_ACCESS_KEY', 'env.read:AWS_SECRET_ACCESS_KEY [credential]'],
    // What every package may do.
    ['fs', 'read', '/work/shop/node_modules/views/templates/a.html', undefined],
    ['fs', 'list', '/work/shop/node_modules/views/templates', undefined],
    ['fs', 'stat', '/work/shop/node_modules/other/package.json', undefined],
    ['fs', 'stat', '/etc/hosts', undefined],
    ['fs', 'watch', '/work/shop/src', undefined],
    ['fs', 'list', '/work/shop/src', undefined],
    // A resolver's way up, wherever the application lies.
    ['fs', 'read', '/work/shop/node_modules/other/package.json', undefined],
    ['fs', 'read', '/work/shop/node_modules/@scope/package.json', undefined],
    ['fs', 'read', '/work/shop/node_modules/@scope', undefined],
    ['fs', 'read', '/work/shop/node_modules/package.json', undefined],
    ['fs', 'read', '/work/shop/src/package.json', undefined],
    ['fs', 'read', '/work/package.json', undefined],
    ['fs', 'read', '/package.json', undefined],
    ['fs', 'read', '/work/shop', undefined],
    ['fs', 'read', '/', undefined],
    ['import', 'load', 'ejs', undefined],
    ['import', 'load', '@scope/dep/sub/file.js', undefined],
    ['import', 'load', 'views', undefined],
    ['import', 'load', '/work/shop/node_modules/ejs/lib/ejs.js', undefined],
    ['import', 'load', '/work/shop/node_modules/views/lib/a.js', undefined],
    ['import', 'load', '#internal', undefined],
    ['import', 'load', 'node:path', undefined],
    ['import', 'load', 'os', undefined],
    ['import', 'load', 'node:crypto', undefined],
    ['import', 'load', 'node:util/types', undefined],
    ['import', 'load', 'node:timers/promises', undefined],
    ['env', 'read', 'NODE_ENV', undefined],
    // What not.
    ['fs', 'read', '/home/ada/package.json', 'fs.read:<home>/*.json'],
    ['fs', 'read', '/work/other/package.json', 'fs.read:/work/other/*.json'],
    ['fs', 'read', '/work/shop/node_modules/@scope/other/data.json', 'fs.read:<node_modules>/@scope/other/*.json'],
    ['fs', 'stat', '/home/ada/.ssh/id_rsa', 'fs.stat:<home>/.ssh/id_rsa [credential]'],
    ['fs', 'list', '/home/ada', 'fs.list:<home>'],
    ['fs', 'read', '/work/shop/.env', 'fs.read:<app>/.env [credential]'],
    ['fs', 'write', '/work/shop/node_modules/left-pad/index.js', 'fs.write:<node_modules>/left-pad/*.js'],
    ['fs', 'write', '/work/shop/node_modules/views/package.json', 'fs.write:<self>/package.json [persistence]'],
    ['fs', 'write', '/work/shop/node_modules/views/node_modules/b/x.js', 'fs.write:<node_modules>/b/*.js'],
    ['fs', 'write', '/work/shop/diogenesis.lock.json', 'fs.write:<app>/diogenesis.lock.json [self]'],
    ['fs', 'delete', '/work/shop/diogenesis.config.json', 'fs.delete:<app>/diogenesis.config.json [self]'],
    ['fs', 'read', '/work/shop/diogenesis.lock.json', 'fs.read:<app>/*.json'],
    ['import', 'load', 'node:fs/promises', 'import:node:fs'],
    ['import', 'load', 'fs', 'import:node:fs'],
    ['import', 'load', '_http_client', 'import:node:http'],
    ['import', 'load', 'node:sqlite', 'import:node:sqlite'],
    ['import', 'load', 'node:something_new', 'import:node:something_new'],
    ['import', 'load', 'sqlite', 'import:sqlite'],
    ['import', 'load', 'punycode/', undefined],
    ['import', 'load', 'left-pad/lib/x', 'import:left-pad'],
    ['import', 'load', '/work/shop/node_modules/left-pad/index.js', 'import:left-pad'],
    ['import', 'load', '/work/shop/plugins/a.js', 'import:file:<app>/plugins/*.js'],
    ['import', 'load', '/home/ada/x/y.mjs', 'import:file:<home>/x/y.mjs'],
    ['import', 'load', 'data:text/javascript,alert(1)', 'import:data:'],
    ['import', 'load', 'https://evil.example/x.js?token=1', 'import:https://evil.example/*'],
    ['worker', 'start', 'eval:', 'worker.start:<eval>'],
    ['worker', 'start', '/tmp/w.js', 'worker.start:<tmp>/w.js'],
    ['native', 'dlopen', '/tmp/x.node', 'native:dlopen:<tmp>/x.node'],
    [
      'native',
      'dlopen',
      '/work/shop/node_modules/views/prebuilds/linux-x64/x.node',
      'native:dlopen:<self>/prebuilds/*/x.node',
    ],
  ];
  for (const [sense, operation, target, expected] of rows) {
    test(`${sense} ${operation} ${target.slice(0, 60)} is ${expected ?? 'no trait'}`, () => {
      const actual = traitOf({ sense, operation, target }, views);
      // `punycode/` is the way to say the package instead of the builtin.
      if (target === 'punycode/') assert.equal(actual, 'import:punycode');
      else assert.equal(actual, expected);
    });
  }
});

describe('the application and what is its own', () => {
  const rows: [sense: Act['sense'], operation: string, target: string, expected: string | undefined][] = [
    ['fs', 'read', '/work/shop/config/default.json', undefined],
    ['fs', 'read', '/work/shop/.env', 'fs.read:<app>/.env [credential]'],
    ['fs', 'write', '/work/shop/logs/a.log', 'fs.write:<app>/logs/*.log'],
    ['fs', 'read', '/work/shop/node_modules/ejs/x.js', 'fs.read:<node_modules>/ejs/*.js'],
    ['fs', 'read', '/home/ada/x.txt', 'fs.read:<home>/*.txt'],
    ['import', 'load', '/work/shop/src/a.js', undefined],
    ['import', 'load', 'express', undefined],
    ['import', 'load', 'left-pad', 'import:left-pad'],
    ['worker', 'start', '/work/shop/src/w.js', 'worker.start:<app>/src/w.js'],
    ['process', 'spawn', '/work/shop/bin/run', 'process.spawn:<app>/bin/run'],
  ];
  for (const [sense, operation, target, expected] of rows) {
    test(`${sense} ${operation} ${target} is ${expected ?? 'no trait'}`, () => {
      assert.equal(traitOf({ sense, operation, target }, app), expected);
    });
  }
});

test('a file is its own package’s <self> and a stranger’s <node_modules>, from one resource', () => {
  const act: Act = { sense: 'fs', operation: 'write', target: '/work/shop/node_modules/views/cache/a.json' };
  const stranger = packageAt('/work/shop/node_modules/other', 'other');
  for (let round = 0; round < 3; round++) {
    assert.equal(traitOf(act, views), 'fs.write:<self>/cache/*.json');
    assert.equal(traitOf(act, stranger), 'fs.write:<node_modules>/views/cache/*.json');
    assert.equal(traitOf(act, NOBODY), 'fs.write:<node_modules>/views/cache/*.json');
  }
});

test('a workspace package owns its folder inside the application', () => {
  const workspace = packageAt('/work/shop/packages/api', 'api');
  const act: Act = { sense: 'fs', operation: 'write', target: '/work/shop/packages/api/out/a.json' };
  assert.equal(traitOf(act, workspace), 'fs.write:<self>/out/*.json');
  assert.equal(traitOf(act, app), 'fs.write:<app>/packages/api/out/*.json');
});

test('what lies in a nested package is not the outer one’s', () => {
  assert.equal(ownsPath(views, '/work/shop/node_modules/views/a.js'), true);
  assert.equal(ownsPath(views, '/work/shop/node_modules/views'), true);
  assert.equal(ownsPath(views, '/work/shop/node_modules/views/node_modules/b/a.js'), false);
  assert.equal(ownsPath(views, '/work/shop/node_modules/views-extra/a.js'), false);
  assert.equal(ownsPath(NOBODY, '/work/shop/a.js'), false);
});

test('a package name ends where its subpath begins', () => {
  assert.equal(packageNameOf('@a/b/c.js'), '@a/b');
  assert.equal(packageNameOf('a/c.js'), 'a');
  assert.equal(packageNameOf('a'), 'a');
});

test('what is dangerous, or no file at all, is always attributed', () => {
  const risk = (sense: Act['sense'], operation: string, target: string) =>
    classifier.classify({ sense, operation, target }).risk;
  assert.equal(risk('fs', 'read', '/work/shop/a.json'), 'low');
  assert.equal(risk('fs', 'write', '/tmp/a'), 'low');
  assert.equal(risk('fs', 'read', '/home/ada/.npmrc'), 'high');
  assert.equal(risk('fs', 'chmod', '/tmp/a'), 'high');
  assert.equal(risk('fs', 'write', '/work/shop/node_modules/a/x.js'), 'high');
  assert.equal(risk('fs', 'write', '/home/ada/.bashrc'), 'high');
  assert.equal(risk('net', 'connect', 'example.com:443'), 'high');
  assert.equal(risk('import', 'load', 'node:vm'), 'high');
  assert.equal(risk('import', 'load', 'node:path'), 'low');
});

test('internal bindings are never met without a look at who asks', () => {
  for (const target of ['process.binding:fs', 'process.binding:spawn_sync', 'node:ffi', 'node:inspector']) {
    const act: Act = { sense: 'import', operation: 'load', target };
    const { resourceClass, risk } = createClassifier({
      app: '/app',
      home: '/home/ada',
      tmp: ['/tmp'],
      user: 'ada',
      platform: 'linux',
      self: [],
    }).classify(act);
    assert.deepEqual([target, resourceClass, risk], [target, 'powerful-builtin', 'high']);
  }
});

describe('two machines that see the same behaviour write the same traits', () => {
  interface Machine {
    roots: Roots;
    /** Writes a path the way this machine does. */
    at: (root: 'app' | 'home' | 'tmp', rest: string) => string;
  }
  const machine = (app: string, home: string, tmp: string, user: string, platform: NodeJS.Platform): Machine => {
    const separator = platform === 'win32' ? '\\' : '/';
    const roots: Roots = { app, home, tmp: [tmp], user, platform, self: [`${app}${separator}diogenesis.lock.json`] };
    return { roots, at: (root, rest) => `${{ app, home, tmp }[root]}${separator}${rest.replaceAll('/', separator)}` };
  };
  const machines: Machine[] = [
    machine('/work/shop', '/home/ada', '/tmp', 'ada', 'linux'),
    machine('/builds/1234/shop-main', '/root', '/tmp/runner-77', 'root', 'linux'),
    machine('/tmp/ci/checkout', '/tmp/ci/home', '/tmp/ci/tmp', 'runner', 'linux'),
    machine('/home/bob/shop', '/home/bob', '/home/bob/shop/.tmp', 'bob', 'linux'),
    machine('/Users/eve/dev/shop', '/Users/eve', '/var/folders/x1/abc/T', 'eve', 'darwin'),
    machine('D:\\dev\\shop', 'C:\\Users\\Eve', 'C:\\Users\\Eve\\AppData\\Local\\Temp', 'Eve', 'win32'),
  ];
  const runs: [sense: Act['sense'], operation: string, root: 'app' | 'home' | 'tmp', rest: (salt: number) => string][] =
    [
      ['fs', 'read', 'app', () => 'config/default.json'],
      ['fs', 'read', 'app', () => '.env'],
      ['fs', 'write', 'app', (n) => `logs/2024-05-${10 + n}/app-${4000 + n}.log`],
      ['fs', 'write', 'app', (n) => `node_modules/.cache/tool/${'0123456789abcdef'.repeat(2)}${n}.json`],
      ['fs', 'write', 'app', () => 'node_modules/left-pad/index.js'],
      ['fs', 'write', 'app', () => 'node_modules/views/cache/a.json'],
      ['fs', 'write', 'app', () => 'diogenesis.lock.json'],
      ['fs', 'read', 'home', () => '.aws/credentials'],
      ['fs', 'write', 'home', () => '.bashrc'],
      ['fs', 'write', 'tmp', (n) => `views-${'aB3dE9fG2hJ'.slice(n, n + 6)}/out.txt`],
      ['import', 'load', 'tmp', () => 'x.js'],
      ['import', 'load', 'app', () => 'node_modules/left-pad/index.js'],
      ['worker', 'start', 'app', () => 'node_modules/views/w.js'],
      ['native', 'dlopen', 'app', () => 'node_modules/views/build/Release/x.node'],
    ];
  for (const [sense, operation, root, rest] of runs) {
    test(`${sense}.${operation} of ${root}/${rest(0)}`, () => {
      const traits = machines.map((m, salt) => {
        const by = createClassifier(m.roots);
        const folder = m.at('app', 'node_modules/views').replaceAll('\\', '/');
        return traitOf({ sense, operation, target: m.at(root, rest(salt)) }, packageAt(folder, 'views'), by);
      });
      assert.equal(new Set(traits).size, 1, traits.join('\n'));
      assert.ok(traits[0] !== undefined);
    });
  }
});

test('a known target answers with the same object, and memory stays bounded', () => {
  const by = createClassifier(ROOTS);
  const act: Act = { sense: 'fs', operation: 'read', target: '/work/shop/a/b.json' };
  const first = by.classify(act);
  assert.equal(by.classify({ ...act }), first);
  for (let i = 0; i < 20_000; i++) by.classify({ ...act, target: `/work/shop/a/${i}.json` });
  assert.notEqual(by.classify(act), first, 'the old generation was dropped');
  assert.equal(by.classify(act).target, first.target);
});

test('classification survives replaced prototypes', () => {
  const { get } = Map.prototype;
  const { exec } = RegExp.prototype;
  const { split, startsWith } = String.prototype;
  const by = createClassifier(ROOTS);
  const lie = () => {
    throw new Error('replaced');
  };
  let trait: string | undefined;
  try {
    Map.prototype.get = lie as never;
    RegExp.prototype.exec = lie as never;
    String.prototype.split = lie as never;
    String.prototype.startsWith = lie as never;
    trait = traitOf({ sense: 'fs', operation: 'read', target: '/home/ada/.npmrc' }, views, by);
  } finally {
    Map.prototype.get = get;
    RegExp.prototype.exec = exec;
    String.prototype.split = split;
    String.prototype.startsWith = startsWith;
  }
  assert.equal(trait, 'fs.read:<home>/.npmrc [credential]');
});
