import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { globMatches } from '../../src/threats/custom-pattern.ts';
import { DistinctCounter } from '../../src/threats/distinct-counter.ts';
import { longestEncodedLabel } from '../../src/threats/dns-labels.ts';
import { type CustomPattern, createThreatEngine } from '../../src/threats/engine.ts';
import { connect, read, World } from './threats-builder.ts';

const PATTERN: CustomPattern = {
  name: 'report_then_post',
  sequence: ['fs.read:*/reports/*', 'net.connect:*'],
  windowSeconds: 60,
  level: 'ALERT',
};

describe('a custom pattern', () => {
  it('matches its sequence, with its steps, level and name', () => {
    const world = new World();
    world.engine.addPattern(PATTERN);
    const [match] = world.does('a@1.0.0', read('/app/reports/q1'), connect('x.example.com:443'));
    assert.equal(match?.pattern, 'report_then_post');
    assert.equal(match?.level, 'ALERT');
    assert.equal(match?.steps.length, 2);
  });

  it('holds for reviewed behaviour too', () => {
    const acts = [read('/app/reports/q1'), connect('x.example.com:443')];
    const world = new World({ baselines: { 'a@1.0.0': acts.map((a) => a.trait), '<app>': acts.map((a) => a.trait) } });
    world.engine.addPattern(PATTERN);
    assert.equal(world.does('a@1.0.0', ...acts)[0]?.pattern, 'report_then_post');
  });

  it('is silent in the wrong order, beyond its window, and for other packages', () => {
    const [report, post] = [read('/app/reports/q1'), connect('x.example.com:443')];
    const wrong = new World();
    wrong.engine.addPattern(PATTERN);
    wrong.does('a@1.0.0', post, report);
    const late = new World();
    late.engine.addPattern(PATTERN);
    late.does('a@1.0.0', report);
    late.waits(120).does('a@1.0.0', post);
    const other = new World();
    other.engine.addPattern({ ...PATTERN, package: 'b*' });
    other.does('a@1.0.0', report, post);
    for (const world of [wrong, late, other]) assert.ok(!world.rules().includes('report_then_post'));
    other.does('bcd@1.0.0', report, post);
    assert.ok(other.rules('bcd@1.0.0').includes('report_then_post'));
  });

  it('asks `when` with the last deed', () => {
    const world = new World();
    world.engine.addPattern({ ...PATTERN, when: (deed) => deed.behavior.act.target.startsWith('bad') });
    world.does('a@1.0.0', read('/app/reports/q1'), connect('good.example.com:443'));
    assert.ok(!world.rules().includes('report_then_post'));
    world.does('a@1.0.0', connect('bad.example.com:443'));
    assert.ok(world.rules().includes('report_then_post'));
  });

  it('that throws is reported once, switched off, and never reaches the host', () => {
    const world = new World();
    world.engine.addPattern({
      ...PATTERN,
      when: () => {
        throw new Error('broken');
      },
    });
    for (let i = 0; i < 5; i++) world.does(`p${i}@1.0.0`, read('/app/reports/q1'), connect('x.example.com:443'));
    assert.deepEqual(world.errors, ['report_then_post: Error: broken']);
  });

  it('survives a listener of errors that throws itself', () => {
    const engine = new World({
      onPatternError: () => {
        throw new Error('listener');
      },
    });
    engine.engine.addPattern({
      ...PATTERN,
      sequence: ['net.connect:*'],
      when: () => {
        throw new Error('broken');
      },
    });
    engine.does('a@1.0.0', connect('x.example.com:443'));
  });

  it('replaces the one of the same name', () => {
    const world = new World();
    world.engine.addPattern(PATTERN);
    world.engine.addPattern({ ...PATTERN, level: 'LOG' });
    const mine = world.engine.patterns().filter((p) => p.custom);
    assert.deepEqual(
      mine.map((p) => p.level),
      ['LOG'],
    );
  });

  it('is watched: its traits must not be habituated', () => {
    const engine = createThreatEngine();
    assert.equal(engine.isWatched('fs.read:<app>/reports/*'), false);
    engine.addPattern(PATTERN);
    assert.equal(engine.isWatched('fs.read:<app>/reports/*'), true);
    assert.equal(engine.isWatched('fs.read:<app>/other'), false);
  });

  const bad: [string, unknown, RegExp][] = [
    ['nothing', undefined, /must be an object/],
    ['a name with spaces', { ...PATTERN, name: 'a b' }, /name must be/],
    ['the name of a built-in rule', { ...PATTERN, name: 'secret_read' }, /belongs to a built-in/],
    ['the name of a built-in pattern', { ...PATTERN, name: 'data_exfiltration' }, /belongs to a built-in/],
    ['an empty sequence', { ...PATTERN, sequence: [] }, /sequence must be/],
    ['nine steps', { ...PATTERN, sequence: Array.from({ length: 9 }, () => '*') }, /sequence must be/],
    ['a step that is no text', { ...PATTERN, sequence: [1] }, /each step/],
    ['an endless window', { ...PATTERN, windowSeconds: Infinity }, /windowSeconds must be/],
    ['a negative window', { ...PATTERN, windowSeconds: -1 }, /windowSeconds must be/],
    ['an unknown level', { ...PATTERN, level: 'PANIC' }, /level must be one of LOG, WARN, ALERT/],
    ['an unknown key', { ...PATTERN, severity: 1 }, /unknown key "severity"/],
    ['a `when` that is no function', { ...PATTERN, when: true }, /when must be a function/],
    ['references that are no texts', { ...PATTERN, reference: [1] }, /reference must be/],
  ];
  for (const [title, pattern, message] of bad) {
    it(`with ${title} is refused in one line`, () => {
      const engine = createThreatEngine();
      assert.throws(
        () => engine.addPattern(pattern as CustomPattern),
        (error: Error) => error instanceof TypeError && message.test(error.message) && !error.message.includes('\n'),
      );
    });
  }

  it('is one of 64 at most', () => {
    const engine = createThreatEngine();
    for (let i = 0; i < 64; i++) engine.addPattern({ ...PATTERN, name: `p${i}` });
    assert.throws(() => engine.addPattern({ ...PATTERN, name: 'one_more' }), /64 custom patterns/);
  });

  it('throws an error of the engine at nobody', () => {
    const world = new World();
    const broken = connect('x.example.com:443');
    Object.defineProperty(broken.resource, 'resourceClass', {
      get() {
        throw new Error('broken');
      },
    });
    assert.deepEqual(
      world.engine.observe(
        {
          behavior: {
            ...broken,
            chain: { id: 0, members: [], owners: [], involved: [], behind: [], source: 'none' },
            principal: undefined as never,
            time: 0,
            assessment: undefined,
          },
          principal: { key: 'x@1', kind: 'package', name: 'x', version: '1', root: '', dependencies: new Set() },
          trait: 't',
          standing: 'novel',
          time: 0,
        },
        1,
      ),
      [],
    );
    assert.match(world.errors.join(), /engine: Error: broken/);
  });
});

describe('trait globs', () => {
  const rows: [string, string, boolean][] = [
    ['*', '', true],
    ['a*c', 'abc', true],
    ['a*c', 'ab', false],
    ['fs.read:* [credential]', 'fs.read:<home>/.npmrc [credential]', true],
    ['fs.read:* [credential]', 'fs.read:<home>/.npmrc', false],
    ['a.c', 'abc', false],
    ['**a**b**', 'xxaxxbxx', true],
    ['', '', true],
    ['', 'a', false],
  ];
  for (const [glob, text, expected] of rows) {
    it(`${JSON.stringify(glob)} ${expected ? 'fits' : 'does not fit'} ${JSON.stringify(text)}`, () => {
      assert.equal(globMatches(glob, text), expected);
    });
  }
  it('do not explode on many stars', () => {
    const started = process.hrtime.bigint();
    assert.equal(globMatches(`${'*a'.repeat(200)}b`, 'a'.repeat(4000)), false);
    assert.ok(Number(process.hrtime.bigint() - started) < 5e8);
  });
});

describe('labels that carry data', () => {
  const encoded = [
    '6e706d5f61626364656667.t.example.net',
    'mzxw6ytboi4tcmrt.x.example.net',
    `${'a'.repeat(45)}.x.example.net`,
  ];
  const honest = [
    'registry.npmjs.org',
    'my-bucket.s3.eu-central-1.amazonaws.com',
    'internal-k8s-default-ingress.us-east-1.elb.amazonaws.com',
    'long-descriptive-service-name.namespace.svc.cluster.local',
    'localhost',
    'd111111abcdef8.cloudfront.net',
    'elasticloadbalancing.us-east-1.amazonaws.com',
  ];
  for (const name of encoded) it(`finds one in ${name.slice(0, 40)}`, () => assert.ok(longestEncodedLabel(name) > 0));
  for (const name of honest) it(`finds none in ${name}`, () => assert.equal(longestEncodedLabel(name), 0));
});

describe('the counter of different targets', () => {
  it('is within 8 % up to a thousand, and does not count repeats', () => {
    for (const n of [10, 100, 1000]) {
      const counter = new DistinctCounter();
      for (let round = 0; round < 3; round++) for (let i = 0; i < n; i++) counter.add(`/home/u/f${i}.txt`, 0, 1000);
      assert.ok(Math.abs(counter.distinct - n) <= Math.max(1, n * 0.08), `${n}: ${counter.distinct}`);
      assert.equal(counter.total, 3 * n);
    }
  });
  it('begins anew in a new window', () => {
    const counter = new DistinctCounter();
    for (let i = 0; i < 50; i++) counter.add(`${i}`, 0, 1000);
    counter.add('x', 1000, 1000);
    assert.equal(counter.total, 1);
  });
});
