import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Act } from '../../src/behavior.ts';
import { perceive, setPerceiver } from '../../src/perception.ts';

describe('an act on its way to the immune system', () => {
  it('asks Object.prototype for nothing that it does not have: whoever put a getter there could change it', () => {
    const seen: Act[] = [];
    const restore = setPerceiver({ perceive: (act) => void seen.push(act), senseFailed: () => assert.fail() });
    let asked = 0;
    const names = ['principal', 'chain', 'impliedByNode'];
    for (const name of names) {
      const get = () => ++asked;
      Object.defineProperty(Object.prototype, name, { get, configurable: true });
    }
    try {
      perceive({ sense: 'fs', operation: 'read', target: '/etc/passwd' });
    } finally {
      for (const name of names) delete (Object.prototype as Record<string, unknown>)[name];
      restore();
    }
    assert.deepEqual([asked, seen.length], [0, 1]);
  });
});
