import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { overlay } from '../../bench/detection/harness/incident.ts';
import { parseFindings } from '../../bench/detection/harness/launch.ts';
import { compareWithLock } from '../../bench/detection/harness/recorded.ts';
import { alarms, judge, nameOf, noise, recall, wilson } from '../../bench/detection/harness/score.ts';
import { inShape, SHAPES } from '../../bench/detection/harness/shapes.ts';
import { encodings } from '../../bench/detection/harness/sinks.ts';
import type { Incident, IncidentRun, Level, Told } from '../../bench/detection/harness/types.ts';
import { incidents } from '../../bench/detection/incidents/index.ts';
import { upgrades } from '../../bench/detection/upgrades/index.ts';
import { workloads } from '../../bench/detection/workloads/index.ts';

const family = { name: 'f', culprits: ['bad'], patterns: ['data_exfiltration'] } as unknown as Incident;

function told(level: Level, key: string, more: Partial<Told> = {}): Told {
  return {
    level,
    package: key,
    pattern: 'data_exfiltration',
    chain: [key],
    trait: 't',
    rule: 'r',
    reason: '',
    time: 100,
    ...more,
  };
}

function run(findings: Told[], more: Partial<IncidentRun> = {}): IncidentRun {
  return {
    incident: 'f',
    release: 'bad',
    baseline: 'none',
    proven: true,
    findings,
    recorded: undefined,
    leakedAt: 100,
    ...more,
  };
}

describe('the judge of the detection bench', () => {
  it('gives the interval of Wilson', () => {
    const { low, high } = wilson(27, 30);
    assert.ok(Math.abs(low - 0.744) < 0.002 && Math.abs(high - 0.965) < 0.002, `${low} ${high}`);
    assert.deepEqual(wilson(0, 0), { low: 0, high: 1 });
  });

  it('calls a run without proof broken, whatever was told', () => {
    assert.equal(judge(family, run([told('ALERT', 'bad@1.0.1')], { proven: false })).state, 'broken');
  });

  it('does not take a finding about somebody else for a sighting', () => {
    const verdict = judge(family, run([told('ALERT', 'other@1.0.0')]));
    assert.equal(verdict.state, 'missed');
    assert.equal(verdict.rightPackage, false);
  });

  it('sees a culprit behind a deputy, but does not call the deputy the right name', () => {
    const verdict = judge(family, run([told('WARN', 'axios@1.0.0', { chain: ['axios@1.0.0', 'bad@1.0.1'] })]));
    assert.equal(verdict.state, 'seen');
    assert.equal(verdict.rightPackage, false);
    assert.equal(verdict.named, 'axios@1.0.0');
  });

  it('asks the worst finding for the name', () => {
    const verdict = judge(family, run([told('WARN', 'bad@1.0.1'), told('ALERT', 'other@1.0.0')]));
    assert.equal(verdict.rightPackage, false);
  });

  it('counts a LOG neither as seen nor as before the leak', () => {
    const verdict = judge(family, run([told('LOG', 'bad@1.0.1', { time: 1 })]));
    assert.deepEqual([verdict.state, verdict.level, verdict.before], ['missed', 'LOG', false]);
  });

  it('compares the first warning with the arrival of the secret', () => {
    assert.equal(judge(family, run([told('WARN', 'bad@1.0.1', { time: 100 })])).before, true);
    assert.equal(judge(family, run([told('WARN', 'bad@1.0.1', { time: 101 })])).before, false);
    assert.equal(judge(family, run([told('WARN', 'bad@1.0.1')], { leakedAt: undefined })).before, undefined);
  });

  it('leaves broken runs out of the recall', () => {
    const verdicts = [run([told('WARN', 'bad@1.0.1')]), run([]), run([], { proven: false })].map((one) =>
      judge(family, one),
    );
    const { warn, broken } = recall(verdicts);
    assert.deepEqual([warn.hits, warn.of, broken], [1, 2, 1]);
  });

  it('asks for the right name wherever somebody was accused, seen or not', () => {
    const runs = [
      run([told('ALERT', 'other@1.0.0')]),
      run([told('WARN', 'bad@1.0.1'), told('WARN', 'other@1.0.0')]),
      run([told('LOG', 'other@1.0.0')]),
    ];
    const { warn, rightPackage, wronglyAccused } = recall(runs.map((one) => judge(family, one)));
    assert.deepEqual([warn.hits, warn.of], [1, 3]);
    assert.deepEqual([rightPackage.hits, rightPackage.of], [1, 2]);
    assert.deepEqual([wronglyAccused.hits, wronglyAccused.of], [2, 3]);
  });

  it('counts runs with a false alarm, not alarms', () => {
    const { log, warn, alert } = noise([{ findings: [told('WARN', 'a@1'), told('WARN', 'b@1')] }, { findings: [] }]);
    assert.deepEqual([log.hits, warn.hits, alert.hits, warn.of], [1, 1, 0, 2]);
  });

  it('tells the same alarm of several runs once', () => {
    const one = { name: 'w', baseline: 'none' as const, findings: [told('WARN', 'a@1'), told('WARN', 'a@1')] };
    const [alarm, ...rest] = alarms([one, { ...one, baseline: 'long' }]);
    assert.equal(rest.length, 0);
    assert.deepEqual([alarm?.runs, alarm?.baselines], [2, 'none, long']);
  });

  it('takes the version off a scoped name', () => {
    assert.deepEqual(['@a/b@1.0.0', 'c@1.0.0', '<app>', '@a/b'].map(nameOf), ['@a/b', 'c', '<app>', '@a/b']);
  });

  it('reads findings, and leaves out a line that was cut', () => {
    const line = JSON.stringify({
      level: 'WARN',
      package: { name: 'a', version: '1' },
      time: '2026-01-01T00:00:00.000Z',
    });
    const findings = parseFindings(`${line}\n${line.slice(0, 20)}`);
    assert.deepEqual(
      findings.map(({ package: key, time }) => [key, time]),
      [['a@1', Date.UTC(2026, 0, 1)]],
    );
  });

  it('finds a secret in base64 at any alignment, in hex and backwards', () => {
    const secret = 'cnry0123456789abcdef';
    const needles = encodings(secret);
    for (const before of ['', 'a', 'ab', 'abc']) {
      const text = Buffer.from(`${before}${secret}more`).toString('base64');
      assert.ok(
        needles.some((needle) => text.includes(needle)),
        before,
      );
    }
    assert.ok(needles.includes(Buffer.from(secret).toString('hex')));
    assert.ok(!needles.some((needle) => Buffer.from('nothing of the kind').toString('base64').includes(needle)));
  });
});

describe('the detectors that are compared', () => {
  const lock = {
    'a@1.0.0': { state: 'stable' as const, traits: ['fs.read:<app>/x', 'net.connect:one:443'] },
    'b@1.0.0': { state: 'stable' as const, traits: [] },
  };

  it('say nothing of what the lock has', () => {
    const { novel, capability, voltage } = compareWithLock([['a@1.0.1', 'fs.read:<app>/x']], lock);
    assert.deepEqual([novel, capability, voltage], [[], [], []]);
  });

  it('tell a new target from a new capability', () => {
    const { novel, capability } = compareWithLock(
      [
        ['a@1.0.1', 'net.connect:two:443'],
        ['b@1.0.0', 'import:node:fs'],
      ],
      lock,
    );
    assert.deepEqual(novel, ['a@1.0.1', 'b@1.0.0']);
    assert.deepEqual(capability, []);
    assert.deepEqual(compareWithLock([['b@1.0.0', 'net.connect:two:443']], lock).capability, ['b@1.0.0']);
  });

  it('weigh novelty: two secrets bring voltage below 0.5, everyday files do not', () => {
    const secrets = ['.npmrc', '.netrc'].map((file) => ['a@1.0.1', `fs.read:<home>/${file} [credential]`] as const);
    assert.deepEqual(compareWithLock(secrets, lock).voltage, ['a@1.0.1']);
    const everyday = Array.from({ length: 50 }, (_, n) => ['a@1.0.1', `fs.read:<app>/y${n}`] as const);
    assert.deepEqual(compareWithLock(everyday, lock).voltage, []);
  });
});

describe('the shapes of evasion', () => {
  const incident = {
    good: { bad: { 'index.js': 'exports.x = 1;' } },
    bad: { bad: { 'index.js': 'exports.x = require("fs").sep ?? 2;' } },
  } as unknown as Incident;

  for (const shape of SHAPES) {
    it(`keep what a package exports: ${shape.name}`, async () => {
      const files = inShape(incident, shape)?.bad.bad as Record<string, string>;
      const folder = mkdtempSync(join(tmpdir(), 'shape-'));
      try {
        for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
        const { stdout } = spawnSync(process.execPath, [
          '-p',
          `require(${JSON.stringify(join(folder, 'index.js'))}).x`,
        ]);
        assert.equal(String(stdout).trim(), '2');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('leave alone what is no CommonJS file', () => {
    const esm = { ...incident, good: { bad: { 'package.json': '{"type":"module"}' } } } as unknown as Incident;
    assert.equal(inShape(esm, SHAPES[0] as (typeof SHAPES)[number]), undefined);
  });
});

describe('the scenarios of the detection bench', () => {
  it('have names of their own', () => {
    for (const rows of [incidents, workloads, upgrades]) {
      assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    }
  });

  it('all tell how their act is proven, and change a culprit, or what the tool that is one reads', () => {
    for (const { name, proof, culprits, good, bad, benign } of incidents) {
      assert.ok(proof.length > 0, name);
      assert.ok(
        culprits.some((culprit) => bad[culprit] !== undefined || culprit.startsWith('tool:')),
        name,
      );
      assert.ok(Object.keys(benign).length > 0, name);
      for (const culprit of Object.keys(benign)) assert.ok(good[culprit] !== undefined, `${name} ${culprit}`);
    }
  });

  it('give a changed package a new version and keep the files that did not change', () => {
    const packages = overlay(
      { a: { 'index.js': '1', 'b.js': '2' }, c: { 'index.js': '3' } },
      { a: { 'index.js': '4' } },
    );
    assert.equal(packages.a?.['index.js'], '4');
    assert.equal(packages.a?.['b.js'], '2');
    assert.equal(JSON.parse(packages.a?.['package.json'] ?? '').version, '1.0.1');
    assert.equal(JSON.parse(packages.c?.['package.json'] ?? '').version, '1.0.0');
  });
});
