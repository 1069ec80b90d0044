import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actOfCheck, isPublicFunction } from '../../instrumentations/audit/acts.ts';
import { calledPastUs, type Frame } from '../../instrumentations/audit/gaps.ts';
import { setAppRoot } from '../../src/attribution/packages.ts';

setAppRoot('/nowhere');
let ids = 1_000_000;
const frame = (functionName: string, scriptName: string): Frame => ({ functionName, scriptName, scriptId: `${ids++}` });
const OURS = frame('wrapper', new URL('../../instrumentations/fs/wrappers.ts', import.meta.url).href);
const CHANNEL = frame('publish', 'node:diagnostics_channel');
const READ = frame('readFileSync', 'node:fs');
const EVIL = frame('run', '/nowhere/node_modules/evil/index.js');
const TIMER = frame('processTimers', 'node:internal/timers');
const ask = (frames: readonly Frame[], isLent = false, asked = 32) =>
  calledPastUs([OURS, CHANNEL, ...frames], asked, isLent, isPublicFunction);

describe('what only Node’s own check has seen', () => {
  for (const [what, frames, expected] of [
    ['a function kept from before the senses', [READ, EVIL], READ],
    ['one that a sense stands in front of', [READ, OURS, EVIL], undefined],
    ['one by which Node does another, which was called', [frame('openSync', 'node:fs'), READ, EVIL], READ],
    ['one that a timer calls', [READ, TIMER], READ],
    ['a listener that the caller’s emitter calls', [READ, frame('emit', 'node:events'), EVIL], READ],
    [
      'a stream that opens its file',
      [frame('open', 'node:fs'), frame('_construct', 'node:internal/fs/streams')],
      undefined,
    ],
    ['what Node goes on with by itself', [frame('gotStat', 'node:fs'), TIMER], undefined],
    ['a module being loaded', [READ, frame('load', 'node:internal/modules/cjs/loader'), EVIL], undefined],
    ['a question to process.permission', [frame('has', 'node:internal/process/permission'), EVIL], undefined],
    ['a message that the caller made up', [EVIL], undefined],
    ['one that is published by a timer', [TIMER], undefined],
  ] as const) {
    it(`${expected === undefined ? 'is not' : 'is'} ${what}`, () => assert.equal(ask(frames), expected));
  }

  it('is what was handed on behind a Proxy: ours then only says by whom', () => {
    assert.equal(ask([READ, OURS, TIMER], true), READ);
    assert.equal(ask([READ, OURS, OURS, TIMER], true), undefined);
  });

  it('is not decided by a stack that shows only Node', () => {
    const deep = Array.from({ length: 6 }, () => READ);
    assert.equal(ask(deep, false, 8), 'deeper');
  });
});

describe('the act behind a check', () => {
  const act = (permission: string, resource: string, called: Frame) => {
    const { sense, operation, target } = actOfCheck(permission, resource, called) ?? {};
    return sense === undefined ? undefined : `${sense}.${operation}:${target}`;
  };

  it('is what the function does that was called', () => {
    assert.equal(act('FileSystemRead', '/etc/hosts', READ), 'fs.read:/etc/hosts');
    assert.equal(act('FileSystemRead', '/etc/hosts', frame('statSync', 'node:fs')), 'fs.stat:/etc/hosts');
    assert.equal(act('FileSystemRead', '/etc', frame('readdir', 'node:internal/fs/promises')), 'fs.list:/etc');
    assert.equal(act('FileSystemWrite', '/a', frame('unlink', 'node:fs')), 'fs.delete:/a');
    assert.equal(act('FileSystemRead', '/a', frame('copyFileSync', 'node:fs')), 'fs.read:/a');
    assert.equal(act('FileSystemWrite', '/b', frame('copyFileSync', 'node:fs')), 'fs.write:/b');
    assert.equal(act('FileSystemRead', '/', frame('wrappedChdir', 'node:internal/process')), 'fs.stat:/');
    assert.equal(act('ChildProcess', 'git', frame('spawn', 'node:child_process')), 'process.spawn:git');
    assert.equal(act('Net', 'a.example', frame('lookup', 'node:dns')), 'net.dns:a.example');
    assert.equal(act('Net', '10.0.0.1', frame('connect', 'node:net')), 'net.connect:10.0.0.1');
  });

  it('is none where Node only asks what a worker may do', () => {
    assert.equal(act('Inspector', '', frame('Worker', 'node:internal/worker')), undefined);
    assert.equal(act('Inspector', 'Connect', frame('connect', 'node:inspector')), 'import.load:node:inspector');
  });
});
