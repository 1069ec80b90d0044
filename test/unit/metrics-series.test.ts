import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ImmuneSystem } from '../../src/immune-system.ts';
import type { Finding } from '../../src/response/finding.ts';
import { Runtime } from '../../src/runtime.ts';

it('findings of however many packages take bounded series, and each is counted', () => {
  const runtime = new Runtime({
    immuneSystem: {} as ImmuneSystem,
    capture: 'notable',
    outlets: [],
    switchOff: () => {},
  });
  for (let i = 0; i < 1_500; i++) {
    const rule = { name: 'any', description: '', reference: [] };
    const principal = { name: `p${i}`, version: '1.0.0', key: `p${i}@1.0.0` };
    runtime.tell({ level: 'WARN', pattern: 'behavioral_drift', principal, chain: [], rule } as unknown as Finding);
  }
  const points = runtime.findings();
  assert.equal(points.length, 1_001);
  assert.equal(
    points.reduce((sum, { value }) => sum + value, 0),
    1_500,
  );
  assert.equal(points.at(-1)?.attributes['diogenesis.package.name'], '<other>');
});
