import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { auc, measure, pValue } from '../../bench/scorer/measure.ts';
import { SCORERS } from '../../bench/scorer/scorers.ts';
import { makeTraces } from '../../bench/scorer/synthetic.ts';
import { parseTraces, readTraces } from '../../bench/scorer/traces.ts';

describe('the scorer bench', () => {
  it('computes the area under the ROC curve, ties counted half', () => {
    assert.equal(auc([1, 2, 3], [4, 5]), 1);
    assert.equal(auc([4, 5], [1, 2, 3]), 0);
    assert.equal(auc([1, 1], [1, 1]), 0.5);
    assert.equal(auc([1, 3], [2, 4]), 0.75);
  });

  it('says how likely a score is by the fold that its model has not seen, ties counted as stranger', () => {
    assert.equal(pValue([5], [[1, 2, 3, 4]]), 1 / 5);
    assert.equal(pValue([3], [[1, 2, 3, 4]]), 3 / 5);
    // Models may score on scales of their own.
    assert.equal(
      pValue(
        [3, 300],
        [
          [1, 2],
          [100, 400],
        ],
      ),
      2 / 5,
    );
  });

  it('reads both formats', () => {
    assert.deepEqual(parseTraces('6 6 63 6 42 120 '), [[6, 6, 63, 6, 42, 120]]);
    assert.deepEqual(parseTraces('12 4\n13 5\n12 6\n'), [[4, 6], [5]]);
  });

  it('finds the parts of a collection by the names of its folders', () => {
    const folder = mkdtempSync(join(tmpdir(), 'traces-'));
    try {
      const trace = '1 2 3 4 5 6 7';
      for (const [file, text] of [
        ['Training_Data_Master/a.txt', trace],
        ['Validation_Data_Master/b.txt', trace],
        ['Attack_Data_Master/Adduser_1/c.txt', trace],
        ['Attack_Data_Master/Adduser_1/short.txt', '1 2'],
      ] as const) {
        mkdirSync(join(folder, file, '..'), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
      const { train, valid, attack } = readTraces(folder);
      assert.deepEqual([train.length, valid.length, attack.length], [1, 1, 1]);
      rmSync(join(folder, 'Attack_Data_Master'), { recursive: true });
      assert.throws(() => readTraces(folder), /no attack traces/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const sizes = { train: 300, valid: 300, attack: 100 };
  for (const scorer of SCORERS) {
    it(`keeps the nominal rate of false alarms within a factor of 2 on made-up traces: ${scorer.name}`, () => {
      const { rates } = measure(scorer, makeTraces(7, sizes));
      const { falsePositives } = rates.find(({ alpha }) => alpha === 0.1) as (typeof rates)[number];
      assert.ok(falsePositives <= 0.2, `${falsePositives}`);
    });
  }

  it('ranks windows above bare symbols where every symbol is known, and noise at a half', () => {
    const of = (name: string, strangeness: number) =>
      measure(
        SCORERS.find((scorer) => scorer.name === name) as (typeof SCORERS)[number],
        makeTraces(7, sizes, strangeness),
      ).auc;
    assert.ok(of('stide-6', 0.1) > 0.95);
    assert.ok(of('surprise', 0.1) > 0.95);
    assert.ok(of('voltage-3', 0.1) > 0.95);
    assert.equal(of('voltage-1', 0.1), 0.5);
    assert.ok(Math.abs(of('surprise', 0) - 0.5) < 0.1);
  });

  it('gives the same numbers every time', () => {
    const [scorer] = SCORERS;
    assert.ok(scorer !== undefined);
    assert.deepEqual(measure(scorer, makeTraces(3, sizes)), measure(scorer, makeTraces(3, sizes)));
  });
});
