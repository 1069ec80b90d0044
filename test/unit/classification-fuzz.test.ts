import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Act, Principal } from '../../src/behavior.ts';
import { createClassifier, type Roots } from '../../src/classification/classifier.ts';
import { hostMeaning, parseEndpoint } from '../../src/classification/hosts.ts';
import { inspectCommand } from '../../src/classification/programs.ts';
import { maskVolatile } from '../../src/classification/volatile-parts.ts';

/* mulberry32: the same inputs on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const PIECES = [
  ...[
    '/',
    '/',
    '/',
    '\\',
    '.',
    '..',
    '~',
    ':',
    '@',
    '#',
    '?',
    '*',
    '[',
    ']',
    '%',
    '=',
    ' ',
    '"',
    "'",
    '$(',
    '`',
    '|',
    ';',
  ],
  ...[
    '/home/ada',
    '/work/shop',
    '/tmp',
    'node_modules',
    '.ssh',
    '.aws',
    'credentials',
    '.npmrc',
    '.env',
    'C:',
    '\\\\?\\',
  ],
  ...[
    'proc',
    'self',
    'root',
    'environ',
    'data:',
    'file://',
    'https://',
    'node:',
    'unix:',
    'fd:',
    'eval:',
    '::1',
    '0x7f',
  ],
  ...[
    'sh -c ',
    'curl ',
    'a'.repeat(70),
    '1'.repeat(30),
    '\0',
    '\n',
    '\r',
    '\u2028',
    '\u202E',
    '\uD800',
    '\uDC00',
    'İ',
    'ß',
  ],
  ...[
    'é',
    '日本',
    '👍',
    'constructor',
    '__proto__',
    'hasOwnProperty',
    'example.com',
    ':443',
    'AKIAIOSFODNN7EXAMPLE',
    '\x1b[31m',
  ],
];

const SENSES: readonly (readonly [Act['sense'], readonly string[]])[] = [
  ['fs', ['read', 'write', 'stat', 'list', 'delete', 'chmod', 'link', 'watch']],
  ['net', ['connect', 'listen', 'dns']],
  ['process', ['spawn']],
  ['import', ['load']],
  ['worker', ['start']],
  ['native', ['dlopen']],
  ['code', ['eval']],
  ['env', ['read']],
];

const base: Roots = {
  app: '/work/shop',
  home: '/home/ada',
  tmp: ['/tmp'],
  user: 'ada',
  platform: 'linux',
  self: ['/work/shop/x'],
};
const machines: Roots[] = [
  base,
  { ...base, platform: 'darwin' },
  { ...base, platform: 'win32', app: 'C:\\work\\shop', home: 'C:\\Users\\ada' },
  { app: '', home: '', tmp: [], user: '', platform: 'linux', self: [''] },
];
const principals: Principal[] = [
  {
    key: 'a@1.0.0',
    kind: 'package',
    name: 'a',
    version: '1.0.0',
    root: '/work/shop/node_modules/a',
    dependencies: new Set(),
  },
  { key: '<app>', kind: 'app', name: '<app>', version: '', root: '/work/shop', dependencies: new Set() },
  {
    key: '<unattributed>',
    kind: 'unattributed',
    name: '<unattributed>',
    version: '',
    root: '',
    dependencies: new Set(),
  },
];

function text(next: () => number): string {
  let out = '';
  for (let n = Math.floor(next() * 12); n >= 0; n--) {
    out +=
      next() < 0.7 ? PIECES[Math.floor(next() * PIECES.length)] : String.fromCharCode(Math.floor(next() * 0x10000));
  }
  return out;
}

for (const seed of [1, 20240517, 0xdead]) {
  test(`any target at all gives one short line, the same every time (seed ${seed})`, () => {
    const next = random(seed);
    for (const roots of machines) {
      const [left, right] = [createClassifier(roots), createClassifier(roots)];
      for (let i = 0; i < 4000; i++) {
        const [sense, operations] = SENSES[Math.floor(next() * SENSES.length)] as (typeof SENSES)[number];
        const operation = operations[Math.floor(next() * operations.length)] as string;
        const act: Act = { sense, operation, target: text(next), shell: next() < 0.2 };
        const resource = left.classify(act);
        const shown = JSON.stringify(act);
        assert.ok(resource.target.length < 260, shown);
        // A newline, an escape sequence or a hidden letter would let a file name forge a line of the lock.
        assert.doesNotMatch(
          resource.target,
          /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ud800-\udfff]/,
          shown,
        );
        assert.doesNotMatch(resource.target, /AKIAIOSFODNN7EXAMPLE/, shown);
        for (const principal of principals) {
          const trait = left.traitOf(act, resource, principal);
          assert.equal(trait, right.traitOf(act, right.classify(act), principal), shown);
          if (trait === undefined) continue;
          assert.ok(trait.length > 0 && trait.length < 300, shown);
          assert.doesNotMatch(trait, /[\r\n]/, shown);
        }
      }
    }
  });
}

test('hosts, command lines and names take any text', () => {
  const next = random(7);
  for (let i = 0; i < 20_000; i++) {
    const any = text(next);
    const { host, port } = parseEndpoint(any);
    assert.ok(port >= -1 && port <= 65535);
    assert.ok(hostMeaning(host, port).name.length <= 300);
    if (/^[a-z0-9.:-]+$/.test(host)) {
      const again = parseEndpoint(host.includes(':') ? `[${host}]` : host).host;
      assert.equal(again, host, `${JSON.stringify(any)} is not canonical`);
    }
    const { programs, paths, hosts } = inspectCommand([any], next() < 0.5);
    assert.ok(programs.length <= 16 && paths.length <= 16 && hosts.length <= 16);
    const masked = maskVolatile(any);
    assert.equal(maskVolatile(masked), masked, JSON.stringify(any));
  }
});

test('a very long target costs no more than a long one', () => {
  const classifier = createClassifier(base);
  for (const [sense, operations] of SENSES) {
    for (const operation of operations) {
      const resource = classifier.classify({ sense, operation, target: `/${'x/'.repeat(500_000)}` });
      assert.ok(resource.target.length < 260);
      assert.ok(resource.path.length <= 4200);
    }
  }
});
