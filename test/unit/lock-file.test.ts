import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stopCoverage, takeCoverage } from 'node:v8';
import {
  emptyLock,
  entryOf,
  type Lock,
  LockFileError,
  lockOf,
  parseLock,
  serializeLock,
} from '../../src/baseline/lock-file.ts';
import { readWritten } from '../../src/baseline/lock-text.ts';
import { pick, random } from '../support/random.ts';

const FILE = 'diogenesis.lock.json';

const text = `{
  "lockfileVersion": 1,
  "packages": {
    "<app>": {
      "state": "learning",
      "traits": []
    },
    "undici@7.16.0": {
      "state": "stable",
      "traits": [
        "net.connect:api.example.com:443",
        "net.dns:api.example.com"
      ]
    }
  },
  "tools": {
    "search": {
      "state": "partial",
      "traits": [
        "fs.read:<home>/.npmrc [credential]"
      ]
    }
  }
}
`;

function messageOf(broken: string, strict = false): string {
  try {
    parseLock(broken, FILE, { strict });
  } catch (error) {
    assert(error instanceof LockFileError, String(error));
    assert(!error.message.includes('\n'), error.message);
    return error.message;
  }
  return assert.fail('it was accepted');
}

describe('the lock file', () => {
  it('is written back byte by byte as it was read', () => {
    assert.equal(serializeLock(parseLock(text, FILE, { strict: true })), text);
  });

  it('is the same whatever the order in which entries and traits came', () => {
    const lock = parseLock(text, FILE);
    const shuffled: Lock = lockOf(
      new Map([
        ['tool:search', { state: 'partial', traits: ['fs.read:<home>/.npmrc [credential]'] }],
        [
          'undici@7.16.0',
          {
            state: 'stable',
            traits: ['net.dns:api.example.com', 'net.connect:api.example.com:443', 'net.dns:api.example.com'],
          },
        ],
        ['<app>', { state: 'learning', traits: [] }],
      ]),
    );
    assert.equal(serializeLock(shuffled), serializeLock(lock));
  });

  it('is readable when it is empty of entries', () => {
    assert.equal(serializeLock(emptyLock()), '{\n  "lockfileVersion": 1,\n  "packages": {},\n  "tools": {}\n}\n');
  });

  it('answers by principal key, tools included', () => {
    const lock = parseLock(text, FILE);
    assert.equal(entryOf(lock, 'tool:search')?.state, 'partial');
    assert.equal(entryOf(lock, 'undici@7.16.0')?.traits.length, 2);
    assert.equal(entryOf(lock, 'toString'), undefined);
  });

  it('may begin with a byte order mark and have Windows line ends', () => {
    assert.equal(serializeLock(parseLock(`\ufeff${text.replaceAll('\n', '\r\n')}`, FILE)), text);
  });

  it('keeps an entry with the name of a built-in property', () => {
    const lock = parseLock(text.replace('undici@7.16.0', '__proto__@1.0.0').replace('"<app>"', '"__proto__"'), FILE);
    assert.equal(lock.packages.get('__proto__')?.state, 'learning');
    assert.match(serializeLock(lock), /"__proto__": \{/);
  });
});

describe('a lock file that cannot be used is refused in one line with line, column and what to do', () => {
  const cases: [name: string, broken: string, message: RegExp][] = [
    ['empty', '', /^diogenesis\.lock\.json:1:1: the file is empty; restore it from git/],
    [
      'truncated',
      text.slice(0, 180),
      /^diogenesis\.lock\.json:\d+:\d+: the file ends .*truncated; restore it from git/,
    ],
    ['truncated between entries', text.slice(0, text.indexOf('"undici')), /truncated/],
    [
      'a conflict',
      text.replace(
        '      "state": "stable",\n',
        '<<<<<<< HEAD\n      "state": "stable",\n=======\n      "state": "learning",\n>>>>>>> update\n',
      ),
      /json:9:1: an unresolved merge conflict; .*diogenesis merge/,
    ],
    ['a missing comma', text.replace('"stable",', '"stable"'), /json:10:7: expected "," or "}", found "\\""/],
    [
      'a comma too many',
      text.replace('api.example.com"\n      ]', 'api.example.com",\n      ]'),
      /json:13:7: a comma before "]" is one too many/,
    ],
    ['an unquoted key', text.replace('"packages"', 'packages'), /json:3:3: expected a key in double quotes/],
    ['something behind it', `${text}x`, /json:25:1: something follows the end/],
    [
      'a newer version',
      text.replace('"lockfileVersion": 1', '"lockfileVersion": 2'),
      /json:2:3: lockfileVersion 2 is newer .* update diogenesis-otel/,
    ],
    [
      'a version that is no number',
      text.replace('"lockfileVersion": 1', '"lockfileVersion": "1"'),
      /json:2:3: "lockfileVersion" must be 1/,
    ],
    ['no version', text.replace('  "lockfileVersion": 1,\n', ''), /not a lock file: "lockfileVersion" is missing/],
    ['another file', '{"name":"x"}', /not a lock file/],
    ['a list', '[]', /not a lock file: expected an object/],
    [
      'an unknown state',
      text.replace('"stable"', '"done"'),
      /json:9:7: "state" must be "learning", "partial" or "stable"/,
    ],
    ['no state', text.replace('      "state": "stable",\n', ''), /json:8:5: "state" must be/],
    ['a trait that is a number', text.replace('"net.dns:api.example.com"', '7'), /json:12:9: a trait must be a string/],
    ['traits that are no list', text.replace('"traits": []', '"traits": {}'), /json:6:7: "traits" must be an array/],
    [
      'an entry that is a list',
      text.replace(/"<app>": \{[^}]*\}/, '"<app>": []'),
      /json:4:5: an entry must be an object/,
    ],
    ['packages that are a list', '{"lockfileVersion":1,"packages":[]}', /"packages" must be an object/],
    ['an unknown key', text.replace('"tools"', '"tolls"'), /json:16:3: unknown key "tolls"/],
    [
      'a count in an entry',
      text.replace('"state": "stable"', '"state": "stable", "count": 3'),
      /json:9:26: unknown key "count"/,
    ],
    ['nested without end', '['.repeat(100_000), /nested deeper/],
    ['a control character', text.replace('api.example', 'api\u0001example'), /control character/],
  ];
  for (const [name, broken, message] of cases) it(name, () => assert.match(messageOf(broken), message));

  it('an entry that is there twice, where nothing may be lost', () => {
    const twice = text.replace('"<app>"', '"undici@7.16.0"');
    assert.match(messageOf(twice, true), /json:8:5: the key "undici@7\.16\.0" is there twice; keep one/);
  });
});

describe('a lock file that nobody has touched', () => {
  const traits = Array.from({ length: 6 }, (_, i) => `fs.read:<app>/${i}/"\\u2028\\\\ é\ud83d/*.json`);
  const entry = { state: 'stable' as const, traits };
  const written = serializeLock({
    lockfileVersion: 1,
    packages: new Map([
      ['a"\n@1', entry],
      ['b@1', entry],
    ]),
    tools: new Map(),
  });

  it('says the same as JSON.parse', () => {
    const lock = parseLock(written, FILE);
    const other = JSON.parse(written);
    assert.deepEqual(Object.fromEntries(lock.packages), other.packages);
    assert.deepEqual([...lock.packages.keys()], Object.keys(other.packages));
  });

  it('is read without its traits, which come when they are asked for', () => {
    const read = readWritten(written, 1) ?? assert.fail('not read');
    const first = read.packages.get('b@1')?.traits;
    assert.deepEqual(first, [...traits].sort());
    assert.equal(read.packages.get('b@1')?.traits, first);
  });

  it('is touched by a single character, wherever that is', () => {
    for (let at = 0; at < written.length; at++) {
      for (const piece of ['', '"', '\\', '\n', ',']) {
        const touched = written.slice(0, at) + piece + written.slice(at + 1);
        let other: { packages: Record<string, unknown> } | undefined;
        try {
          other = JSON.parse(touched);
        } catch {}
        const read = readWritten(touched, 1);
        if (other === undefined) assert.equal(read, undefined, JSON.stringify(touched));
        else if (read !== undefined) assert.deepEqual(Object.fromEntries(read.packages), other.packages);
      }
    }
  });
});

describe('hostile text', () => {
  it('is either read or refused in one line, whatever it is', () => {
    const next = random(20261125);
    const seeds = [
      text,
      serializeLock(emptyLock()),
      '{"lockfileVersion":1,"packages":{"a@1":{"state":"stable","traits":["\\ud800"]}}}',
    ];
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '\n',
      '\u0000',
      '\\u12',
      '1e999',
      'null',
      '<<<<<<< x\n',
      '__proto__',
      '"state"',
      'é',
      '\ud83d',
    ];
    for (let i = 0; i < 3_000; i++) {
      let mutant = pick(next, seeds);
      for (let edits = 1 + Math.floor(next() * 4); edits > 0; edits--) {
        const at = Math.floor(next() * mutant.length);
        const removed = Math.floor(next() * 6);
        mutant = mutant.slice(0, at) + (next() < 0.7 ? pick(next, pieces) : '') + mutant.slice(at + removed);
      }
      let lock: Lock;
      try {
        lock = parseLock(mutant, FILE, { strict: true });
      } catch (error) {
        assert(error instanceof LockFileError, `${String(error)} for ${JSON.stringify(mutant)}`);
        assert(!/[\r\n]/.test(error.message) && error.line >= 1 && error.column >= 1, error.message);
        continue;
      }
      const written = serializeLock(lock);
      assert.equal(serializeLock(parseLock(written, FILE, { strict: true })), written);
    }
  });
});

describe('scale', () => {
  it('reads 10,000 packages with 100 traits each in less than 300 ms', () => {
    const packages = new Map(
      Array.from({ length: 10_000 }, (_, p) => [
        `package-${p}@1.${p % 50}.0`,
        {
          state: 'stable' as const,
          traits: Array.from({ length: 100 }, (_, t) => `net.connect:host-${t}.p${p % 97}.example:443`),
        },
      ]),
    );
    const big = serializeLock({ lockfileVersion: 1, packages, tools: new Map() });
    // Counting blocks for coverage costs ten times what is measured here.
    takeCoverage();
    stopCoverage();
    // Processor time, and the best of a few: what else runs on the machine is not the parser's time.
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5 && best >= 300; i++) {
      const start = process.cpuUsage();
      assert.equal(parseLock(big, FILE).packages.size, 10_000);
      const { user, system } = process.cpuUsage(start);
      best = Math.min(best, (user + system) / 1000);
    }
    assert(best < 300, `${best.toFixed(0)} ms for ${(big.length / 1e6).toFixed(0)} MB`);
  });
});
