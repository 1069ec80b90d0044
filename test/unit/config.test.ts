import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import schema from '../../diogenesis.schema.json' with { type: 'json' };
import { closest, editDistance } from '../../src/closest.ts';
import { type DiogenesisConfig, loadConfig, type ResolvedConfig } from '../../src/config.ts';
import { AppFolder } from '../support/app-folder.ts';
import { pick, random } from '../support/random.ts';

function load(file: string | undefined, env: NodeJS.ProcessEnv = {}, explicit?: DiogenesisConfig) {
  using folder = new AppFolder();
  if (file !== undefined) folder.write('diogenesis.config.json', file);
  const { config, problems } = loadConfig(explicit, env, folder.root);
  const shown = problems.map((line) => line.replaceAll(`${folder.root}/`, ''));
  return { config: config as ResolvedConfig, problems: shown, root: folder.root };
}

describe('the configuration', () => {
  it('has a default for everything, and says nothing when there is no file', () => {
    const { config, problems, root } = load(undefined);
    assert.deepEqual(problems, []);
    assert.deepEqual(config, {
      mode: 'observe',
      root,
      lock: `${root}/diogenesis.lock.json`,
      configFile: `${root}/diogenesis.config.json`,
      findings: undefined,
      observations: undefined,
      session: undefined,
      capture: 'notable',
      quiet: false,
      otlpEndpoint: undefined,
      shareTraits: false,
      senses: { import: true, fs: true, net: true, childProcess: true },
      cooldownSeconds: 300,
      block: { level: 'ALERT', tools: [] },
      allow: [],
      deny: [],
      levels: [],
      patterns: [],
      onFinding: undefined,
    });
  });

  it('comes from the file, the environment and code, each before the one in front of it', () => {
    const file = JSON.stringify({
      mode: 'off',
      lock: 'file.lock.json',
      otlpEndpoint: 'http://file',
      quiet: true,
      cooldownSeconds: 1,
    });
    const env = { DIOGENESIS_MODE: 'learn', DIOGENESIS_LOCK: 'env.lock.json', DIOGENESIS_OTLP_ENDPOINT: 'http://env' };
    const fromFile = load(file).config;
    assert.deepEqual([fromFile.mode, fromFile.otlpEndpoint, fromFile.quiet], ['off', 'http://file', true]);
    const fromEnv = load(file, env);
    assert.deepEqual(
      [fromEnv.config.mode, fromEnv.config.otlpEndpoint, fromEnv.config.cooldownSeconds],
      ['learn', 'http://env', 1],
    );
    assert.equal(fromEnv.config.lock, `${fromEnv.root}/env.lock.json`);
    const fromCode = load(file, env, { mode: 'block', lock: 'code.lock.json' });
    assert.deepEqual([fromCode.config.mode, fromCode.config.lock], ['block', `${fromCode.root}/code.lock.json`]);
  });

  it('takes paths in the file from where the file is', () => {
    using folder = new AppFolder();
    folder.write('conf/d.json', '{"lock":"../a.lock.json","findings":"f.jsonl"}');
    const { config } = loadConfig(undefined, { DIOGENESIS_CONFIG: 'conf/d.json' }, folder.root);
    assert.deepEqual([config.lock, config.findings], [folder.path('a.lock.json'), folder.path('conf/f.jsonl')]);
  });

  it('puts the application where its lock file is, unless that is somewhere else altogether', () => {
    assert.equal(
      loadConfig(undefined, { DIOGENESIS_LOCK: '/srv/app/diogenesis.lock.json' }, '/srv/app/server').config.root,
      '/srv/app',
    );
    assert.equal(loadConfig(undefined, { DIOGENESIS_LOCK: '/tmp/x/l.json' }, '/srv/app').config.root, '/srv/app');
    assert.equal(
      loadConfig(undefined, { DIOGENESIS_LOCK: '/srv/application/l.json' }, '/srv/app').config.root,
      '/srv/app',
    );
    assert.equal(loadConfig(undefined, { DIOGENESIS_ROOT: '/else' }, '/srv/app').config.root, '/else');
  });
});

describe('a mistake in the configuration is one line, and costs that key alone', () => {
  const cases: [name: string, file: string, problem: RegExp][] = [
    [
      'an unknown key',
      '{"cooldownSecond": 5}',
      /^diogenesis\.config\.json: unknown key "cooldownSecond" \(did you mean "cooldownSeconds"\?\)$/,
    ],
    ['an unknown key far from any', '{"zzzzzzzz": 5}', /^diogenesis\.config\.json: unknown key "zzzzzzzz"$/],
    [
      'an unknown key inside',
      '{"senses": {"nett": true}}',
      /unknown key "senses\.nett" \(did you mean "senses\.net"\?\)/,
    ],
    ['an inherited name', '{"constructor": 5}', /unknown key "constructor"/],
    [
      'a wrong word',
      '{"mode": "blok"}',
      /"mode" must be one of "off", "learn", "observe", "block" \(did you mean "block"\?\), not "blok"/,
    ],
    ['a wrong type', '{"quiet": "yes"}', /"quiet" must be true or false, not "yes"/],
    ['an empty path', '{"lock": ""}', /"lock" must be a text, not ""/],
    ['a negative time', '{"cooldownSeconds": -1}', /"cooldownSeconds" must be a number of at least 0, not -1/],
    [
      'an exception without a reason',
      '{"allow": [{"package":"a","trait":"b"}]}',
      /"allow\[0\]\.reason" is missing; "allow\[0\]" is left out/,
    ],
    [
      'an impossible date',
      '{"allow": [{"package":"a","trait":"b","reason":"c","expires":"2026-13-01"}]}',
      /"allow\[0\]\.expires" must be a date such as/,
    ],
    ['a list where an object belongs', '[]', /the configuration must be an object, not a list/],
    [
      'broken JSON',
      '{\n  "mode": "off",\n}',
      /^diogenesis\.config\.json:3:1: a comma before "}" is one too many; defaults are used$/,
    ],
    ['an empty file', '', /^diogenesis\.config\.json:1:1: .*truncated; defaults are used$/],
  ];
  for (const [name, file, problem] of cases) {
    it(name, () => {
      const { config, problems } = load(file);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] as string, problem);
      assert.equal(config.mode, 'observe');
    });
  }

  it('keeps what is right beside it', () => {
    const { config, problems } = load(
      '{"mode": "block", "quite": true, "allow": [{"package":"a"}, {"package":"a","trait":"code.eval","reason":"r"}]}',
    );
    assert.equal(problems.length, 2);
    assert.deepEqual([config.mode, config.allow.length, config.allow[0]?.trait], ['block', 1, 'code.eval']);
  });

  it('names the environment variable', () => {
    assert.deepEqual(load(undefined, { DIOGENESIS_MODE: 'on' }).problems, [
      'environment: DIOGENESIS_MODE must be off, learn, observe or block, not "on"',
    ]);
  });

  it('names a config file that was asked for and is not there', () => {
    assert.match(
      load(undefined, { DIOGENESIS_CONFIG: 'nope.json' }).problems.join(),
      /^nope\.json: there is no such config file$/,
    );
  });

  it('names options given in code', () => {
    assert.deepEqual(load(undefined, {}, { moed: 'off' } as DiogenesisConfig).problems, [
      'diogenesis options: unknown key "moed" (did you mean "mode"?)',
    ]);
  });

  it('says which file cannot be read', { skip: process.getuid?.() === 0 && 'root reads everything' }, () => {
    using folder = new AppFolder();
    chmodSync(folder.write('diogenesis.config.json', '{}'), 0);
    assert.match(
      loadConfig(undefined, {}, folder.root).problems.join(),
      /cannot be read \(EACCES\); defaults are used/,
    );
  });

  it('says so of a folder in its place', () => {
    using folder = new AppFolder();
    folder.write('diogenesis.config.json/x', '');
    assert.match(
      loadConfig(undefined, {}, folder.root).problems.join(),
      /diogenesis\.config\.json: cannot be read \(EISDIR\)/,
    );
  });
});

describe('a hostile config file', () => {
  it('never makes the process fail, and every complaint is one line', () => {
    using folder = new AppFolder();
    const next = random(77);
    const seeds = [
      '{"mode":"block","senses":{"fs":false},"allow":[{"package":"a","trait":"b","reason":"c"}],"patterns":[{}]}',
      '{"__proto__":{"mode":"block"},"$schema":"x"}',
      '{"lock":"a\\u0000b","block":{"level":"WARN"}}',
    ];
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '\n',
      'null',
      '1e999',
      '-1',
      '{}',
      '[]',
      '"mode"',
      '"\\ud800"',
      'true',
    ];
    for (let i = 0; i < 1_500; i++) {
      let mutant = pick(next, seeds);
      for (let edits = 1 + Math.floor(next() * 4); edits > 0; edits--) {
        const at = Math.floor(next() * mutant.length);
        mutant =
          mutant.slice(0, at) + (next() < 0.7 ? pick(next, pieces) : '') + mutant.slice(at + Math.floor(next() * 6));
      }
      folder.write('diogenesis.config.json', mutant);
      const { config, problems } = loadConfig(undefined, {}, folder.root);
      assert(['off', 'learn', 'observe', 'block'].includes(config.mode), mutant);
      for (const problem of problems) assert(!/[\r\n]/.test(problem), problem);
    }
    assert.equal(({} as { mode?: string }).mode, undefined);
  });
});

describe('where the settings of an application lie that is started from elsewhere', () => {
  const CONFIG = JSON.stringify({ mode: 'block' });
  for (const [what, files, main, expected] of [
    ['beside the main file', ['app/diogenesis.config.json'], 'app/main.js', 'app'],
    ['the lock file alone', ['app/diogenesis.lock.json'], 'app/main.js', 'app'],
    ['beside its package.json', ['app/diogenesis.config.json', 'app/package.json'], 'app/dist/main.js', 'app'],
    ['no further up than its own folder without a package.json', ['diogenesis.config.json'], 'app/main.js', 'cwd'],
    ['no further up', ['diogenesis.config.json', 'app/package.json'], 'app/dist/main.js', 'cwd'],
    ['not for a tool', ['app/node_modules/t/diogenesis.config.json'], 'app/node_modules/t/main.js', 'cwd'],
    ['first in the working directory', ['cwd/diogenesis.lock.json', 'app/diogenesis.config.json'], 'app/m.js', 'cwd'],
    ['nowhere', [], 'app/main.js', 'cwd'],
  ] as const) {
    it(what, () => {
      using folder = new AppFolder();
      for (const file of files) folder.write(file, file.endsWith('.config.json') ? CONFIG : '{}');
      const { config, problems } = loadConfig(undefined, {}, folder.path('cwd'), folder.path(main));
      assert.deepEqual(
        [config.lock, config.root, problems],
        [folder.path(`${expected}/diogenesis.lock.json`), folder.path(expected), []],
      );
      assert.equal(
        (config as ResolvedConfig).mode,
        expected === 'app' && files[0].includes('config') ? 'block' : 'observe',
      );
    });
  }
});

describe('a lock file that was named and is not there', () => {
  const lock = JSON.stringify({ lock: 'missing.json' });
  for (const [what, env, main, expected] of [
    ['is told of in a running application', {}, 'main.js', 1],
    ['is the affair of the CLI in what the CLI runs', { DIOGENESIS_ROOT: '/' }, 'main.js', 0],
    ['is the affair of the CLI in the CLI', {}, undefined, 0],
    ['is nothing to wonder about while learning', { DIOGENESIS_MODE: 'learn' }, 'main.js', 0],
  ] as const) {
    it(what, () => {
      using folder = new AppFolder();
      folder.write('diogenesis.config.json', lock);
      const { problems } = loadConfig(undefined, env, folder.root, main === undefined ? main : folder.path(main));
      assert.equal(problems.length, expected, problems.join('\n'));
    });
  }
});

describe('the schema', () => {
  it('knows every key of the configuration, with words for an editor', () => {
    const everything: Required<Omit<DiogenesisConfig, 'onFinding'>> = {
      mode: 'block',
      lock: 'l',
      findings: 'f',
      capture: 'all',
      quiet: true,
      otlpEndpoint: 'http://h',
      shareTraits: true,
      senses: { import: true, fs: true, net: true, childProcess: true },
      cooldownSeconds: 1,
      block: { level: 'WARN' },
      allow: [{ package: 'a', trait: 'b', reason: 'c', expires: '2026-01-31' }],
      deny: [{ package: 'a', trait: 'b', reason: 'c' }],
      levels: [{ package: 'a', trait: 'b', reason: 'c', level: 'LOG' }],
      patterns: [{}],
    };
    assert.deepEqual(Object.keys(schema.properties).sort(), ['$schema', ...Object.keys(everything)].sort());
    const { config, problems } = load(JSON.stringify({ $schema: './x.json', ...everything }));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [config.mode, config.capture, config.block.level, config.deny.length, config.levels[0]?.level],
      ['block', 'all', 'WARN', 1, 'LOG'],
    );
  });
});

describe('README', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const table = readme.slice(readme.indexOf('\n## Configuration\n'), readme.indexOf('\n## Telemetry\n'));

  it('alone has every setting, for whoever has the package and not the repository', () => {
    const keys = [...Object.keys(schema.properties), ...Object.keys(schema.properties.senses.properties), 'onFinding'];
    for (const key of keys.filter((name) => name !== '$schema')) assert.match(table, new RegExp(`\\b${key}\\b`), key);
    for (const key of Object.keys(schema.properties.block.properties))
      assert.match(table, new RegExp(`block\\.${key}`));
    const item = schema.properties.levels.items.properties;
    for (const key of Object.keys(item)) assert.match(table, new RegExp(`\\b${key}\\b`), `levels: ${key}`);
  });

  it('says what of it the package has', () => {
    const { files } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    const said = /Links to[\s\S]*?\n\n/.exec(readme)?.[0] ?? '';
    for (const name of ['diogenesis.schema.json', 'collector-config']) {
      assert.ok(files.includes(name) && said.includes(name), name);
    }
    for (const name of ['docs', 'examples']) assert.ok(!files.includes(name) && said.includes(name), name);
  });
});

describe('onFinding', () => {
  const given = (options: object) => loadConfig(options as DiogenesisConfig, {}, '/nowhere');

  it('is taken from the options in code', () => {
    const onFinding = () => {};
    const { config, problems } = given({ mode: 'block', onFinding });
    assert.deepEqual([config.onFinding, config.mode, problems], [onFinding, 'block', []]);
    assert.deepEqual(given({ onFinding: undefined }).problems, []);
  });

  it('must be a function', () => {
    const { config, problems } = given({ onFinding: 'page me' });
    assert.deepEqual(
      [config.onFinding, problems],
      [undefined, ['diogenesis options: "onFinding" must be a function, not string']],
    );
  });

  it('is nothing that a config file or Object.prototype could have', () => {
    assert.match(load('{"onFinding": "x"}').problems.join(), /unknown key "onFinding"/);
    Object.defineProperty(Object.prototype, 'onFinding', { value: () => {}, configurable: true });
    try {
      assert.equal(given({}).config.onFinding, undefined);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'onFinding');
    }
  });
});

describe('the closest word', () => {
  const cases: [word: string, words: string[], expected: string | undefined][] = [
    ['chekc', ['learn', 'check'], 'check'],
    ['CHECK', ['learn', 'check'], 'check'],
    ['xyz', ['learn', 'check'], undefined],
    ['', ['a'], 'a'],
    ['x'.repeat(5000), ['check'], undefined],
  ];
  for (const [word, words, expected] of cases) {
    it(`of ${words.join(', ')} to "${word.slice(0, 8)}" is ${expected ?? 'none'}`, () =>
      assert.equal(closest(word, words), expected));
  }

  it('counts insertions, deletions, changes and swaps', () => {
    assert.deepEqual(
      ['ab', 'abcd', 'acb', 'axc', 'abc'].map((word) => editDistance('abc', word)),
      [1, 1, 1, 1, 0],
    );
  });
});
