import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeCommand,
  describeProgram,
  isShell,
  programName,
  programOfCommand,
  startsNode,
} from '../../instrumentations/child-process/command-line.ts';

describe('the program of a command line', () => {
  const rows: [string, string | undefined][] = [
    ['git status', 'git'],
    ['  /usr/bin/git   status ', '/usr/bin/git'],
    ['FOO=1 BAR="a b" git status', 'git'],
    ["'my tool' --x", 'my tool'],
    ['"/opt/my tool" --x', '/opt/my tool'],
    ['my\\ tool x', 'my tool'],
    ['git log --format="%h;%s" "a && b"', 'git'],
    ['git rev-parse HEAD 2>/dev/null', 'git'],
    ['git rev-parse HEAD 2>&1', 'git'],
    ['git x >/dev/null 2>&1', 'git'],
    ['echo $HOME', 'echo'],
    ['echo a > ~/.bashrc', undefined],
    ['a; b', undefined],
    ['a && b', undefined],
    ['a | b', undefined],
    ['a &', undefined],
    ['a\nb', undefined],
    ['echo $(b)', undefined],
    ['echo "$(b)"', undefined],
    ['echo "`b`"', undefined],
    ['(a)', undefined],
    ['$CMD x', undefined],
    ['"$CMD" x', undefined],
    ['~/bin/tool x', undefined],
    ['exec a', undefined],
    ['eval "a"', undefined],
    ['. ./x', undefined],
    ['if a', undefined],
    ['"unclosed', undefined],
    ['', undefined],
    ['FOO=1', undefined],
  ];
  for (const [command, program] of rows) {
    it(`of ${JSON.stringify(command)} is ${program ?? 'the shell itself'}`, () =>
      assert.equal(programOfCommand(command, false), program));
  }

  it('follows the quoting of cmd.exe on Windows', () => {
    assert.equal(programOfCommand('"C:\\Program Files\\git.exe" status', true), 'C:\\Program Files\\git.exe');
    assert.equal(programOfCommand('git status', true), 'git');
    assert.equal(programOfCommand('git status & del x', true), undefined);
    assert.equal(programOfCommand('%COMSPEC% x', true), undefined);
  });
});

describe('shells and Node', () => {
  it('are recognised by name, path and extension, also behind programs that only run others', () => {
    for (const shell of ['sh', '/bin/bash', 'C:\\Windows\\System32\\cmd.exe', 'PowerShell.exe', 'pwsh']) {
      assert.ok(isShell(shell, []), shell);
    }
    assert.ok(isShell('sudo', ['-u', 'x', 'bash', '-c', 'y']));
    assert.ok(!isShell('git', ['sh']));
    assert.ok(!isShell('shfmt', []));
    assert.ok(startsNode(process.execPath, []));
    for (const node of ['node', '/usr/bin/node', 'node.exe', 'npm', 'npx.cmd']) assert.ok(startsNode(node, []), node);
    assert.ok(startsNode('env', ['-i', 'node', 'x.js']));
    assert.ok(!startsNode('nodemon-like', []));
    assert.equal(programName('/a/b/tool'), 'tool');
  });

  it('make a run a shell run', () => {
    assert.deepEqual(describeProgram('bash', ['-c', 'x']), {
      program: 'bash',
      executable: 'bash',
      argv: ['-c', 'x'],
      shell: true,
    });
    assert.equal(describeProgram('git', []).shell, false);
    assert.deepEqual(describeCommand('git status', true, false), {
      program: 'git',
      executable: 'sh',
      argv: ['-c', 'git status'],
      shell: true,
    });
    assert.equal(describeCommand('a | b', true, false).program, 'sh');
    assert.equal(describeCommand('a | b', '/bin/zsh', false).program, '/bin/zsh');
    assert.equal(describeCommand('a & b', true, true).program, 'cmd.exe');
  });
});
