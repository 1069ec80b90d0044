/**
 * Properties of what reads files that people, git and packages write. The seed is fixed, so that a run can be repeated;
 * what was found once stays as an example.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LockFileError, lockOf, parseLock, serializeLock } from '../../src/baseline/lock-file.ts';
import { mergeLocks } from '../../src/baseline/merge.ts';
import { addObservations } from '../../src/baseline/observation.ts';
import { compileOverride, faultOf } from '../../src/baseline/overrides.ts';
import { faultsOf, Policy } from '../../src/baseline/policy.ts';
import { inRange, parseRange } from '../../src/baseline/versions.ts';
import { conform } from '../../src/config-schema.ts';

const SEED = 20261125;
const always = (runs: number) => ({ seed: SEED, numRuns: runs });

/** Text that lock files are made of, in any order. */
const shreds = fc.array(
  fc.oneof(
    fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '\n', '<<<<<<< HEAD\n', '=======\n', '>>>>>>> x\n'),
    fc.constantFrom(
      '"lockfileVersion"',
      '1',
      '"packages"',
      '"tools"',
      '"state"',
      '"stable"',
      '"traits"',
      '"__proto__"',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  ),
  { maxLength: 60 },
);
const printable = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 })
  .filter((text) => text.trim() === text);
const trait = fc
  .tuple(fc.constantFrom('fs.read', 'net.connect', 'process.spawn', 'import'), printable)
  .map(([sense, target]) => `${sense}:${target}`);
const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join('.'));
const key = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', '@s/b', 'c-d', 'constructor', '__proto__'), version)
    .map(([name, at]) => `${name}@${at}`),
  fc.constantFrom('<app>', 'tool:search', 'tool:__proto__'),
);
const entry = fc.record({
  state: fc.constantFrom('learning' as const, 'partial' as const, 'stable' as const),
  traits: fc.uniqueArray(trait, { maxLength: 8 }),
});
const lock = fc.array(fc.tuple(key, entry), { maxLength: 8 }).map((entries) => lockOf(new Map(entries)));

describe('a lock file', () => {
  it('is read, or refused with one line, whatever is in it', () => {
    const property = fc.property(shreds, (parts) => {
      try {
        parseLock(parts.join(''), 'x.lock.json', { strict: true });
      } catch (error) {
        assert(error instanceof LockFileError, String(error));
        assert.match(error.message, /^x\.lock\.json:\d+:\d+: [^\n]+$/);
      }
    });
    fc.assert(property, {
      ...always(4_000),
      examples: [
        [['']],
        [['{"lockfileVersion":1,"packages":{"__proto__":{"state":"stable","traits":[]}},"tools":{}}']],
        [['\ufeff{']],
      ],
    });
  });

  it('comes back from its text as it was, byte by byte', () => {
    const property = fc.property(lock, (one) => {
      const text = serializeLock(mergeLocks(one, one));
      assert.equal(serializeLock(parseLock(text, 'x', { strict: true })), text);
    });
    fc.assert(property, always(600));
  });

  it('merges alike in every order, and with itself', () => {
    const property = fc.property(lock, lock, lock, (a, b, c) => {
      const left = serializeLock(mergeLocks(mergeLocks(a, b), c));
      assert.equal(serializeLock(mergeLocks(a, mergeLocks(b, c))), left);
      assert.equal(serializeLock(mergeLocks(c, mergeLocks(b, a))), left);
      assert.equal(serializeLock(mergeLocks(mergeLocks(a, b), mergeLocks(c, a))), left);
    });
    fc.assert(property, always(300));
  });
});

describe('an observation file', () => {
  it('never makes its reader fail', () => {
    const line = fc.oneof(
      fc.constant('{"diogenesisObservation":1,"session":"s","pid":1,"threadId":0,"complete":true}'),
      fc.json({ maxDepth: 2 }),
      fc.string({ maxLength: 10 }),
    );
    const property = fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, whole) => {
      const problem = addObservations(lines.join('\n') + (whole ? '\n' : ''), 'x', new Map());
      assert(problem === undefined || !problem.includes('\n'));
    });
    fc.assert(property, always(1_000));
  });
});

const override = fc.record(
  {
    package: fc.oneof(key, printable, fc.constantFrom('*', 'a@^1', 'a@latest', '@s/*@>=1 <2 || 3.x')),
    trait: fc.oneof(trait, printable, fc.constantFrom('*', '* [credential]', '****a****', 'fs.read:*[')),
    reason: printable,
    expires: fc.constantFrom('2020-01-01', '2999-12-31'),
    level: fc.constantFrom('LOG' as const, 'WARN' as const, 'ALERT' as const),
  },
  { requiredKeys: ['package', 'trait', 'reason', 'level'] },
);

describe('a configuration', () => {
  it('costs the keys that are wrong, one line each, and never the process', () => {
    const keys = ['mode', 'lock', 'deny', 'levels', 'allow', 'senses', 'block', 'patterns', '__proto__', 'constructor'];
    const property = fc.property(
      fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.anything()),
      (given) => {
        const problems: string[] = [];
        const config = conform(given, 'x.json', problems);
        for (const problem of problems) assert.match(problem, /^x\.json: [^\n]+$/s);
        for (const name of Object.keys(config ?? {})) assert(!['__proto__', 'constructor'].includes(name), name);
      },
    );
    fc.assert(property, always(2_000));
  });

  it('may name anything in its overrides', () => {
    const lists = fc.record({ allow: fc.array(override), deny: fc.array(override), levels: fc.array(override) });
    const property = fc.property(lists, key, trait, (overrides, principal, did) => {
      const time = Date.UTC(2026, 0, 1);
      const policy = new Policy(overrides, time);
      faultsOf(overrides);
      const isDenied = policy.denial(principal, did, time) !== undefined;
      if (isDenied) assert(policy.watches(did.slice(0, did.search(/[.:]/)) as 'fs', time), 'what is denied is watched');
      policy.allows(principal, did, time);
      policy.levelFor(principal, did, time);
    });
    fc.assert(property, always(1_000));
  });

  it('means with a literal package and trait just these', () => {
    const property = fc.property(key, trait, key, trait, (principal, did, other, otherDid) => {
      if (principal.includes('*') || did.includes('*')) return;
      const one = compileOverride({ package: principal, trait: did, reason: 'r' });
      assert(faultOf(one.source) === undefined);
      assert(one.matches(principal, did));
      assert.equal(one.matches(other, otherDid), other === principal && otherDid === did);
    });
    fc.assert(property, always(500));
  });

  it('takes any text for a range', () => {
    const words = fc.constantFrom('^', '~', '>=', '<', '||', '-', ' ', '1', '1.2.3', 'x', '*', '.', '@', 'latest');
    const property = fc.property(fc.array(words, { maxLength: 12 }), version, (parts, at) => {
      assert.equal(typeof inRange(at, parseRange(parts.join(''))), 'boolean');
    });
    fc.assert(property, always(2_000));
  });
});
