import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClassifier, type Roots } from '../../src/classification/classifier.ts';
import { compileRoots, normalisePath } from '../../src/classification/roots.ts';
import { maskVolatile } from '../../src/classification/volatile-parts.ts';

const LINUX: Roots = {
  app: '/home/ada/work/shop',
  home: '/home/ada',
  tmp: ['/tmp'],
  user: 'ada',
  platform: 'linux',
  self: ['/home/ada/work/shop/diogenesis.lock.json'],
};
const MAC: Roots = {
  app: '/Users/ada/work/shop',
  home: '/Users/ada',
  tmp: ['/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T', '/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T'],
  user: 'ada',
  platform: 'darwin',
  self: [],
};
const WINDOWS: Roots = {
  app: 'C:\\Users\\Ada\\work\\shop',
  home: 'C:\\Users\\Ada',
  tmp: ['C:\\Users\\Ada\\AppData\\Local\\Temp'],
  user: 'Ada',
  platform: 'win32',
  self: [],
};

function targetOf(roots: Roots, operation: string, target: string): string {
  return createClassifier(roots).classify({ sense: 'fs', operation, target }).target;
}

describe('volatile parts of a name become *', () => {
  const rows: [name: string, expected: string][] = [
    // What stays.
    ['config', 'config'],
    ['my-package_name', 'my-package_name'],
    ['x86_64', 'x86_*'],
    ['base64', 'base64'],
    ['id_ed25519', 'id_ed25519'],
    ['sha256', 'sha256'],
    ['api', 'api'],
    ['v1', 'v1'],
    ['s3', 's3'],
    ['utf8', 'utf8'],
    ['es2015', 'es2015'],
    ['camelCaseName', 'camelCaseName'],
    ['node.napi.node', 'node.napi.node'],
    ['[id]', '[id]'],
    ['@scope', '@scope'],
    // Hashes and ids.
    ['550e8400-e29b-41d4-a716-446655440000', '*'],
    ['cache-550e8400-e29b-41d4-a716-446655440000.json', 'cache-*.json'],
    ['550E8400-E29B-41D4-A716-446655440000', '*'],
    ['d41d8cd98f00b204e9800998ecf8427e', '*'],
    ['index-a1b2c3d4.js', 'index-*.js'],
    ['main.8f3a9c1e.chunk.js', 'main.*.chunk.js'],
    ['V1StGXR8_Z5jdHi6B-myT', '*'],
    ['k3j9x2m4q8', '*'],
    // Dates and times.
    ['2024-05-17', '*'],
    ['app-2024-05-17.log', 'app-*.log'],
    ['20240517T101112Z', '*'],
    ['1715940000000', '*'],
    ['dump_2024-05-17_10-11-12', 'dump_*'],
    // Pids, shards, versions.
    ['4821', '*'],
    ['server-4821', 'server-*'],
    ['server4821.sock', 'server*.sock'],
    ['shard-007', 'shard-*'],
    ['shard12', 'shard*'],
    ['part-00001-of-00005', 'part-*-of-*'],
    ['worker3', 'worker*'],
    ['v18.2.0', '*'],
    ['1.2.3', '*'],
    ['lodash@4.17.21', 'lodash@*'],
    ['node-v22.1.0', 'node-*'],
    // mkdtemp.
    ['build-aB3dE9', 'build-*'],
    ['vitest-QwErTy', 'vitest-*'],
    // The machine.
    ['linux-x64', '*'],
    ['rollup-linux-x64-gnu', 'rollup-*'],
    ['rollup-darwin-arm64', 'rollup-*'],
    // Secrets.
    ['ghp_0123456789abcdefghij0123456789abcd', '*'],
    ['token-npm_abcdefghijklmnopqrstuvwxyz0123', '*'],
    ['AKIAIOSFODNN7EXAMPLE', '*'],
    ['sk-ant-REDACTED', '*'],
    // What a reviewer could not see.
    ['a\nb', 'a*b'],
    ['invoice\u202Efdp.exe', 'invoice*fdp.exe'],
    ['zero\u200Bwidth', 'zero*width'],
  ];
  for (const [name, expected] of rows) {
    test(`${JSON.stringify(name)} reads ${expected}`, () => {
      assert.equal(maskVolatile(name), expected);
      assert.equal(maskVolatile(expected), expected, 'masking twice is masking once');
    });
  }
});

describe('a file is named by its root, folder and extension', () => {
  const rows: [operation: string, path: string, expected: string][] = [
    ['read', '/home/ada/work/shop/config/default.json', '<app>/config/*.json'],
    ['read', '/home/ada/work/shop/README', '<app>/README'],
    ['read', '/home/ada/work/shop/.prettierrc', '<app>/.prettierrc'],
    ['read', '/home/ada/work/shop/a/b/c/d/e.txt', '<app>/a/b/c/d/*.txt'],
    ['read', '/home/ada/work/shop/a/b/c/d/e/f.txt', '<app>/a/b/c/**/*.txt'],
    ['write', '/home/ada/work/shop/logs/2024-05-17/app.log', '<app>/logs/*/*.log'],
    ['write', '/home/ada/work/shop/logs/app.log.1', '<app>/logs/*'],
    ['write', '/home/ada/work/shop/.cache/tool/x/y/z.bin', '<app>/.cache/tool/**/*.bin'],
    ['read', '/home/ada/work/shop/.git/objects/ab/cdef0123456789', '<app>/.git/objects/**/*'],
    ['read', '/home/ada/documents/letter.odt', '<home>/documents/*.odt'],
    ['list', '/home/ada/documents', '<home>/documents'],
    ['list', '/home/ada', '<home>'],
    ['read', '/home/bob/documents/letter.odt', '/home/*/documents/*.odt'],
    ['read', '/Users/bob/x.txt', '/Users/*/*.txt'],
    ['write', '/tmp/app-x7Yz12/out.log', '<tmp>/*'],
    ['write', '/tmp/payload.sh', '<tmp>/*.sh'],
    ['write', '/var/tmp/x', '<tmp>/*'],
    ['write', '/dev/shm/x', '<tmp>/*'],
    // node_modules, whoever keeps it.
    ['read', '/home/ada/work/shop/node_modules/ejs/lib/ejs.js', '<node_modules>/ejs/*.js'],
    ['write', '/home/ada/work/shop/node_modules/ejs/lib/ejs.js', '<node_modules>/ejs/lib/*.js'],
    ['read', '/home/ada/work/shop/node_modules/@a/b/x.json', '<node_modules>/@a/b/*.json'],
    ['read', '/home/ada/work/shop/node_modules/a/node_modules/b/x.js', '<node_modules>/b/*.js'],
    ['read', '/home/ada/work/shop/node_modules/.pnpm/ejs@3.1.10/node_modules/ejs/ejs.js', '<node_modules>/ejs/*.js'],
    [
      'read',
      '/home/ada/work/shop/.yarn/cache/ejs-npm-3.1.10-4e8cf4bdc1-8.zip/node_modules/ejs/ejs.js',
      '<node_modules>/ejs/*.js',
    ],
    [
      'read',
      '/home/ada/work/shop/.yarn/__virtual__/x-virtual-1f/0/cache/ejs.zip/node_modules/ejs/ejs.js',
      '<node_modules>/ejs/*.js',
    ],
    ['read', '/usr/lib/node_modules/npm/lib/cli.js', '<node_modules>/npm/*.js'],
    ['read', '/home/ada/.npm/_npx/1f2e3d4c5b/node_modules/cowsay/cli.js', '<node_modules>/cowsay/*.js'],
    [
      'write',
      '/home/ada/work/shop/node_modules/.cache/babel-loader/0a1b2c3d.json',
      '<node_modules>/.cache/babel-loader/*.json',
    ],
    [
      'write',
      '/home/ada/work/shop/node_modules/.cache/terser/v5/content/sha512/aa/bb',
      '<node_modules>/.cache/terser/**/*',
    ],
    ['write', '/home/ada/work/shop/node_modules/.bin/tsc', '<node_modules>/.bin/*'],
    // What was built for this platform has another name on the next machine.
    [
      'read',
      '/home/ada/work/shop/node_modules/@rollup/rollup-linux-x64-gnu/x.md',
      '<node_modules>/@rollup/rollup-*/*.md',
    ],
    ['write', '/home/ada/work/shop/node_modules/@esbuild/darwin-arm64/x', '<node_modules>/@esbuild/*/*'],
    ['read', '/home/ada/work/shop/node_modules/linux-release-info/x.js', '<node_modules>/linux-release-info/*.js'],
    // Above the application, however far: where it lies differs from checkout to checkout.
    ['read', '/home/ada/work/tsconfig.json', '<app>/../*.json'],
    ['read', '/home/ada/.prettierrc', '<app>/../.prettierrc'],
    ['read', '/.browserslistrc', '<app>/../.browserslistrc'],
    ['list', '/home/ada/work', '<app>/..'],
    ['read', '/home/ada/work/other/a.json', '<home>/work/other/*.json'],
    ['write', '/home/ada/work/tsconfig.json', '<home>/work/*.json'],
    ['write', '/home/ada/work/shop/node_modules/.pnpm/ejs@3.1.10/x.json', '<node_modules>/.pnpm/**/*.json'],
    // The system keeps its names.
    ['read', '/etc/hosts', '/etc/hosts'],
    ['read', '/etc/os-release', '/etc/os-release'],
    ['read', '/proc/4821/status', '/proc/*/status'],
    ['read', '/proc/self/status', '/proc/self/status'],
    ['read', '/proc/cpuinfo', '/proc/cpuinfo'],
    ['read', '/sys/devices/system/cpu/cpu7/cpufreq/scaling_cur_freq', '/sys/devices/system/cpu/**'],
    ['read', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.max'],
    ['write', '/dev/null', '/dev/null'],
    ['read', '/dev/pts/3', '/dev/pts/*'],
    ['read', '/usr/lib/x86_64-linux-gnu/libz.so.1.2.13', '/usr/lib/*'],
    ['read', '/usr/share/zoneinfo/Europe/Berlin', '/usr/share/*'],
    ['write', '/var/log/shop/app.log', '/var/log/shop/*.log'],
    ['read', '/srv/data/in/a.csv', '/srv/data/in/*.csv'],
    ['read', '/', '/'],
  ];
  for (const [operation, path, expected] of rows) {
    test(`${operation} of ${path} is ${expected}`, () => assert.equal(targetOf(LINUX, operation, path), expected));
  }
});

describe('paths on Windows', () => {
  const rows: [operation: string, path: string, expected: string][] = [
    ['read', 'C:\\Users\\Ada\\work\\shop\\config\\default.json', '<app>/config/*.json'],
    ['read', 'c:\\users\\ada\\WORK\\shop\\config\\default.json', '<app>/config/*.json'],
    ['read', '\\\\?\\C:\\Users\\Ada\\work\\shop\\config\\default.json', '<app>/config/*.json'],
    ['read', 'C:/Users/Ada/Documents/x.txt', '<home>/Documents/*.txt'],
    ['read', 'C:\\Users\\Bob\\x.txt', 'C:/Users/*/*.txt'],
    ['write', 'C:\\Users\\Ada\\AppData\\Local\\Temp\\x\\y.tmp', '<tmp>/*'],
    ['write', 'C:\\Users\\Bob\\AppData\\Local\\Temp\\x\\y.tmp', '<tmp>/*'],
    ['write', 'C:\\Windows\\Temp\\a.exe', '<tmp>/*.exe'],
    ['read', 'C:\\Users\\Ada\\work\\shop\\node_modules\\ejs\\lib\\ejs.js', '<node_modules>/ejs/*.js'],
    ['read', 'C:\\Windows\\System32\\drivers\\etc\\hosts', 'C:/Windows/System32/*'],
    ['read', 'D:\\data\\in\\a.csv', 'D:/data/in/*.csv'],
    ['read', 'C:\\Users\\Ada\\.npmrc::$DATA', '<home>/.npmrc'],
    ['read', 'C:\\Users\\Ada\\.npmrc. ', '<home>/.npmrc'],
  ];
  for (const [operation, path, expected] of rows) {
    test(`${operation} of ${path} is ${expected}`, () => assert.equal(targetOf(WINDOWS, operation, path), expected));
  }
});

describe('paths on macOS', () => {
  const rows: [operation: string, path: string, expected: string][] = [
    ['write', '/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/x/y.tmp', '<tmp>/*'],
    ['write', '/var/folders/ab/otheruser/T/x.tmp', '<tmp>/*'],
    ['write', '/private/tmp/x', '<tmp>/*'],
    ['read', '/System/Volumes/Data/Users/ada/work/shop/a/b.json', '<app>/a/*.json'],
    ['read', '/Users/ADA/.AWS/Credentials', '<home>/.AWS/Credentials'],
    ['read', '/Users/ada/Library/Caches/tool/x/y.bin', '<home>/Library/Caches/tool/**/*.bin'],
  ];
  for (const [operation, path, expected] of rows) {
    test(`${operation} of ${path} is ${expected}`, () => assert.equal(targetOf(MAC, operation, path), expected));
  }
});

describe('the same file has one name, whatever way leads there', () => {
  const rows: [path: string, expected: string][] = [
    ['/etc//hosts', '/etc/hosts'],
    ['/etc/./ssl/../hosts', '/etc/hosts'],
    ['/../../etc/hosts', '/etc/hosts'],
    ['/etc/hosts/', '/etc/hosts'],
    ['/proc/self/root/etc/shadow', '/etc/shadow'],
    ['/proc/1/root/proc/2/root/etc/shadow', '/etc/shadow'],
    ['/proc/self/cwd/.env', '/app/.env'],
    ['file:///etc/hosts', '/etc/hosts'],
    ['config/x.json', '/app/config/x.json'],
    ['/', '/'],
  ];
  for (const [path, expected] of rows) {
    test(`${path} is ${expected}`, () => assert.equal(normalisePath(path, 'linux', '/app'), expected));
  }
});

describe('of nested roots the most specific wins', () => {
  const base: Roots = { app: '/w/app', home: '/home/ada', tmp: ['/tmp'], user: 'ada', platform: 'linux', self: [] };
  const rows: [title: string, roots: Partial<Roots>, path: string, expected: string][] = [
    ['an application in a temporary folder', { app: '/tmp/ci/app' }, '/tmp/ci/app/a.json', '<app>/*.json'],
    ['beside it is still temporary', { app: '/tmp/ci/app' }, '/tmp/ci/other/a.json', '<tmp>/*'],
    ['a temporary folder in the application', { tmp: ['/w/app/tmp'] }, '/w/app/tmp/a.json', '<tmp>/*'],
    ['a home in a temporary folder', { home: '/tmp/home' }, '/tmp/home/.npmrc', '<home>/.npmrc'],
    ['the login home when HOME is another', { home: '/tmp/home' }, '/home/ada/.npmrc', '<home>/.npmrc'],
    ['a home of / does not swallow the disk', { home: '/' }, '/etc/hosts', '/etc/hosts'],
    ['an application that is the home', { app: '/home/ada' }, '/home/ada/x/a.json', '<app>/x/*.json'],
    ['a package in an application', {}, '/w/app/node_modules/a/x.js', '<node_modules>/a/*.js'],
    [
      'an application in a package',
      { app: '/w/node_modules/a/test/app' },
      '/w/node_modules/a/test/app/x.js',
      '<app>/*.js',
    ],
    ['a name that only begins like a root', {}, '/w/application/x.js', '/w/application/*.js'],
    ['a secret above the application', { app: '/home/ada/shop' }, '/home/ada/.npmrc', '<home>/.npmrc'],
    ['a tmp that is a drive', { tmp: ['/'] }, '/etc/hosts', '/etc/hosts'],
  ];
  for (const [title, roots, path, expected] of rows) {
    test(title, () => assert.equal(targetOf({ ...base, ...roots }, 'read', path), expected));
  }
});

test('roots are prepared without an entry that would match everything', () => {
  const { entries } = compileRoots({ app: '/', home: '', tmp: ['C:\\'], user: '', platform: 'win32', self: [] });
  for (const { prefix } of entries) assert.ok(prefix.length > 3, prefix);
});
