import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serializeLock } from '../../src/baseline/lock-file.ts';
import { lockOfSessions } from '../../src/baseline/merge.ts';
import { readObservations } from '../../src/baseline/observation.ts';
import type { Principal } from '../../src/behavior.ts';
import { TraitRecords } from '../../src/telemetry/trait-records.ts';
import { AppFolder } from '../support/app-folder.ts';

const principal = (name: string, version = '1.0.0') =>
  ({ name, version, key: version === '' ? name : `${name}@${version}` }) as Principal;

/** As the Collector's file exporter writes records. */
function asLine(records: readonly object[]): string {
  const logRecords = records.map((record) => {
    const { attributes, ...rest } = record as { attributes: Record<string, string | boolean> };
    const list = Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'boolean' ? { boolValue: value } : { stringValue: value },
    }));
    return { ...rest, attributes: list };
  });
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ scope: { name: 'diogenesis-otel' }, logRecords }] }] });
}

function recorder(options: { session?: string; complete?: boolean; locked?: readonly string[] } = {}) {
  const records: object[] = [];
  const traits = new TraitRecords({
    session: options.session ?? 's1',
    complete: options.complete ?? true,
    isLocked: ({ key }, trait) => options.locked?.includes(`${key} ${trait}`) === true,
    emit: (record) => records.push(record),
  });
  return { records, traits };
}

describe('traits of a fleet', () => {
  it('are told once, and only beyond the lock file', () => {
    const { records, traits } = recorder({ locked: ['a@1.0.0 fs.read:<app>/known'] });
    for (let i = 0; i < 3; i++) {
      traits.note(principal('a'), 'fs.read:<app>/known');
      traits.note(principal('a'), 'fs.read:<app>/new');
      traits.note(principal('b'), undefined);
    }
    assert.deepEqual(
      records.map((record) => (record as { body: string }).body),
      ['a@1.0.0 fs.read:<app>/new', 'b@1.0.0'],
    );
  });

  it('are read back as what was observed, whatever else is in the file', () => {
    using folder = new AppFolder();
    const one = recorder();
    one.traits.note(principal('<app>', ''), 'net.listen:*:3000');
    one.traits.note(principal('@scope/a'), 'fs.read:<home>/.npmrc [credential]');
    one.traits.dispute(principal('@scope/a'), 'fs.read:<home>/.npmrc [credential]');
    const two = recorder({ complete: false });
    two.traits.note(principal('b'), undefined);
    const other = { eventName: 'diogenesis.finding', attributes: { 'diogenesis.trait': 'x' } };
    const file = folder.write(
      'traits.jsonl',
      `${asLine([...one.records, other])}\nnot JSON\n${asLine(two.records)}\n{"resourceLogs":[{"scopeLo`,
    );
    const { sessions, problems } = readObservations(file);
    assert.deepEqual(problems, [`${file}: 1 unreadable line; left out`]);
    assert.equal(sessions.length, 1);
    assert.deepEqual(
      [...(sessions[0]?.principals.get('@scope/a@1.0.0')?.disputed ?? [])],
      ['fs.read:<home>/.npmrc [credential]'],
    );
    const lock = JSON.parse(serializeLock(lockOfSessions(sessions)));
    assert.deepEqual(lock.packages, {
      '<app>': { state: 'learning', traits: ['net.listen:*:3000'] },
      '@scope/a@1.0.0': { state: 'learning', traits: ['fs.read:<home>/.npmrc [credential]'] },
      'b@1.0.0': { state: 'partial', traits: [] },
    });
  });
});
