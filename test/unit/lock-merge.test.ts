import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  collapse,
  hasTrait,
  MAX_DOMAINS,
  MAX_READ_PACKAGES,
  MAX_SIBLING_FILES,
  MAX_SIBLING_FOLDERS,
  MAX_SUBDOMAINS,
  wildcardsOf,
} from '../../src/baseline/collapse.ts';
import { compareLocks, compareWithLock } from '../../src/baseline/compare.ts';
import { learningProgress, noveltyBound, sessionsNeeded } from '../../src/baseline/learning-state.ts';
import {
  emptyLock,
  entriesOf,
  type LearningState,
  type Lock,
  type LockEntry,
  lockOf,
  serializeLock,
} from '../../src/baseline/lock-file.ts';
import { learnSessions, mergeLocks, mergeThreeWay, type Session } from '../../src/baseline/merge.ts';
import { compileOverride } from '../../src/baseline/overrides.ts';
import { compareVersions, inRange, parseRange, previousVersion, splitKey } from '../../src/baseline/versions.ts';
import { pick, random, shuffle } from '../support/random.ts';

const numbered = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i));

function lock(entries: Record<string, readonly string[] | [LearningState, readonly string[]]>): Lock {
  return lockOf(
    new Map(
      Object.entries(entries).map(([key, value]): [string, LockEntry] => {
        const [state, traits] = Array.isArray(value[1])
          ? (value as [LearningState, string[]])
          : ['stable', value as string[]];
        return [key, { state: state as LearningState, traits }];
      }),
    ),
  );
}

function session(id: string, principals: Record<string, readonly string[]>, complete = true): Session {
  return {
    id,
    principals: new Map(
      Object.entries(principals).map(([key, traits]) => [key, { complete, traits: new Set(traits) }]),
    ),
  };
}

const HOSTS = [
  ...numbered(12, (i) => `s${i}.cdn.example.com:443`),
  ...numbered(40, (i) => `site-${i}.org:443`),
  'x.co.uk:443',
  'a.github.io:443',
  'b.github.io:443',
  '10.0.0.1:80',
  '[::1]:443',
];
const POOL = [
  ...HOSTS.map((host) => `net.connect:${host}`),
  'net.connect:*.cdn.example.com:443',
  'net.connect:*:443',
  ...numbered(25, (i) => `fs.read:<app>/views/v${i}.html`),
  ...numbered(25, (i) => `fs.read:<app>/posts/p${i}/index.md`),
  'fs.read:<app>/views/*.html',
  'fs.read:<app>/posts/*/*.md',
  // Writing covers reading, at every width.
  ...numbered(20, (i) => `fs.write:<app>/views/v${i}.html`),
  ...numbered(20, (i) => `fs.write:<app>/posts/p${i}/index.md`),
  'fs.write:<app>/views/*.html',
  ...numbered(8, (i) => `fs.read:<node_modules>/p${i}/*.js`),
  ...numbered(4, (i) => `fs.read:<node_modules>/@s/p${i}/*.js`),
  ...numbered(8, (i) => `fs.write:<node_modules>/p${i}/*.js`),
  'fs.read:<node_modules>/*/*.js',
  ...numbered(25, (i) => `fs.read:<home>/.secret${i} [credential]`),
  ...numbered(25, (i) => `fs.write:<home>/f${i}`),
  'process.spawn:sh [shell]',
  'code.eval',
  'import:node:child_process',
];

function randomLock(next: () => number): Lock {
  const entries = new Map<string, LockEntry>();
  for (let i = Math.floor(next() * 4); i >= 0; i--) {
    const traits = shuffle(next, POOL).slice(0, Math.floor(next() ** 2 * POOL.length));
    entries.set(pick(next, ['a@1.0.0', 'a@1.1.0', '@s/b@2.0.0', '<app>', 'tool:t']), {
      state: pick(next, ['learning', 'partial', 'stable'] as const),
      traits,
    });
  }
  return lockOf(entries);
}

describe('merging', () => {
  it('is associative, commutative and idempotent', () => {
    const next = random(4);
    for (let i = 0; i < 400; i++) {
      const [a, b, c] = [randomLock(next), randomLock(next), randomLock(next)];
      const ab = mergeLocks(a, b);
      assert.equal(serializeLock(ab), serializeLock(mergeLocks(b, a)), `commutative, case ${i}`);
      assert.equal(
        serializeLock(mergeLocks(ab, c)),
        serializeLock(mergeLocks(a, mergeLocks(b, c))),
        `associative, case ${i}`,
      );
      assert.equal(serializeLock(mergeLocks(ab, ab)), serializeLock(ab), `idempotent, case ${i}`);
      assert.equal(serializeLock(mergeLocks(ab, a)), serializeLock(ab), `absorbing, case ${i}`);
    }
  });

  it('never loses a behavior: what either side knew, the merged lock knows', () => {
    const next = random(5);
    for (let i = 0; i < 200; i++) {
      const [a, b] = [randomLock(next), randomLock(next)];
      const merged = mergeLocks(a, b);
      for (const side of [a, b]) {
        for (const [key, entry] of side.packages) {
          const known = new Set(merged.packages.get(key)?.traits);
          for (const trait of entry.traits) assert(hasTrait(known, trait), `${key} ${trait}`);
        }
      }
    }
  });

  const states: [name: string, a: [LearningState, string[]], b: [LearningState, string[]], merged: LearningState][] = [
    ['two stable ones that agree stay stable', ['stable', ['code.eval']], ['stable', ['code.eval']], 'stable'],
    [
      'a stable one stays stable beside one that saw less',
      ['stable', ['code.eval', 'native.x']],
      ['learning', ['code.eval']],
      'stable',
    ],
    [
      'a stable one that meets something new learns again',
      ['stable', ['code.eval']],
      ['learning', ['native.x']],
      'learning',
    ],
    ['partial twice is partial', ['partial', ['a.b']], ['partial', ['c.d']], 'partial'],
    ['once observed from the start is no longer partial', ['partial', ['a.b']], ['learning', []], 'learning'],
  ];
  for (const [name, a, b, merged] of states) {
    it(name, () => assert.equal(mergeLocks(lock({ x: a }), lock({ x: b })).packages.get('x')?.state, merged));
  }

  it('of two branches keeps what one of them removed removed, and every addition', () => {
    const base = lock({ 'a@1.0.0': ['code.eval', 'native.x'], 'old@1.0.0': [], 'gone@1.0.0': ['code.eval'] });
    const ours = lock({ 'a@1.0.0': ['code.eval'], 'new@1.0.0': [], 'gone@1.0.0': ['code.eval', 'native.y'] });
    const theirs = lock({ 'a@1.0.0': ['code.eval', 'native.x', 'worker.start:w'], 'old@1.0.0': [] });
    assert.equal(
      serializeLock(mergeThreeWay(base, ours, theirs)),
      serializeLock(
        lock({ 'a@1.0.0': ['code.eval', 'worker.start:w'], 'new@1.0.0': [], 'gone@1.0.0': ['code.eval', 'native.y'] }),
      ),
    );
    assert.equal(serializeLock(mergeThreeWay(base, theirs, ours)), serializeLock(mergeThreeWay(base, ours, theirs)));
  });

  it('of two branches that added different behavior to a stable entry leaves it stable', () => {
    const base = lock({ 'a@1.0.0': ['code.eval'] });
    const merged = mergeThreeWay(
      base,
      lock({ 'a@1.0.0': ['code.eval', 'b.c'] }),
      lock({ 'a@1.0.0': ['code.eval', 'd.e'] }),
    );
    assert.equal(merged.packages.get('a@1.0.0')?.state, 'stable');
  });
});

describe('collapsing', () => {
  const over = MAX_SIBLING_FILES + 1;
  const cases: [name: string, traits: string[], collapsed: string[] | 'unchanged'][] = [
    ['few siblings stay', numbered(MAX_SIBLING_FILES, (i) => `fs.read:<app>/views/v${i}.html`), 'unchanged'],
    [
      'many siblings become one',
      numbered(over, (i) => `fs.read:<app>/views/v${i}.html`),
      ['fs.read:<app>/views/*.html'],
    ],
    [
      'another extension is another group',
      [...numbered(over, (i) => `fs.read:<app>/v/${i}.html`), 'fs.read:<app>/v/x.key'],
      ['fs.read:<app>/v/*.html', 'fs.read:<app>/v/x.key'],
    ],
    [
      'another operation is another group',
      [...numbered(over, (i) => `fs.read:<app>/v/${i}.html`), 'fs.write:<app>/v/x.html'],
      ['fs.read:<app>/v/*.html', 'fs.write:<app>/v/x.html'],
    ],
    [
      'many folders become one',
      numbered(MAX_SIBLING_FOLDERS + 1, (i) => `fs.read:<app>/posts/${i}/index.md`),
      ['fs.read:<app>/posts/*/*.md'],
    ],
    [
      'packages that are read, scoped ones among them, become any',
      [
        ...numbered(MAX_READ_PACKAGES - 1, (i) => `fs.read:<node_modules>/p${i}/*.js`),
        'fs.read:<node_modules>/@a/b/*.js',
        'fs.read:<node_modules>/@a/c/*.js',
        'fs.read:<node_modules>/@a/b/*.json',
      ],
      ['fs.read:<node_modules>/*/*.js', 'fs.read:<node_modules>/@a/b/*.json'],
    ],
    [
      'few packages that are read stay',
      numbered(MAX_READ_PACKAGES, (i) => `fs.read:<node_modules>/p${i}/*.js`),
      'unchanged',
    ],
    [
      'packages that are written to stay longer',
      numbered(MAX_SIBLING_FOLDERS, (i) => `fs.write:<node_modules>/p${i}/*.js`),
      'unchanged',
    ],
    [
      'a wildcard takes its members in',
      ['fs.read:<app>/v/*.html', 'fs.read:<app>/v/a.html'],
      ['fs.read:<app>/v/*.html'],
    ],
    [
      'many subdomains become one',
      numbered(MAX_SUBDOMAINS + 1, (i) => `net.connect:s${i}.example.com:443`),
      ['net.connect:*.example.com:443'],
    ],
    [
      'another port is another group',
      [...numbered(MAX_SUBDOMAINS + 1, (i) => `net.connect:s${i}.example.com:443`), 'net.connect:s.example.com:22'],
      ['net.connect:*.example.com:443', 'net.connect:s.example.com:22'],
    ],
    [
      'many domains become any',
      numbered(MAX_DOMAINS + 1, (i) => `net.connect:example-${i}.com:443`),
      ['net.connect:*:443'],
    ],
    [
      'names below a shared domain are strangers',
      numbered(MAX_SUBDOMAINS + 2, (i) => `net.connect:user${i}.github.io:443`),
      'unchanged',
    ],
    [
      'a country registry is no domain',
      numbered(MAX_SUBDOMAINS + 2, (i) => `net.connect:shop${i}.co.uk:443`),
      'unchanged',
    ],
    [
      'a network of addresses',
      numbered(MAX_SUBDOMAINS + 1, (i) => `net.connect:10.1.2.${i}:5432`),
      ['net.connect:10.1.2.*:5432'],
    ],
    ['credentials never', numbered(60, (i) => `fs.read:<home>/.keys/k${i}.pem [credential]`), 'unchanged'],
    ['metadata never', numbered(60, (i) => `net.connect:169.254.169.${i}:80 [metadata]`), 'unchanged'],
    ['nothing right below the home folder', numbered(60, (i) => `fs.read:<home>/f${i}.txt`), 'unchanged'],
    ['reading what may be written', ['fs.read:<tmp>/*', 'fs.write:<tmp>/*'], ['fs.write:<tmp>/*']],
    [
      'reading and writing in one folder, counted together',
      [...numbered(MAX_SIBLING_FILES, (i) => `fs.read:<app>/out/r${i}.json`), 'fs.write:<app>/out/w.json'],
      ['fs.read:<app>/out/*.json', 'fs.write:<app>/out/w.json'],
    ],
    [
      'reading a secret never',
      ['fs.read:<home>/.npmrc [credential]', 'fs.write:<home>/.npmrc [credential]', 'fs.write:<home>/.npmrc'],
      'unchanged',
    ],
    ['no programs', numbered(60, (i) => `process.spawn:tool${i}`), 'unchanged'],
    ['no imports', numbered(60, (i) => `import:left-pad-${i}`), 'unchanged'],
  ];
  for (const [name, traits, collapsed] of cases) {
    it(name, () => {
      const expected = collapsed === 'unchanged' ? [...traits].sort() : collapsed;
      assert.deepEqual(collapse(traits), expected);
      assert.deepEqual(collapse(shuffle(random(1), traits)), expected);
      assert.deepEqual(collapse(expected), expected);
      for (const trait of traits) assert(hasTrait(new Set(expected), trait), trait);
    });
  }

  it('asks at most six times, however large the baseline', () => {
    const asked: string[] = [];
    const counting = { has: (trait: string) => asked.push(trait) === 0 };
    for (const trait of POOL) {
      asked.length = 0;
      assert.equal(hasTrait(counting, trait), false);
      assert(asked.length <= 6, `${trait}: ${asked}`);
    }
  });

  it('lets no wildcard cover a secret', () => {
    const traits = new Set(['fs.read:<home>/.aws/*', 'net.connect:*:80', 'fs.read:<home>/.config/*.json']);
    for (const secret of [
      'fs.read:<home>/.aws/credentials [credential]',
      'net.connect:169.254.169.254:80 [metadata]',
    ]) {
      assert.equal(hasTrait(traits, secret), false);
      assert.deepEqual(wildcardsOf(secret), []);
    }
  });
});

describe('the learning state', () => {
  const quiet = (count: number) =>
    numbered(count, (i) => `s${String(i).padStart(3, '0')}`).map((id) => ({
      id,
      complete: true,
      traits: new Set(['code.eval']),
    }));

  it('needs six sessions without novelty, eleven when one of them was novel', () => {
    assert.deepEqual([sessionsNeeded(0), sessionsNeeded(1)], [6, 11]);
  });

  it('says how many are missing', () => {
    assert.deepEqual(
      [1, 2, 5, 6].map((n) => learningProgress(quiet(n)).missing),
      ['5 more sessions without novelty', '4 more sessions without novelty', '1 more session without novelty', ''],
    );
    assert.equal(learningProgress(quiet(6)).state, 'stable');
  });

  it('is not stable while the latest sessions still bring something', () => {
    const sessions = quiet(40);
    assert.equal(learningProgress(sessions).state, 'stable');
    const late = [...sessions, { id: 't', complete: true, traits: new Set(['native.x']) }];
    assert.deepEqual(
      [learningProgress(late).state, learningProgress(late).missing],
      ['learning', '2 more sessions without novelty'],
    );
    const early = [...sessions, { id: 'a', complete: true, traits: new Set(['native.x']) }];
    assert.equal(learningProgress(early).state, 'stable');
  });

  it('does not depend on the order in which sessions are read', () => {
    const next = random(8);
    for (let i = 0; i < 100; i++) {
      const sessions = numbered(12, (n) => `s${n}`).map((id) => ({
        id,
        complete: next() < 0.9,
        traits: new Set(shuffle(next, POOL).slice(0, 3 + Math.floor(next() * 3))),
      }));
      assert.deepEqual(learningProgress(shuffle(next, sessions)), learningProgress(sessions));
    }
  });

  it('is partial while nobody observed it from process start, however often', () => {
    const partial = quiet(20).map((one) => ({ ...one, complete: false }));
    assert.equal(learningProgress(partial).state, 'partial');
    assert.match(learningProgress(partial).missing, /never observed from process start/);
  });

  it('bounds a probability as the exact binomial does', () => {
    // The zero-failure case has a closed form, 1 − (1 − confidence)^(1/n); 299 quiet trials bound 1 % at 95 %.
    for (const n of [1, 6, 50]) assert(Math.abs(noveltyBound(0, n, 0.8) - (1 - 0.2 ** (1 / n))) < 1e-9);
    assert(noveltyBound(0, 299, 0.95) <= 0.01 && noveltyBound(0, 298, 0.95) > 0.01);
    // R: binom.test(3, 20, alternative = "less")$conf.int[2]
    assert(Math.abs(noveltyBound(3, 20, 0.95) - 0.34366) < 1e-4);
  });
});

describe('learning', () => {
  const first = session('1', { 'a@1.0.0': ['code.eval'], 'quiet@1.0.0': [] });

  it('gives every package that was seen an entry, also one that did nothing noteworthy', () => {
    const { lock: learned } = learnSessions(emptyLock(), [first], [first]);
    assert.deepEqual([...learned.packages.keys()].sort(), ['a@1.0.0', 'quiet@1.0.0']);
    assert.deepEqual(learned.packages.get('quiet@1.0.0'), { state: 'learning', traits: [] });
  });

  it('changes no byte when there is nothing new', () => {
    const { lock: learned } = learnSessions(emptyLock(), [first], [first]);
    const again = session('2', { 'a@1.0.0': ['code.eval'] });
    const result = learnSessions(learned, [again], [first, again]);
    assert.equal(serializeLock(result.lock), serializeLock(learned));
    assert.deepEqual(
      result.learned.flatMap((entry) => entry.added),
      [],
    );
  });

  it('becomes stable after six sessions, and stays so on a machine that has no sessions on record', () => {
    let current = emptyLock();
    const known: Session[] = [];
    for (let i = 0; i < 6; i++) {
      const next = session(`s${i}`, { 'a@1.0.0': ['code.eval'] });
      known.push(next);
      current = learnSessions(current, [next], known).lock;
    }
    assert.equal(current.packages.get('a@1.0.0')?.state, 'stable');
    const elsewhere = session('x', { 'a@1.0.0': ['code.eval'] });
    assert.equal(serializeLock(learnSessions(current, [elsewhere], [elsewhere]).lock), serializeLock(current));
  });

  it('learns what was a step of an ALERT like everything else, and names what of it is new', () => {
    const known = lock({ 'a@1.0.0': ['fs.read:<app>/data.json', 'net.connect:old.example:443'] });
    const bad: Session = {
      id: '2',
      principals: new Map([
        [
          'a@1.0.1',
          {
            complete: true,
            traits: new Set(['fs.read:<home>/.npmrc [credential]', 'net.connect:old.example:443', 'import:node:os']),
            disputed: new Set(['fs.read:<home>/.npmrc [credential]', 'net.connect:old.example:443']),
          },
        ],
      ]),
    };
    const { lock: after, learned } = learnSessions(known, [bad], [bad]);
    assert.deepEqual(entriesOf(after).get('a@1.0.1')?.traits, [
      'fs.read:<app>/data.json',
      'fs.read:<home>/.npmrc [credential]',
      'import:node:os',
      'net.connect:old.example:443',
    ]);
    assert.deepEqual(learned[0]?.disputed, ['fs.read:<home>/.npmrc [credential]']);
    assert.deepEqual(learned[0]?.added, ['fs.read:<home>/.npmrc [credential]', 'import:node:os']);
  });

  it('starts a new version from the one before and names only the difference', () => {
    const known = lock({ 'a@1.0.0': ['code.eval'], 'a@0.9.0': ['worker.start:x'] });
    const update = session('1', { 'a@1.0.1': ['native.dlopen:x'] });
    const { lock: after, learned } = learnSessions(known, [update], [update]);
    assert.deepEqual(after.packages.get('a@1.0.1'), { state: 'learning', traits: ['code.eval', 'native.dlopen:x'] });
    assert.deepEqual([learned[0]?.added, learned[0]?.previous], [['native.dlopen:x'], 'a@1.0.0']);
  });

  it('leaves a new version as stable as the one before when it does nothing new', () => {
    const update = session('1', { 'a@1.0.1': ['code.eval'] });
    const { lock: after } = learnSessions(lock({ 'a@1.0.0': ['code.eval'] }), [update], [update]);
    assert.deepEqual(after.packages.get('a@1.0.1'), { state: 'stable', traits: ['code.eval'] });
  });

  it('is the same for sessions in any order', () => {
    const next = random(12);
    const sessions = numbered(20, (i) => `s${i}`).map((id) =>
      session(id, { 'a@1.0.0': shuffle(next, POOL).slice(0, 20), '@s/b@2.0.0': shuffle(next, POOL).slice(0, 30) }),
    );
    const expected = serializeLock(learnSessions(emptyLock(), sessions, sessions).lock);
    for (let i = 0; i < 20; i++) {
      const order = shuffle(next, sessions);
      assert.equal(serializeLock(learnSessions(emptyLock(), order, order).lock), expected);
    }
  });
});

describe('comparing', () => {
  const observed = (principals: Record<string, readonly string[]>) =>
    new Map(Object.entries(principals).map(([key, traits]) => [key, new Set(traits)]));
  const known = lock({ 'a@1.0.0': ['code.eval', 'fs.read:<app>/v/*.html'], 'b@1.0.0': [] });

  it('finds nothing in what is known, wildcards included', () => {
    const differences = compareWithLock(known, observed({ 'a@1.0.0': ['fs.read:<app>/v/x.html'], 'b@1.0.0': [] }));
    assert.deepEqual(
      differences.flatMap(({ added }) => added),
      [],
    );
    assert.deepEqual(differences.find(({ key }) => key === 'a@1.0.0')?.removed, ['code.eval']);
  });

  it('holds a new version to the one before', () => {
    const [difference] = compareWithLock(known, observed({ 'a@1.0.1': ['code.eval', 'process.spawn:sh [shell]'] }));
    assert.deepEqual(
      [difference?.comparedWith, difference?.against, difference?.added, difference?.level],
      ['previous', 'a@1.0.0', ['process.spawn:sh [shell]'], 'ALERT'],
    );
  });

  it('puts the most dangerous package and trait first', () => {
    const differences = compareWithLock(
      known,
      observed({
        'c@1.0.0': ['import:x'],
        'd@1.0.0': ['net.connect:h.example:443', 'fs.read:<home>/.npmrc [credential]'],
      }),
    );
    assert.deepEqual(
      differences.map(({ key }) => key),
      ['d@1.0.0', 'c@1.0.0'],
    );
    assert.deepEqual(differences[0]?.added[0], 'fs.read:<home>/.npmrc [credential]');
  });

  it('of two locks pairs a removed version with the one that took its place', () => {
    const differences = compareLocks(
      lock({ 'a@1.0.0': ['code.eval'], 'b@1.0.0': [] }),
      lock({ 'a@1.1.0': ['code.eval', 'native.x'] }),
    );
    assert.deepEqual(
      differences.map(({ key, change, added, removed }) => ({ key, change, added, removed })),
      [
        { key: 'a@1.1.0', change: 'updated', added: ['native.x'], removed: [] },
        { key: 'b@1.0.0', change: 'removed', added: [], removed: [] },
      ],
    );
    assert.deepEqual(compareLocks(known, known), []);
  });
});

describe('versions', () => {
  it('are ordered as semver orders them', () => {
    // semver.org, section 11
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ];
    assert.deepEqual(shuffle(random(2), ordered).sort(compareVersions), ordered);
  });

  const previous: [version: string, others: string[], expected: string | undefined][] = [
    ['1.2.0', ['1.0.0', '1.1.0', '2.0.0'], '1.1.0'],
    ['1.0.0', ['2.0.0', '1.1.0'], '1.1.0'],
    ['1.0.0', ['1.0.0'], undefined],
    ['1.0.0', [], undefined],
    ['1.10.0', ['1.9.0', '1.2.0'], '1.9.0'],
  ];
  for (const [version, others, expected] of previous) {
    it(`${version} is held to ${expected ?? 'nothing'} among ${others.join(', ') || 'none'}`, () =>
      assert.equal(previousVersion(version, others), expected));
  }

  it('are taken from keys, scoped ones too', () => {
    assert.deepEqual(splitKey('@s/b@1.0.0'), { name: '@s/b', version: '1.0.0' });
    assert.deepEqual(splitKey('@s/b'), { name: '@s/b', version: '' });
    assert.deepEqual(splitKey('<app>'), { name: '<app>', version: '' });
  });

  const ranges: [range: string, inside: string[], outside: string[]][] = [
    ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0', '2.0.0-rc.1']],
    ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0']],
    ['^0.0.3', ['0.0.3'], ['0.0.4']],
    ['~1.2.3', ['1.2.9'], ['1.3.0']],
    ['1.x', ['1.0.0', '1.9.9'], ['2.0.0', '0.9.0']],
    ['1.2', ['1.2.7'], ['1.3.0']],
    ['>=1.0.0 <2.0.0', ['1.5.0'], ['2.0.0']],
    ['1.0.0 - 1.4.0', ['1.4.0'], ['1.4.1']],
    ['<2', ['1.9.9'], ['2.0.0']],
    ['>1.2', ['1.3.0'], ['1.2.9']],
    ['1.0.0 || 2.x', ['1.0.0', '2.4.0'], ['1.0.1']],
    ['*', ['0.0.1'], []],
    ['latest', [], ['1.0.0']],
  ];
  for (const [range, inside, outside] of ranges) {
    it(`${range} holds ${inside.join(', ') || 'nothing'}${outside.length === 0 ? '' : `, not ${outside.join(', ')}`}`, () => {
      for (const version of inside) assert(inRange(version, parseRange(range)), version);
      for (const version of outside) assert(!inRange(version, parseRange(range)), version);
    });
  }
});

describe('an override', () => {
  const cases: [pkg: string, trait: string, key: string, did: string, matches: boolean][] = [
    ['undici', 'net.connect:*:443', 'undici@7.0.0', 'net.connect:api.example.com:443', true],
    ['undici@^7', 'net.connect:*', 'undici@8.0.0', 'net.connect:api.example.com:443', false],
    ['undici@^7.1.0', 'net.connect:*', 'undici@7.2.0', 'net.connect:api.example.com:443', true],
    [
      '@aws-sdk/*',
      'fs.read:<home>/.aws/config [credential]',
      '@aws-sdk/core@3.0.0',
      'fs.read:<home>/.aws/config [credential]',
      true,
    ],
    ['@aws-sdk/*', 'fs.read:<home>/.aws/*', '@aws-sdk/core@3.0.0', 'fs.read:<home>/.aws/config [credential]', false],
    ['*', '*', 'evil@1.0.0', 'process.spawn:sh [shell]', false],
    ['*', '* [shell]', 'tool@1.0.0', 'process.spawn:sh [shell]', true],
    ['<app>', 'code.eval', '<app>', 'code.eval', true],
    ['a.c', 'code.eval', 'abc@1.0.0', 'code.eval', false],
  ];
  for (const [pkg, trait, key, did, matches] of cases) {
    it(`for ${pkg} ${trait} ${matches ? 'covers' : 'does not cover'} ${key} ${did}`, () => {
      assert.equal(compileOverride({ package: pkg, trait, reason: 'r' }).matches(key, did), matches);
    });
  }

  it('counts up to and including its last day', () => {
    const override = compileOverride({ package: 'a', trait: 'b', reason: 'r', expires: '2026-06-30' });
    assert.deepEqual([override.expiredOn('2026-06-30'), override.expiredOn('2026-07-01')], [false, true]);
  });
});
