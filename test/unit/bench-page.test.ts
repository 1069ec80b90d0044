import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MARKER, withTables } from '../../bench/page.ts';

describe('the page of the performance tables', () => {
  const table = (title: string, value: number) => ({
    title,
    rows: [{ label: 'added', values: [value], unit: 'µs', digits: 1, atMost: 2 }],
  });

  it('keeps what was not measured now, in its place, and tells of every target that is missed', () => {
    const first = withTables(`# Performance\n\n${MARKER}\n`, [table('One', 3), table('Two', 1)], 'A machine');
    const second = withTables(first, [table('Two', 4), table('Three', 1)], 'Another machine');
    assert.deepEqual(
      second.split('\n').filter((line) => /^(#|-|Another|A machine|None)/.test(line)),
      [
        '# Performance',
        'Another machine.',
        '### One',
        '### Two',
        '### Three',
        '### Missed targets',
        '- One: added',
        '- Two: added',
      ],
    );
    assert.match(second, /\| added \| 4\.0 µs/);
    assert.doesNotMatch(second, /\| added \| 1\.0 µs \|.*missed/);
    assert.equal(withTables(second, [], 'Another machine'), second);
  });

  it('says that none is missed', () => {
    assert.match(withTables(`x\n${MARKER}\n`, [table('One', 1)], 'M'), /### Missed targets\n\nNone\.\n$/);
  });
});
