import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { forgetHabits, Habituation, habituatedEvents, setAlwaysAttribute } from '../../src/habituation.ts';

describe('habituation', () => {
  afterEach(() => setAlwaysAttribute(false));

  it('knows nothing at first, and counts what was admitted', () => {
    const habits = new Habituation('fs');
    assert.equal(habits.met('/a', 1), false);
    habits.admit('/a', 1);
    assert.equal(habits.met('/a', 1), true);
    assert.equal(habits.met('/a', 2), false, 'another operation is another habit');
    assert.equal(habits.met('/b', 1), false);
    assert.equal(habits.counted, 1);
    assert.ok(habituatedEvents('fs') >= 1);
  });

  it('lets an event be attributed again at the 16th, 32nd, … 1024th, and then at every 1024th', () => {
    const habits = new Habituation('fs');
    habits.admit('/a', 1);
    const attributed: number[] = [];
    for (let event = 1; event <= 4100; event++) if (!habits.met('/a', 1)) attributed.push(event);
    assert.deepEqual(attributed, [16, 32, 64, 128, 256, 512, 1024, 2048, 3072, 4096]);
  });

  it('is bounded, and keeps what is in use', () => {
    const habits = new Habituation('fs', 100);
    habits.admit('/kept', 1);
    for (let i = 0; i < 10_000; i++) {
      habits.admit(`/once/${i}`, 1);
      if (i % 50 === 0) habits.met('/kept', 1);
    }
    assert.equal(habits.met('/kept', 1), true);
    assert.equal(habits.met('/once/1', 1), false);
  });

  it('forgets one key, whichever generation it is in', () => {
    const habits = new Habituation('fs', 2);
    for (const key of ['/a', '/b', '/c']) habits.admit(key, 1);
    habits.forget('/a');
    habits.forget('/c');
    assert.deepEqual(
      ['/a', '/b', '/c'].map((key) => habits.met(key, 1)),
      [false, true, false],
    );
  });

  it('forgets when asked, and admits nothing while everything is to be attributed', () => {
    const habits = new Habituation('fs');
    habits.admit('/a', 1);
    forgetHabits();
    assert.equal(habits.met('/a', 1), false);
    setAlwaysAttribute(true);
    habits.admit('/a', 1);
    assert.equal(habits.met('/a', 1), false);
  });
});
