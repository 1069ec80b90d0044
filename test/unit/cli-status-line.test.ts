import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StatusLine } from '../../src/cli/status-line.ts';
import { Screen } from '../support/screen.ts';

function terminal(rows: number, columns = 30) {
  const screen = new Screen(rows, columns);
  let time = 0;
  let writes = 0;
  const status = new StatusLine(
    {
      columns,
      write(text) {
        writes++;
        screen.write(text);
      },
    },
    () => time,
  );
  return {
    screen,
    status,
    writes: () => writes,
    waits(milliseconds: number) {
      time += milliseconds;
    },
  };
}

describe('the line that says what we are at', () => {
  for (const [where, rows] of [
    ['in the middle of the screen', 10],
    ['at the bottom of the screen', 3],
  ] as const) {
    it(`${where} leaves what the command wrote as it was, also half a line`, () => {
      const { screen, status, waits } = terminal(rows);
      screen.write('one\r\ntwo\r\nhalf a ');
      waits(500);
      status.show('reading 1 of 9');
      assert.match(screen.text, /two\nhalf a\nreading 1 of 9$/);
      waits(100);
      status.show('reading 22 of 9');
      waits(100);
      status.show('merging');
      assert.match(screen.text, /two\nhalf a\nmerging$/);
      status.clear();
      screen.write('line');
      assert.match(screen.text, /two\nhalf a line$/);
    });
  }

  it('is not there for short work, and not written for every step of a long one', () => {
    const { screen, status, waits, writes } = terminal(5);
    waits(499);
    status.show('reading');
    assert.deepEqual([screen.text, writes()], ['', 0]);
    status.clear();
    assert.equal(writes(), 0);
    waits(1);
    for (let i = 0; i < 1000; i++) status.show(`reading ${i}`);
    assert.equal(writes(), 1);
  });

  it('is one line, however narrow the terminal', () => {
    const { screen, status, waits } = terminal(5, 10);
    waits(500);
    status.show('reading what was observed');
    assert.equal(screen.text, '\nreading …');
  });

  it('is nowhere without a terminal', () => {
    const status = new StatusLine(undefined, () => Number.POSITIVE_INFINITY);
    status.show('reading');
    status.clear();
  });
});
