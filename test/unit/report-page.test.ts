import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Filter, graphOf, lanesOf, type PageFinding, resourceOf, select } from '../../src/report-page/model.ts';

const finding = (over: Partial<PageFinding>): PageFinding => ({
  id: 'a-1',
  time: 0,
  level: 'WARN',
  pattern: 'shadow_import',
  who: 'a@1.0.0',
  trait: 'import:b',
  voltage: 0.5,
  chain: ['a@1.0.0', '<app>'],
  ...over,
});
const everything: Filter = { levels: new Set(['LOG', 'WARN', 'ALERT']), who: '', pattern: '', text: '' };

describe('the page of a report', () => {
  it('selects by level, package, pattern and words', () => {
    const all = [finding({}), finding({ id: 'b-2', level: 'ALERT', who: 'b@2.0.0', pattern: 'resource_abuse' })];
    assert.deepEqual(select(all, everything), all);
    assert.deepEqual(select(all, { ...everything, levels: new Set(['ALERT']) }), [all[1]]);
    assert.deepEqual(select(all, { ...everything, who: 'a@1.0.0' }), [all[0]]);
    assert.deepEqual(select(all, { ...everything, pattern: 'resource_abuse' }), [all[1]]);
    assert.deepEqual(select(all, { ...everything, text: 'b-2' }), [all[1]]);
  });

  it('has the package with the worst finding first, its findings in order of time', () => {
    const lanes = lanesOf([
      finding({ time: 2 }),
      finding({ time: 1 }),
      finding({ who: 'bad@1.0.0', level: 'ALERT' }),
      finding({ who: 'chatty@1.0.0', level: 'LOG' }),
    ]);
    assert.deepEqual(
      lanes.map(({ who, findings }) => [who, findings.map(({ time }) => time)]),
      [
        ['bad@1.0.0', [0]],
        ['a@1.0.0', [1, 2]],
        ['chatty@1.0.0', [0]],
      ],
    );
  });

  it('groups what was reached by act and sensitivity', () => {
    assert.equal(resourceOf('fs.read:<home>/.npmrc [credential]'), 'fs.read [credential]');
    assert.equal(resourceOf('net.connect:[::1]:443'), 'net.connect');
    assert.equal(resourceOf('code.eval'), 'code.eval');
  });

  it('draws who called whom, from the application inwards, and keeps the edges that were seen most', () => {
    const all = [finding({ chain: ['c@1.0.0', 'a@1.0.0', '<app>'], trait: 'fs.read:<tmp>/x' }), finding({})];
    const { edges, nodes, left } = graphOf(all, 1);
    assert.deepEqual(edges, [{ from: '<app>', to: 'a@1.0.0', kind: 'calls', count: 2 }]);
    assert.deepEqual(
      nodes.map(({ id, kind, worst }) => [id, kind, worst]),
      [
        ['<app>', 'app', -1],
        ['a@1.0.0', 'package', 1],
      ],
    );
    assert.equal(left, 3);
    assert.ok(graphOf(all).edges.some(({ from, to, kind }) => `${from} ${kind} ${to}` === 'c@1.0.0 reaches fs.read'));
  });
});
