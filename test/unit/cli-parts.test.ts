import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { emptyLock, lockOf } from '../../src/baseline/lock-file.ts';
import { diagnose, onItsOwn } from '../../src/cli/doctor.ts';
import type { ProbeReport } from '../../src/cli/doctor-probe.ts';
import { readFindings } from '../../src/cli/findings.ts';
import { inventory, keepInstalled, readNpm, readPnpm, readYarn } from '../../src/cli/installed.ts';
import { fit, markdownCode, plain, printable, wrap } from '../../src/cli/output.ts';
import { buildReport, kindsOf, type ReportInput, shellWord } from '../../src/cli/report.ts';
import { jsonReport } from '../../src/cli/report-json.ts';
import { markdownReport } from '../../src/cli/report-markdown.ts';
import { sarifReport } from '../../src/cli/report-sarif.ts';
import { textReport } from '../../src/cli/report-text.ts';
import { summary } from '../../src/cli/run.ts';
import { nodeOptions } from '../../src/cli/supervise.ts';
import { AppFolder } from '../support/app-folder.ts';

describe('NODE_OPTIONS', () => {
  it('has our preload first and keeps what was there', () => {
    assert.equal(
      nodeOptions('--max-old-space-size=512 --require ./x.js', ['/d/register.js']),
      '--require /d/register.js --max-old-space-size=512 --require ./x.js',
    );
    assert.equal(
      nodeOptions(undefined, ['/d/a.js', '/d/b.js'], ['--permission-audit']),
      '--permission-audit --require /d/a.js --require /d/b.js',
    );
  });

  it('finds a preload whatever is in its path', () => {
    using folder = new AppFolder();
    for (const name of ['with space', 'quo"te', "apo's", 'back\\slash', 'ünï']) {
      const preload = folder.write(`${name}/p.cjs`, 'process.stdout.write("preloaded ")');
      const env = { ...process.env, NODE_OPTIONS: nodeOptions('--no-warnings', [preload]) };
      const { stdout, stderr } = spawnSync(process.execPath, ['-p', '1'], { env, encoding: 'utf8' });
      assert.equal(stdout, 'preloaded 1\n', `${name}: ${stderr}`);
    }
  });
});

describe('what is installed', () => {
  const cases: [name: string, read: (text: string) => Iterable<string>, text: string, keys: string[]][] = [
    [
      'package-lock.json 3',
      readNpm,
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': { name: 'app', version: '1.0.0' },
          'node_modules/a': { version: '1.0.0' },
          'node_modules/a/node_modules/@s/b': { version: '2.0.0-rc.1' },
          'node_modules/w': { link: true, resolved: 'w' },
          w: { version: '9.0.0' },
          'node_modules/alias': { name: 'real', version: '3.0.0' },
        },
      }),
      ['a@1.0.0', '@s/b@2.0.0-rc.1', 'real@3.0.0'],
    ],
    [
      'package-lock.json 1',
      readNpm,
      JSON.stringify({
        lockfileVersion: 1,
        dependencies: {
          a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } },
          f: { version: 'file:../f' },
        },
      }),
      ['a@1.0.0', 'b@2.0.0'],
    ],
    [
      'pnpm-lock.yaml 9',
      readPnpm,
      "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        version: 1.0.0\n\npackages:\n\n  '@s/b@2.0.0':\n    resolution: {integrity: x}\n\n  a@1.0.0:\n    resolution: {integrity: y}\n\nsnapshots:\n\n  '@s/b@2.0.0(a@1.0.0)':\n    dependencies:\n      a: 1.0.0\n",
      ['@s/b@2.0.0', 'a@1.0.0', '@s/b@2.0.0'],
    ],
    [
      'pnpm-lock.yaml 9 with packages from elsewhere',
      readPnpm,
      "lockfileVersion: '9.0'\n\npackages:\n\n  '@s/t@https://example.com/t.tgz':\n    resolution: {tarball: x}\n    version: 2.1.0\n\n  thief@file:../thief-1.0.0.tgz:\n    resolution: {integrity: y}\n    version: 1.0.0\n\nsnapshots:\n\n  thief@file:../thief-1.0.0.tgz: {}\n",
      ['@s/t@2.1.0', 'thief@1.0.0'],
    ],
    [
      'pnpm-lock.yaml 6',
      readPnpm,
      "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0:\n    dev: false\n  /@s/b@2.0.0(a@1.0.0):\n    dev: false\n",
      ['a@1.0.0', '@s/b@2.0.0'],
    ],
    [
      'pnpm-lock.yaml 5',
      readPnpm,
      'lockfileVersion: 5.4\npackages:\n  /a/1.0.0:\n    dev: false\n  /@s/b/2.0.0_a@1.0.0:\n    dev: false\n',
      ['a@1.0.0', '@s/b@2.0.0'],
    ],
    [
      'yarn.lock 1',
      readYarn,
      '# yarn lockfile v1\n\n\n"@s/b@^2.0.0":\n  version "2.0.1"\n  resolved "x"\n\na@^1.0.0, a@~1.0.0:\n  version "1.0.3"\n  dependencies:\n    version "^9.0.0"\n',
      ['@s/b@2.0.1', 'a@1.0.3'],
    ],
    [
      'yarn.lock of Berry',
      readYarn,
      '__metadata:\n  version: 8\n\n"@s/b@npm:^2.0.0":\n  version: 2.0.1\n  resolution: "@s/b@npm:2.0.1"\n\n"alias@npm:real@^3":\n  version: 3.1.0\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n',
      ['@s/b@2.0.1', 'real@3.1.0'],
    ],
  ];
  for (const [name, read, text, keys] of cases) {
    it(`is read from ${name}, with either line end`, () => {
      assert.deepEqual([...read(text)], keys);
      assert.deepEqual([...read(text.replaceAll('\n', '\r\n'))], keys);
    });
  }

  it('is looked for up to the top of the repository', () => {
    using folder = new AppFolder();
    folder.write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    folder.write('.git/HEAD', '');
    folder.write('apps/web/package.json', '{}');
    assert.deepEqual([...inventory(folder.path('apps/web')).keys], ['a@1.0.0']);
    folder.write('apps/web/.git', '');
    assert.deepEqual([...inventory(folder.path('apps/web')).keys], []);
  });

  it('that cannot be understood counts as unknown', () => {
    using folder = new AppFolder();
    folder.write('package-lock.json', '{"packages":');
    assert.deepEqual(inventory(folder.root), { file: undefined, keys: new Set() });
    const lock = lockOf(new Map([['a@1.0.0', { state: 'stable', traits: [] }]]));
    assert.deepEqual(keepInstalled(lock, inventory(folder.root), emptyLock()).dropped, []);
  });

  it('decides what is pruned, but never the application or what was just seen', () => {
    const entry = { state: 'stable' as const, traits: [] };
    const lock = lockOf(
      new Map(['<app>', 'gone@1.0.0', 'seen@1.0.0', 'there@1.0.0', 'tool:t'].map((key) => [key, entry])),
    );
    const seen = lockOf(new Map([['seen@1.0.0', entry]]));
    const { lock: kept, dropped } = keepInstalled(lock, { file: 'x', keys: new Set(['there@1.0.0']) }, seen);
    assert.deepEqual(dropped, ['gone@1.0.0']);
    assert.deepEqual(
      [[...kept.packages.keys()], [...kept.tools.keys()]],
      [['<app>', 'seen@1.0.0', 'there@1.0.0'], ['t']],
    );
  });
});

function reportOf(more: Partial<ReportInput> = {}) {
  return buildReport({
    lock: lockOf(
      new Map([
        ['dep@1.0.0', { state: 'stable', traits: ['net.connect:api.example.com:443'] }],
        ['known@1.0.0', { state: 'stable', traits: ['code.eval'] }],
        ['<app>', { state: 'learning', traits: [] }],
      ]),
    ),
    sessions: [
      {
        id: 's',
        principals: new Map([
          [
            'dep@1.0.1',
            {
              complete: true,
              traits: new Set([
                'net.connect:api.example.com:443',
                'fs.read:<home>/.npmrc [credential]',
                'import:node:fs',
              ]),
            },
          ],
          ['known@1.0.0', { complete: true, traits: new Set(['code.eval']) }],
          ['fresh@1.0.0', { complete: true, traits: new Set(['process.spawn:git']) }],
          ['harmless@1.0.0', { complete: true, traits: new Set<string>() }],
        ]),
      },
    ],
    overrides: { allow: [], deny: [], levels: [] },
    today: '2026-06-15',
    installed: new Set(['known@1.0.0', 'idle@1.0.0', 'dep@1.0.1']),
    facts: { lockFile: 'diogenesis.lock.json', command: ['npm', 'test'], commandExit: 0, processes: 2 },
    ...more,
  });
}

const secret = 'fs.read:<home>/.npmrc [credential]';

describe('the report of a check', () => {
  it('has the most dangerous package first, and what is known not at all', () => {
    const report = reportOf();
    assert.deepEqual(
      report.packages.map(({ key, level, against }) => [key, level, against]),
      [
        ['dep@1.0.1', 'ALERT', 'dep@1.0.0'],
        ['fresh@1.0.0', 'WARN', undefined],
      ],
    );
    assert.deepEqual(
      report.packages[0]?.unreviewed.map(({ trait }) => trait),
      [secret, 'import:node:fs'],
    );
    assert.deepEqual(
      report.harmless.map(({ key }) => key),
      ['harmless@1.0.0'],
    );
    assert.deepEqual(report.unobserved, ['idle@1.0.0']);
  });

  it('leaves out what a reviewed exception allows, until its last day', () => {
    const allow = [{ package: 'dep@^1', trait: secret, reason: 'it publishes', expires: '2026-06-15' }];
    const on = (today: string) => reportOf({ overrides: { allow, deny: [], levels: [] }, today });
    assert.deepEqual(on('2026-06-15').allowed, [{ key: 'dep@1.0.1', trait: secret, reason: 'it publishes' }]);
    assert.deepEqual(
      on('2026-06-15').packages[1]?.unreviewed.map(({ trait }) => trait),
      ['import:node:fs'],
    );
    const late = on('2026-06-16');
    assert.deepEqual(late.packages[0]?.unreviewed[0]?.expired, { reason: 'it publishes', expires: '2026-06-15' });
    assert.match(
      textReport(late, plain, 120),
      /its exception expired on 2026-06-15[\s\S]*expired on 2026-06-15: the exception for dep@\^1/,
    );
  });

  it('refuses what is denied, even when the lock file has it', () => {
    const deny = [{ package: 'known', trait: 'code.eval', reason: 'no eval here' }];
    const report = reportOf({ overrides: { allow: [], deny, levels: [] } });
    const known = report.packages.find(({ key }) => key === 'known@1.0.0');
    assert.deepEqual(known?.unreviewed, [
      { trait: 'code.eval', level: 'ALERT', means: 'turns text into code', denied: 'no eval here' },
    ]);
    const text = textReport(report, plain, 120);
    assert.match(text, /denied: no eval here/);
    assert.match(text, / that diogenesis\.lock\.json does not have or the config file denies \(/);
    assert.match(text, /expected\? change "deny" in the config file /);
  });

  it('has other levels where the config file says so', () => {
    const levels = [{ package: 'fresh', trait: 'process.spawn:*', level: 'ALERT' as const, reason: 'no programs' }];
    const report = reportOf({ overrides: { allow: [], deny: [], levels } });
    assert.equal(report.packages.find(({ key }) => key === 'fresh@1.0.0')?.level, 'ALERT');
  });

  it('as text says who does what, what the version before did, and what to do', () => {
    const lines = textReport(reportOf(), plain, 120).split('\n');
    assert.equal(
      lines[0],
      'diogenesis check: 2 packages do 3 things that diogenesis.lock.json does not have (4 packages in 2 processes)',
    );
    assert.deepEqual(lines.slice(2, 7), [
      '  ALERT dep@1.0.1 does more than dep@1.0.0',
      '      + fs.read:<home>/.npmrc [credential]  reaches a secret',
      '      + import:node:fs                      loads another module',
      '        dep@1.0.0 did (stable): net.connect:api.example.com:443',
      '        expected? diogenesis approve dep@1.0.1   not? stay with dep@1.0.0',
    ]);
    assert(
      lines.includes(
        '  unobserved: 1 installed package without an entry, not loaded in this run; --format json lists them',
      ),
    );
  });

  it('as text is one line when all is as locked', () => {
    const report = reportOf({ sessions: [], installed: new Set() });
    assert.equal(
      textReport(report, plain, 80),
      'diogenesis check: as diogenesis.lock.json says (0 packages in 2 processes)',
    );
  });

  it('as text fits a narrow terminal', () => {
    for (const line of textReport(reportOf(), plain, 60).split('\n').slice(2, 12)) assert(line.length <= 60, line);
  });

  it('as JSON has everything', () => {
    const json = JSON.parse(jsonReport(reportOf()));
    assert.deepEqual(
      [json.result, json.packages[0].package, json.packages[0].against, json.packages[1].against, json.unobserved],
      ['unreviewed', 'dep@1.0.1', 'dep@1.0.0', null, ['idle@1.0.0']],
    );
    assert.equal(JSON.parse(jsonReport(reportOf({ sessions: [] }))).result, 'as-locked');
  });

  it('tells what a helper does for somebody who is known for it in one line, but never a new asker, nor a secret', () => {
    const chain = ['fs.write:<app>/out/*.json', 'fs.chmod:<app>/out/*.json', 'fs.read:<home>/.npmrc [credential]'];
    const traits = new Set([...chain, 'code.eval']);
    const locked = { state: 'stable' as const, traits: [...traits] };
    const quiet = { state: 'stable' as const, traits: [] };
    const report = reportOf({
      lock: lockOf(
        new Map([
          ['fs-extra@1.0.0', locked],
          ['graceful-fs@1.0.0', quiet],
          ['plain@1.0.0', quiet],
        ]),
      ),
      sessions: [
        {
          id: 's',
          principals: new Map(
            ['<app>', 'graceful-fs@1.0.1', 'plain@1.0.1'].map((key) => [key, { complete: true, traits }]),
          ),
        },
      ],
    });
    const sharedBy = (key: string) =>
      report.packages
        .find((entry) => entry.key === key)
        ?.unreviewed.flatMap(({ trait, knownOf }) => (knownOf === undefined ? [] : [trait, knownOf]));
    const shared = ['fs.chmod:<app>/out/*.json', 'fs-extra@1.0.0', 'fs.write:<app>/out/*.json', 'fs-extra@1.0.0'];
    assert.deepEqual(sharedBy('graceful-fs@1.0.1'), shared);
    assert.deepEqual(sharedBy('<app>'), shared);
    assert.deepEqual(sharedBy('plain@1.0.1'), []);
    assert.equal(report.packages.find(({ key }) => key === 'graceful-fs@1.0.1')?.level, 'ALERT');
    const text = textReport(report, plain, 200);
    assert.match(
      text,
      /= takes part in 2 things that fs-extra@1\.0\.0 did before: fs\.chmod:<app>\/out\/\*\.json, fs\.write/,
    );
    assert.match(markdownReport(report), /<details><summary>takes part in 2 things that fs-extra/);
  });

  it('has one line for files that differ in what they end with, and in nothing else', () => {
    const kinds = ['cjs', 'js', 'json', 'mjs', 'yaml'].map((kind) => `fs.read:<app>/.config/*.${kind}`);
    const others = ['fs.read:<app>/.config/.ordersrc', 'fs.read:<app>/etc/*.json', 'fs.write:<app>/.config/*.json'];
    const denied = { trait: 'fs.read:<app>/.config/*.ts', reason: 'no', package: 'dep' };
    const report = reportOf({
      sessions: [
        {
          id: 's',
          principals: new Map([
            ['dep@1.0.1', { complete: true, traits: new Set([...kinds, ...others, denied.trait]) }],
          ]),
        },
      ],
      overrides: { allow: [], deny: [denied], levels: [] },
    });
    const all = `fs.read:<app>/.config/*.{cjs,js,json,mjs,yaml}`;
    assert.deepEqual([...kindsOf(all)], kinds);
    assert.deepEqual([...kindsOf('fs.read:<app>/*.json')], ['fs.read:<app>/*.json']);
    for (const shown of [textReport(report, plain, 200), markdownReport(report)]) {
      const count = (trait: string) => shown.split(trait).length - 1;
      assert.deepEqual([all, ...others, ...kinds, denied.trait].map(count), [1, 1, 1, 1, 0, 0, 0, 0, 0, 1], shown);
    }
    assert.equal(JSON.parse(jsonReport(report)).packages[0].unreviewed.length, 9);
  });

  it('as Markdown has commands that can be copied', () => {
    assert(
      markdownReport(reportOf()).includes('expected? `diogenesis approve dep@1.0.1` · not? stay with `dep@1.0.0`'),
    );
  });

  it('as Markdown cannot be broken out of by what a package chose to call its files', () => {
    const trait = 'fs.read:<app>/x`|<img src=x onerror=alert(1)> @everyone\u202e\n# hi';
    const report = reportOf({
      sessions: [{ id: 's', principals: new Map([['dep@1.0.1', { complete: true, traits: new Set([trait]) }]]) }],
    });
    const markdown = markdownReport(report);
    assert(markdown.startsWith('<!-- diogenesis-check -->\n### ⛔ 1 package does 1 thing'));
    assert(
      markdown.includes('| LOG | `` fs.read:<app>/x`\\|<img src=x onerror=alert(1)> @everyone\\u202e\\u000a# hi `` |'),
      markdown,
    );
    assert(markdown.includes('#### LOG `dep@1.0.1` does more than dep@\u200b1.0.0'), markdown);
  });

  it('as Markdown stays below what a comment may hold', () => {
    const traits = new Set(Array.from({ length: 400 }, (_, i) => `net.connect:${'h'.repeat(100)}${i}.example:443`));
    const principals = new Map(Array.from({ length: 20 }, (_, i) => [`dep${i}@1.0.0`, { complete: true, traits }]));
    const markdown = markdownReport(reportOf({ sessions: [{ id: 's', principals }] }));
    assert(markdown.length < 65_536 && /…and \d+ more packages\./.test(markdown), String(markdown.length));
  });

  it('as SARIF points at the line of package.json that asks for the package', () => {
    using folder = new AppFolder();
    folder.write('package.json', '{\n  "dependencies": {\n    "dep": "^1.0.0"\n  }\n}\n');
    const { version, runs } = JSON.parse(sarifReport(reportOf(), folder.root));
    assert.equal(version, '2.1.0');
    const { results, tool } = runs[0];
    assert.deepEqual(
      results.map((result: { ruleId: string; level: string }) => [result.ruleId, result.level]),
      [
        ['diogenesis/credential', 'error'],
        ['diogenesis/behavior', 'note'],
        ['diogenesis/program', 'warning'],
      ],
    );
    assert.deepEqual(results[0].locations[0].physicalLocation, {
      artifactLocation: { uri: 'package.json', uriBaseId: 'SRCROOT' },
      region: { startLine: 3, startColumn: 5, endColumn: 20 },
    });
    assert.deepEqual(results[2].locations[0].physicalLocation.region, { startLine: 1 });
    for (const result of results) {
      assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId);
      assert(result.partialFingerprints['diogenesisTrait/v1']);
    }
    for (const rule of tool.driver.rules) assert(rule.help.text && rule.properties['security-severity'], rule.id);
  });
});

describe('the diagnosis of a process', () => {
  const healthy: ProbeReport = {
    pid: 7,
    title: 'node',
    node: '24.0.0',
    active: true,
    mode: 'observe',
    senses: { fs: true, net: true },
    spanProcessor: true,
    sampler: true,
    hasProvider: true,
    problems: [],
    loadedBefore: [],
    nodeOptions: '--require /d/register.js --require /tmp/probe.cjs',
    execArgv: [],
    beforeInCode: undefined,
    patchedAfter: [],
    unpatched: [],
    patchers: [],
    otel: {},
  };
  const rows: [what: string, change: Partial<ProbeReport>, level: string, says: RegExp][] = [
    ['is well', {}, 'ok', /^loaded before any other code, as "diogenesis run" does it$/],
    ['came late', { loadedBefore: ['a', 'b', 'c', 'd'] }, 'bad', /^loaded late, after a, b, c: put "--require/],
    ['lost a sense', { senses: { fs: false, net: true } }, 'bad', /^not live: fs$/],
    ['lost a function', { unpatched: ['fs.readFile'] }, 'bad', /^replaced by somebody who .*: fs\.readFile$/],
    [
      'is patched over',
      { patchedAfter: [{ name: 'http.request', isShimmer: true }], patchers: ['nock'] },
      'note',
      /^also patched by others: http\.request \(shimmer\); loaded and known to patch: nock$/,
    ],
    ['is off', { active: false, mode: 'off' }, 'bad', /^mode is off: nothing is watched$/],
    ['is passive', { active: false }, 'bad', /^Diogenesis is not active$/],
    [
      'cannot be asked',
      { error: 'boom\u001b[2J' },
      'bad',
      /^Diogenesis could not be asked under Node 24\.0\.0 \(boom\\u001b\[2J\)$/,
    ],
  ];
  for (const [what, change, level, says] of rows) {
    it(`says that it ${what}`, () => {
      const found = diagnose({ ...healthy, ...change }, false).find((one) => says.test(one.what));
      assert.equal(found?.level, level);
    });
  }

  it('says whose it is where there are many', () => {
    for (const { what } of diagnose(healthy, true)) assert.match(what, /^process 7 \(node\): /);
  });

  const injected = healthy.nodeOptions;
  const alone: [what: string, change: Partial<ProbeReport>, level: string, says: RegExp][] = [
    ['does nothing of itself', {}, 'note', /^on its own it does not load Diogenesis: .*"diogenesis run"/],
    [
      'preloads it by NODE_OPTIONS',
      { nodeOptions: `${injected} --require diogenesis-otel/register --require ./x.js` },
      'ok',
      /^on its own it preloads Diogenesis before any other code$/,
    ],
    [
      'preloads the same file as this command',
      { nodeOptions: `${injected} --require /d/register.js` },
      'ok',
      /^on its own it preloads Diogenesis before/,
    ],
    [
      'preloads it behind something else',
      { nodeOptions: `${injected} --require "./a b.js"`, execArgv: ['-r', 'diogenesis-otel/register'] },
      'bad',
      /^on its own it preloads Diogenesis late, after \.\/a b\.js: put "--require/,
    ],
    [
      'imports it, which comes after every require',
      { execArgv: ['--import=diogenesis-otel/register', '--require', 'x'] },
      'bad',
      /late, after x:/,
    ],
    [
      'is given the preload and the probe as arguments',
      { nodeOptions: '', execArgv: ['--require=/tmp/probe.cjs', '--env-file=.env'] },
      'note',
      /^on its own it does not load/,
    ],
    [
      'loads it in code behind packages',
      {
        beforeInCode: [
          '/app/main.js',
          '/app/node_modules/a/i.js',
          '/app/node_modules/a/j.js',
          ...['@s/b', 'c', 'd', 'e'].map((name) => `/app/node_modules/x/node_modules/${name}/i.js`),
        ],
      },
      'note',
      /^on its own it loads Diogenesis in code, after a, @s\/b, c and 2 more: what these do while they load goes unseen/,
    ],
    [
      'loads it in code first',
      { beforeInCode: ['/app/main.js'] },
      'ok',
      /^on its own it loads Diogenesis in code, before/,
    ],
  ];
  for (const [what, change, level, says] of alone) {
    it(`says of an application that ${what}`, () => {
      const [found, ...more] = onItsOwn([{ ...healthy, ...change }], '/d/register.js', '/tmp/probe.cjs');
      assert.deepEqual([found?.level, more], [level, []]);
      assert.match(found?.what ?? '', says);
    });
  }

  it('says of many processes which of them load it on their own', () => {
    const [found, ...more] = onItsOwn(
      [healthy, { ...healthy, pid: 8, beforeInCode: [] }],
      '/d/register.js',
      '/tmp/probe.cjs',
    );
    assert.match(found?.what ?? '', /^process 8 \(node\): on its own it loads Diogenesis in code/);
    assert.deepEqual(more, []);
  });
});

describe('the summary of a run', () => {
  const finding = (level: 'LOG' | 'WARN' | 'ALERT', name: string, voltage: number) => ({
    ...{
      id: `id-${name}`,
      time: '2026-01-01T00:00:00.000Z',
      level,
      pattern: 'data_exfiltration',
      reason: 'r',
      package: { name, version: '1.0.0' },
      chain: [`${name}@1.0.0`],
      trait: 't',
      voltage,
    },
  });

  it('counts by level and names packages, the worst first', () => {
    const findings = [finding('LOG', 'a', 0.9), finding('ALERT', 'b', 0.2), finding('WARN', 'b', 0.4)];
    assert.equal(
      summary({ findings, processes: 1, packages: 3, hasLock: true }, plain, 100),
      [
        'diogenesis: 1 ALERT, 1 WARN, 1 LOG; watched 3 packages in 1 process',
        '  ALERT b@1.0.0  voltage 0.20  data_exfiltration',
        '  LOG   a@1.0.0  voltage 0.90  data_exfiltration',
        '  why: diogenesis explain id-b',
      ].join('\n'),
    );
  });

  it('says when nothing was found, and when nothing could be seen', () => {
    const facts = { findings: [], packages: 3, hasLock: false };
    assert.equal(
      summary({ ...facts, processes: 2 }, plain, 100),
      'diogenesis: no findings; watched 3 packages in 2 processes, without a lock file (see "diogenesis learn")',
    );
    assert.match(summary({ ...facts, processes: 0 }, plain, 100), /no Node process could be observed/);
  });
});

describe('a findings file', () => {
  it('is read past torn and foreign lines, from where this run began', () => {
    using folder = new AppFolder();
    const line = '{"id":"a","level":"WARN","package":{"name":"x","version":"1"}}\n';
    const file = folder.write('f.jsonl', `${line}not json\n{"id":1}\n${line.replace('"a"', '"b"')}{"id":"c","lev`);
    assert.deepEqual(
      readFindings(file).map(({ id }) => id),
      ['a', 'b'],
    );
    assert.deepEqual(
      readFindings(file, line.length).map(({ id }) => id),
      ['b'],
    );
    assert.deepEqual(readFindings(folder.path('none')), []);
  });
});

describe('text for a terminal', () => {
  it('cannot carry control characters or reorder a line', () => {
    assert.equal(printable('a\u001b[2Jb\nc\u202ed'), 'a\\u001b[2Jb\\u000ac\\u202ed');
  });
  it('is cut and wrapped to a width', () => {
    assert.equal(fit('abcdef', 4), 'abc…');
    assert.equal(wrap('aa bb cc', 5, '  '), 'aa bb\n  cc');
  });
  it('is quoted for a shell only where it must be', () => {
    assert.deepEqual(
      [shellWord('@s/a@1.0.0'), shellWord('<app>'), shellWord("a'b")],
      ['@s/a@1.0.0', "'<app>'", "'a'\\''b'"],
    );
  });
  it('is code in Markdown whatever is in it', () => assert.equal(markdownCode('a`b|c'), '`` a`b\\|c ``'));
});
