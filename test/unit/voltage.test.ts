import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Behavior, Deed, Standing } from '../../src/behavior.ts';
import { createConnectionGraph } from '../../src/voltage/connection-graph.ts';
import {
  decayed,
  FULL_EVIDENCE,
  increment,
  pValue,
  unseenMass,
  voltageOfEvidence,
} from '../../src/voltage/evidence.ts';
import { NOVELTY, type NoveltyClass, noveltyClassOf, noveltyClassOfTrait } from '../../src/voltage/novelty-class.ts';
import { MAX_PRINCIPALS } from '../../src/voltage/parameters.ts';
import { createVoltageField } from '../../src/voltage/voltage-field.ts';
import {
  chain,
  connect,
  dlopen,
  env,
  evaluate,
  listen,
  load,
  metadata,
  principal,
  read,
  secret,
  shell,
  spawn,
  type What,
  write,
} from './threats-builder.ts';

const T0 = 1_700_000_000_000;
const MINUTE = 60_000;
const KEY = 'left-shelf@1.0.1';

function behaviorOf(what: What, keys: readonly string[], time = T0): Behavior {
  const members = chain(keys);
  const [nearest] = members.members;
  assert.ok(nearest);
  return { ...what, chain: members, principal: nearest, time, assessment: undefined };
}

function deedOf(what: What, standing: Standing, time = T0, key = KEY, keys: readonly string[] = [key, '<app>']): Deed {
  return { behavior: behaviorOf(what, keys, time), principal: principal(key), trait: what.trait, standing, time };
}

const stable = (...traits: string[]) => ({
  baselineOf: () => ({ state: 'stable' as const, traits: traits.length > 0 ? traits : ['fs.read:/app/a.json'] }),
});

describe('evidence', () => {
  it('gives a stable baseline less unseen mass the more it has seen', () => {
    assert.ok(unseenMass(50, 1, true) > unseenMass(500, 10, true));
    assert.equal(unseenMass(0, 0, false), 1);
    assert.ok(unseenMass(1e6, 3, false) >= 0.25, 'one session says little about the next');
  });
  it('never takes a familiar event for evidence, nor against it', () => {
    assert.equal(increment(1), 0);
    assert.equal(increment(0.25), 0);
    assert.ok(increment(0.01) > 1.6 && increment(0.01) < 1.7);
  });
  it('orders kinds of novelty by danger, and a first time above a further one', () => {
    const order: NoveltyClass[] = ['persistence', 'credential', 'shell', 'program', 'network', 'write', 'ordinary'];
    for (let i = 1; i < order.length; i++) {
      const [worse, better] = [NOVELTY[order[i - 1] as NoveltyClass], NOVELTY[order[i] as NoveltyClass]];
      assert.ok(pValue(0.01, worse, true) < pValue(0.01, better, true), `${order[i - 1]} before ${order[i]}`);
    }
    for (const row of Object.values(NOVELTY)) assert.ok(row.first <= row.further && row.further <= 1);
  });
  it('halves in the half-life and is forgotten in the end', () => {
    assert.ok(Math.abs(decayed(8, 10 * MINUTE) - 4) < 1e-9);
    assert.equal(decayed(8, 1e9), 0);
    assert.equal(decayed(8, -5), 8);
  });
  it('maps to 1 without evidence and to 0 at 1/α', () => {
    assert.equal(voltageOfEvidence(0), 1);
    assert.equal(voltageOfEvidence(FULL_EVIDENCE), 0);
    assert.equal(voltageOfEvidence(2 * FULL_EVIDENCE), 0);
  });
});

describe('voltage', () => {
  it('stays at 1 while a package behaves as its baseline', () => {
    const field = createVoltageField(stable());
    for (let i = 0; i < 1000; i++) assert.equal(field.observe(deedOf(secret(), 'known', T0 + i)), 1);
    assert.equal(field.coherence(T0), 1);
  });

  const falls: [string, What[], number, number][] = [
    ['one new ordinary file', [read('/app/b.json')], 0.93, 1],
    ['fifty new ordinary files', Array.from({ length: 50 }, (_, i) => read(`/app/${i}.json`)), 0.9, 1],
    ['a first connection', [connect('a.example.com:443')], 0.6, 0.9],
    ['a first secret', [secret()], 0.35, 0.6],
    ['a secret and then a connection', [secret(), connect('a.example.com:443')], 0.05, 0.4],
    ['a secret, a connection and a shell', [secret(), connect('a.example.com:443'), shell('id')], 0, 0.1],
  ];
  for (const [title, acts, low, high] of falls) {
    it(`against a stable baseline, ${title} leaves ${low} to ${high}`, () => {
      const field = createVoltageField(stable());
      let voltage = 1;
      acts.forEach((act, i) => {
        voltage = field.observe(deedOf(act, 'novel', T0 + i * 100));
      });
      assert.ok(voltage >= low && voltage <= high, `${voltage}`);
    });
  }

  it('at first contact stays above 0.9 for what honest packages do', () => {
    const honest: What[][] = [
      [load('node:http'), connect('api.example.com:443'), connect('cdn.example.com:443')],
      [load('node:fs'), read('/app/views/a.ejs'), evaluate(), write('/app/out/a.html', 'app')],
      [load('node:child_process'), spawn('git'), spawn('git', ['log'])],
      [listen(3000), read('/app/public/a.css')],
      [dlopen('/app/node_modules/sharp/x.node'), env('npm_config_x')],
      [shell('uname -m')],
    ];
    honest.forEach((acts, i) => {
      const field = createVoltageField();
      const key = `honest${i}@1.0.0`;
      for (const act of acts) field.observe(deedOf(act, 'unbaselined', T0, key));
      assert.ok(field.voltageOf(key, T0) > 0.89, `${acts.map((act) => act.trait)}: ${field.voltageOf(key, T0)}`);
    });
  });

  it('at first contact falls for a secret and for the metadata service', () => {
    for (const act of [secret(), metadata()]) {
      const field = createVoltageField();
      assert.ok(field.observe(deedOf(act, 'unbaselined')) < 0.85);
    }
  });

  it('does not let the application answer for its packages at first contact', () => {
    const field = createVoltageField();
    assert.equal(field.observe(deedOf(secret(), 'unbaselined', T0, '<app>', [KEY, '<app>'])), 1);
    assert.ok(field.observe(deedOf(secret('ssh'), 'unbaselined', T0, '<app>', ['<app>'])) < 0.85);
  });

  it('cannot be padded away: a thousand known deeds change nothing', () => {
    const field = createVoltageField(stable());
    const before = field.observe(deedOf(secret(), 'novel'));
    for (let i = 0; i < 1000; i++) field.observe(deedOf(read('/app/a.json'), 'known'));
    for (let i = 0; i < 200; i++) field.observe(deedOf(read(`/app/pad${i}`), 'novel'));
    assert.ok(field.voltageOf(KEY, T0) <= before);
  });

  it('counts the same trait once', () => {
    const field = createVoltageField(stable());
    const once = field.observe(deedOf(secret(), 'novel'));
    assert.equal(field.observe(deedOf(secret(), 'novel')), once);
  });

  it('counts every further kind of secret in full', () => {
    const field = createVoltageField(stable());
    const one = field.observe(deedOf(secret('npm'), 'novel'));
    const two = field.observe(deedOf(secret('aws'), 'novel'));
    assert.ok(one - two > 0.3);
  });

  it('recovers with quiet time only', () => {
    const field = createVoltageField(stable());
    const low = field.observe(deedOf(secret(), 'novel'));
    assert.equal(field.voltageOf(KEY, T0), low);
    const half = field.voltageOf(KEY, T0 + 10 * MINUTE);
    assert.ok(Math.abs(1 - half - (1 - low) / 2) < 0.01);
    assert.ok(field.voltageOf(KEY, T0 + 120 * MINUTE) > 0.99);
  });

  it('falls to the cap of a finding, recovers from it, and shows a second one', () => {
    const field = createVoltageField();
    assert.equal(field.accuse(KEY, 'LOG', T0), 1);
    assert.ok(field.accuse(KEY, 'WARN', T0) <= 0.5);
    const alert = field.accuse(KEY, 'ALERT', T0);
    assert.ok(alert <= 0.2 + 1e-9);
    assert.ok(field.accuse(KEY, 'ALERT', T0) < alert);
    assert.ok(field.voltageOf(KEY, T0 + 60 * MINUTE) > 0.9);
  });

  it('is never evidence when it is everyday work of a role', () => {
    const field = createVoltageField({ ...stable(), isOrdinary: () => true });
    assert.equal(field.observe(deedOf(connect('new.example.net:443'), 'novel')), 1);
    assert.equal(field.surprise(deedOf(connect('new.example.net:443'), 'novel')), 0);
  });

  it('explains itself by the heaviest traits', () => {
    const field = createVoltageField(stable());
    field.observe(deedOf(read('/app/b.json'), 'novel'));
    field.observe(deedOf(secret(), 'novel'));
    field.observe(deedOf(connect('a.example.com:443'), 'novel'));
    assert.deepEqual(
      field.explain(KEY).map((one) => one.noveltyClass),
      ['credential', 'network', 'ordinary'],
    );
  });

  it('keeps a bounded history of changes, oldest first', () => {
    const field = createVoltageField(stable());
    for (let i = 0; i < 3000; i++) field.accuse(`p${i % 7}`, 'ALERT', T0 + i * 30 * MINUTE);
    const history = field.history();
    assert.ok(history.length <= 1024 && history.length > 500);
    for (let i = 1; i < history.length; i++) assert.ok((history[i]?.time ?? 0) >= (history[i - 1]?.time ?? 0));
    assert.ok(field.history('p3').every((point) => point.principal === 'p3'));
  });

  it('keeps a bounded number of principals, suspects longest', () => {
    const field = createVoltageField(stable());
    field.accuse('evil@1.0.0', 'ALERT', T0);
    for (let i = 0; i < 20_000; i++) field.observe(deedOf(read('/app/a.json'), 'known', T0, `p${i}@1.0.0`));
    assert.ok(Object.keys(field.modules(T0)).length <= MAX_PRINCIPALS);
    assert.ok(field.voltageOf('evil@1.0.0', T0) <= 0.2 + 1e-9);
  });

  it('is not fooled by a clock that jumps back', () => {
    const field = createVoltageField(stable());
    const low = field.observe(deedOf(secret(), 'novel', T0));
    assert.ok(field.observe(deedOf(secret('aws'), 'novel', T0 - 60 * MINUTE)) < low);
    assert.ok(field.voltageOf(KEY, T0 - 60 * MINUTE) < low);
  });

  it('reports every module it has seen', () => {
    const field = createVoltageField(stable());
    field.observe(deedOf(read('/app/a.json'), 'known', T0 + 5));
    assert.deepEqual(field.modules(T0 + 5)[KEY], { voltage: 1, events: 1, lastSeen: T0 + 5, hasBaseline: true });
    assert.equal(field.voltageOf('never-seen@1.0.0', T0), 1);
  });
});

describe('surprise', () => {
  const field = createVoltageField(stable());
  it('is 0 for what is known', () => assert.equal(field.surprise(deedOf(secret(), 'known')), 0));
  it('ties two packages to which the same thing is new, whatever their size', () => {
    const small = createVoltageField({
      baselineOf: (who) => ({ state: 'stable', traits: who.key === KEY ? ['a'] : Array.from({ length: 90 }, String) }),
    });
    const a = small.surprise(deedOf(secret(), 'novel'));
    assert.equal(a, small.surprise(deedOf(secret(), 'novel', T0, 'big-framework@4.0.0')));
  });
  it('is larger against a baseline than at first contact', () => {
    assert.ok(field.surprise(deedOf(connect('a:1'), 'novel')) > field.surprise(deedOf(connect('a:1'), 'unbaselined')));
  });
  it('is smaller for the application that a package acts in', () => {
    const inner = field.surprise(deedOf(connect('a:1'), 'novel'));
    assert.ok(field.surprise(deedOf(connect('a:1'), 'novel', T0, '<app>', [KEY, '<app>'])) < inner);
  });
  it('changes nothing', () => {
    const fresh = createVoltageField(stable());
    fresh.surprise(deedOf(secret(), 'novel'));
    assert.deepEqual(fresh.modules(T0), {});
  });
});

describe('coherence', () => {
  it('says that one package is critical, and worse the more there are', () => {
    const field = createVoltageField();
    for (let i = 0; i < 20; i++) field.observe(deedOf(read('/app/a.json'), 'known', T0, `p${i}@1.0.0`));
    assert.equal(field.coherence(T0), 1);
    field.accuse('p3@1.0.0', 'ALERT', T0);
    const one = field.coherence(T0);
    assert.ok(one < 0.7 && one > 0.4, `${one}`);
    field.accuse('p4@1.0.0', 'ALERT', T0);
    field.accuse('p5@1.0.0', 'ALERT', T0);
    assert.ok(field.coherence(T0) < 0.4);
    assert.ok(field.coherence(T0 + 120 * MINUTE) > 0.95);
  });
});

describe('kinds of novelty', () => {
  const rows: [What, NoveltyClass][] = [
    [read('/app/a'), 'ordinary'],
    [write('/app/a', 'app'), 'write'],
    [secret(), 'credential'],
    [metadata(), 'metadata'],
    [connect('a.example.com:443'), 'network'],
    [connect('198.51.100.1:80', 'public-ip'), 'suspicious-host'],
    [listen(), 'listen'],
    [spawn('git'), 'program'],
    [spawn('curl', [], 'downloader'), 'dangerous-program'],
    [shell('id'), 'shell'],
    [evaluate(), 'eval'],
    [load('node:child_process'), 'powerful-import'],
    [load('/tmp/x.js', 'tmp'), 'foreign-code'],
    [env('AWS_SECRET_ACCESS_KEY'), 'env-credential'],
    [write('/app/node_modules/express/index.js', 'package'), 'foreign-package'],
    [write('/home/u/.bashrc', 'home', 'persistence'), 'persistence'],
  ];
  for (const [what, kind] of rows) {
    it(`takes ${what.trait} for ${kind}`, () => assert.equal(noveltyClassOf(deedOf(what, 'novel')), kind));
  }
  const traits: [string, NoveltyClass][] = [
    ['fs.read:<home>/.npmrc [credential]', 'credential'],
    ['fs.stat:<home>/.npmrc [credential]', 'credential-probe'],
    ['fs.write:<tmp>/*', 'write'],
    ['fs.write:<node_modules>/express/index.js', 'foreign-package'],
    ['net.connect:api.example.com:443', 'network'],
    ['net.listen:*:3000', 'listen'],
    ['net.dns:example.com', 'dns'],
    ['process.spawn:git', 'program'],
    ['process.spawn:sh [shell]', 'shell'],
    ['import:node:child_process', 'powerful-import'],
    ['import:left-pad', 'ordinary'],
    ['native:dlopen:<self>/x.node [native]', 'native'],
    ['code.eval', 'eval'],
    ['worker.start:<self>/w.js', 'worker'],
    ['env.read:AWS_SECRET_ACCESS_KEY [credential]', 'env-credential'],
  ];
  for (const [trait, kind] of traits) {
    it(`reads ${trait} in a baseline as ${kind}`, () => assert.equal(noveltyClassOfTrait(trait), kind));
  }
});

describe('the connection graph', () => {
  it('has packages, who calls whom, and what they reach by class, not by file', () => {
    const graph = createConnectionGraph();
    for (let i = 0; i < 5; i++)
      graph.observe(behaviorOf(secret('npm', `/home/u/${i}`), ['a@1.0.0', 'b@1.0.0', '<app>']));
    const { nodes, edges } = graph.snapshot();
    assert.deepEqual(nodes.map((node) => node.id).sort(), ['<app>', 'a@1.0.0', 'b@1.0.0', 'fs:home [credential]']);
    assert.deepEqual(edges.map((edge) => `${edge.from} ${edge.kind} ${edge.to} ${edge.count}`).sort(), [
      '<app> calls b@1.0.0 5',
      'a@1.0.0 reaches fs:home [credential] 5',
      'b@1.0.0 calls a@1.0.0 5',
    ]);
  });
  it('is bounded and says what it dropped', () => {
    const graph = createConnectionGraph(20, 30);
    for (let i = 0; i < 500; i++) graph.observe(behaviorOf(secret(), [`p${i}@1.0.0`, '<app>']));
    const { nodes, edges, dropped } = graph.snapshot();
    assert.ok(nodes.length <= 20 && edges.length <= 30 && dropped > 0);
  });
});
