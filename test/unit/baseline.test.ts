import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Baseline } from '../../src/baseline/baseline.ts';
import { parseLock } from '../../src/baseline/lock-file.ts';
import type { Principal } from '../../src/behavior.ts';

const lock = parseLock(
  JSON.stringify({
    lockfileVersion: 1,
    packages: {
      '<app>': { state: 'stable', traits: [] },
      'known@1.0.0': { state: 'stable', traits: [] },
      'young@1.0.0': { state: 'learning', traits: [] },
    },
    tools: {},
  }),
  'diogenesis.lock.json',
);
const of = (key: string): Principal => ({
  key,
  kind: key === '<app>' ? 'app' : 'package',
  name: key.split('@')[0] as string,
  version: key.split('@')[1] ?? '',
  root: '',
  dependencies: new Set(),
});

describe('whether code is what the lock file knows', () => {
  for (const [key, expected] of [
    ['known@1.0.0', 'same'],
    ['known@1.0.1', 'changed'],
    ['other@1.0.0', 'changed'],
    ['young@1.0.0', undefined],
    ['<app>', undefined],
  ] as const) {
    it(`${key}: ${expected ?? 'cannot be told'}`, () => assert.equal(new Baseline(lock).codeOf(of(key)), expected));
  }

  it('cannot be told without a lock file', () =>
    assert.equal(new Baseline(undefined).codeOf(of('known@1.0.0')), undefined));
});
