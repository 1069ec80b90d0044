import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOf, Policy } from '../../src/baseline/policy.ts';

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const none = { allow: [], deny: [], levels: [] };

describe('a policy', () => {
  it('denies by package range and trait, secrets included unless one is named', () => {
    const deny = [
      { package: 'evil@^1.2', trait: 'net.connect:*', reason: 'offline' },
      { package: '*', trait: 'fs.read:* [credential]', reason: 'no secrets' },
    ];
    const policy = new Policy({ ...none, deny }, at('2026-01-01'));
    const denial = (key: string, trait: string) => policy.denial(key, trait, at('2026-01-01'));
    assert.equal(denial('evil@1.3.0', 'net.connect:a.example:443'), 'offline');
    assert.equal(denial('evil@1.3.0', 'net.connect:169.254.169.254:80 [metadata]'), 'offline');
    assert.equal(denial('evil@1.1.0', 'net.connect:a.example:443'), undefined);
    assert.equal(denial('good@1.3.0', 'net.connect:a.example:443'), undefined);
    assert.equal(denial('good@1.3.0', 'fs.read:<home>/.npmrc [credential]'), 'no secrets');
    assert.equal(denial('good@1.3.0', 'fs.read:<home>/notes'), undefined);
  });

  it('gives other levels, but a wildcard does not reach a secret', () => {
    const levels = [{ package: 'a', trait: 'fs.*', level: 'LOG' as const, reason: 'r' }];
    const policy = new Policy({ ...none, levels }, at('2026-01-01'));
    assert.equal(policy.levelFor('a@1.0.0', 'fs.write:<app>/x', at('2026-01-01')), 'LOG');
    assert.equal(policy.levelFor('a@1.0.0', 'fs.read:<home>/.npmrc [credential]', at('2026-01-01')), undefined);
  });

  it('knows which senses it must not stop looking at', () => {
    const watches = (trait: string) => {
      const policy = new Policy({ ...none, deny: [{ package: '*', trait, reason: 'r' }] }, at('2026-01-01'));
      return (['import', 'fs', 'net', 'process'] as const).filter((sense) => policy.watches(sense, at('2026-01-01')));
    };
    assert.deepEqual(watches('net.connect:*'), ['net']);
    assert.deepEqual(watches('import:node:vm'), ['import']);
    assert.deepEqual(watches('*'), ['import', 'fs', 'net', 'process']);
    assert.deepEqual(watches('n*'), ['net']);
    assert.deepEqual(new Policy(none, 0).watches('fs', 0), false);
  });

  it('ends each override after its last day, also in a process that outlives it, and says so once', () => {
    const said: string[] = [];
    const allow = [
      { package: 'a', trait: 'code.eval', reason: 'old', expires: '2025-12-31' },
      { package: 'b', trait: 'code.eval', reason: 'this week', expires: '2026-01-02' },
    ];
    const policy = new Policy({ ...none, allow }, at('2026-01-01'), (line) => said.push(line));
    assert.deepEqual(said, ['the override for a code.eval (old) expired on 2025-12-31 and counts no more']);
    assert.equal(policy.allows('a@1.0.0', 'code.eval', at('2026-01-01')), false);
    assert.equal(policy.allows('b@1.0.0', 'code.eval', Date.parse('2026-01-02T23:59:59.999Z')), true);
    assert.equal(policy.allows('b@1.0.0', 'code.eval', Date.parse('2026-01-03T00:00:00Z')), false);
    policy.allows('b@1.0.0', 'code.eval', at('2026-01-04'));
    assert.deepEqual(said.slice(1), [
      'the override for b code.eval (this week) expired on 2026-01-02 and counts no more',
    ]);
    assert.equal(policy.expiredException('b@1.0.0', 'code.eval', at('2026-01-04'))?.reason, 'this week');
  });

  it('names a range that it does not understand', () => {
    const deny = [{ package: 'a@latest', trait: '*', reason: 'r' }];
    assert.deepEqual(faultsOf({ ...none, deny }), ['the override for a@latest *: "latest" is not a range of versions']);
    assert.deepEqual(faultsOf({ ...none, deny: [{ package: '@s/a@1.x || ^3', trait: '*', reason: 'r' }] }), []);
  });

  it('does not ask the prototypes that a package can change', () => {
    const allow = [{ package: 'good@^1', trait: 'net.connect:*', reason: 'r' }];
    const policy = new Policy(
      { ...none, allow, deny: [{ package: 'evil', trait: '*', reason: 'r' }] },
      at('2026-01-01'),
    );
    const { exec, test } = RegExp.prototype;
    const { find, some, every } = Array.prototype;
    const { slice, lastIndexOf } = String.prototype;
    let answers: unknown[] = [];
    try {
      RegExp.prototype.exec = () => ['x'] as unknown as RegExpExecArray;
      RegExp.prototype.test = () => true;
      Object.assign(Array.prototype, { some: () => true, every: () => true });
      Array.prototype.find = () => undefined;
      String.prototype.slice = () => 'good';
      String.prototype.lastIndexOf = () => 4;
      const time = 1_767_268_800_000;
      answers = [policy.allows('evil@1.0.0', 'net.connect:x:1', time), policy.denial('evil@1.0.0', 'code.eval', time)];
    } finally {
      Object.assign(RegExp.prototype, { exec, test });
      Object.assign(Array.prototype, { find, some, every });
      Object.assign(String.prototype, { slice, lastIndexOf });
    }
    assert.deepEqual(answers, [false, 'r']);
  });
});
