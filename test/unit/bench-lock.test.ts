import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Report } from '../../bench/lock/checkout.ts';
import { unjudged, upgradeTable } from '../../bench/lock/document.ts';
import { judgements } from '../../bench/lock/judgements.ts';
import { projects } from '../../bench/lock/projects.ts';
import { countChanges, gitDiff, linesOf, sizeOf } from '../../bench/lock/reviewing.ts';
import { serializeLock } from '../../src/baseline/lock-file.ts';

function report(...unreviewed: Report['packages'][number]['unreviewed']): Report {
  return {
    commandExit: 0,
    processes: 1,
    observed: 1,
    packages: [{ package: 'dep@1.0.1', name: 'dep', comparedWith: 'previous', unreviewed }],
    harmless: [],
  };
}
const of = (trait: string, knownOf?: string) => ({
  trait,
  level: 'WARN',
  ...(knownOf === undefined ? {} : { knownOf }),
});

describe('the bench of the lock file', () => {
  it('counts what the report says in one line as one', () => {
    const lines = linesOf(report(of('code.eval'), of('fs.write:<app>/a', 'b@1.0.0'), of('fs.read:<app>/a', 'b@1.0.0')));
    assert.deepEqual(
      lines.map(({ trait }) => trait),
      ['code.eval', 'takes part in 2 things that b@1.0.0 did before'],
    );
    assert.equal(linesOf(report(of('fs.write:<app>/a', 'b@1.0.0'))).length, 1);
  });

  it('fails for a line that nobody has judged', () => {
    const update = {
      name: 'dep',
      from: '1.0.0',
      to: '1.0.1',
      updatedPackages: 1,
      lockLines: 9,
      restless: false,
      lines: linesOf(report(of('code.eval'))),
      changes: { added: 1, removed: 1 },
    };
    assert.deepEqual(unjudged([], [update]), ['not judged: dep@1.0.1 code.eval']);
    assert.match(upgradeTable([update]), /\*\*1 not judged\*\*/);
  });

  it('shows a diff as git does, and counts its lines', () => {
    const diff = gitDiff('a\nb\nc\n', 'a\nx\nc\n');
    assert.equal(diff, '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n');
    assert.deepEqual(countChanges(diff), { added: 1, removed: 1 });
    assert.equal(gitDiff('a', 'a'), '');
  });

  it('measures a lock file by what is in it', () => {
    const packages = new Map([
      ['a@1.0.0', { state: 'learning' as const, traits: ['code.eval'] }],
      ['b@1.0.0', { state: 'learning' as const, traits: [] }],
    ]);
    const text = serializeLock({ lockfileVersion: 1, packages, tools: new Map() });
    assert.deepEqual(sizeOf(text), { lines: 16, bytes: text.length, entries: 2, noteworthy: 1, traits: 1 });
  });

  it('judges no line twice, and updates what the project asks for', () => {
    const keys = judgements.map(({ package: name, trait }) => `${name} ${trait}`);
    assert.equal(new Set(keys).size, keys.length);
    for (const { pins, update } of projects) {
      for (const [name, version] of Object.entries(update)) assert(pins[name] !== undefined && pins[name] !== version);
    }
  });
});
