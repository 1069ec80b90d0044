/** What the reviewers wrote into the config file, in a running application. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { diogenesis, makeApp, type SmallApp, STEALING_DEP } from '../support/small-app.ts';

const SPAWNING_DEP =
  "module.exports = () => (require('node:child_process').execFileSync('true', { stdio: 'inherit' }), 'spawned');";
/* Reads the same harmless file as everybody else, often enough to be used to. */
const READING_DEP = "const fs = require('node:fs'); module.exports = (file) => fs.readFileSync(file, 'utf8').length;";

/** A lock file that has settled on an application which does nothing. */
function settled(app: SmallApp): void {
  const entry = { state: 'stable', traits: [] };
  const lock = { lockfileVersion: 1, packages: { '<app>': entry, 'dep@1.0.0': entry }, tools: {} };
  app.write('diogenesis.lock.json', `${JSON.stringify(lock, null, 2)}\n`);
}

interface FindingLine {
  readonly level: string;
  readonly pattern: string;
  readonly reason: string;
  readonly trait: string;
  readonly package: { readonly name: string };
  readonly baseline: string;
}

async function run(app: SmallApp, config: object, ...args: string[]) {
  app.write('diogenesis.config.json', JSON.stringify(config));
  const result = await diogenesis(app, 'run', '--findings', 'f.jsonl', ...args, '--', 'node', 'app.js');
  return { ...result, findings: findingsOf(app) };
}

function findingsOf(app: SmallApp): FindingLine[] {
  try {
    return readFileSync(app.path('f.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

const DENY = [{ package: 'dep@^1', trait: 'process.spawn:*', reason: 'dep only formats text' }];

describe('deny', () => {
  it('makes an act a finding, with the reason, although the lock file has it', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', SPAWNING_DEP);
    assert.equal((await diogenesis(app, 'learn', '--', 'node', 'app.js')).code, 0);
    const { stdout, findings } = await run(app, { deny: DENY });
    assert.equal(stdout, 'app spawned\n');
    assert.deepEqual(
      findings.map(({ level, pattern, reason, trait, package: { name } }) => ({ level, pattern, reason, trait, name })),
      [
        {
          level: 'ALERT',
          pattern: 'policy_violation',
          reason: 'dep@1.0.0 does what the config file denies: dep only formats text',
          trait: 'process.spawn:true',
          name: 'dep',
        },
      ],
    );
  });

  it('refuses the act in mode block, and nobody else’s', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', SPAWNING_DEP);
    app.package('other', '1.0.0', SPAWNING_DEP);
    app.write(
      'app.js',
      `const attempt = (name) => { try { return require(name)(); } catch (error) { return error.code + ' ' + error.message; } };
       console.log(JSON.stringify([attempt('dep'), attempt('other')]));`,
    );
    await diogenesis(app, 'learn', '--', 'node', 'app.js');
    const { stdout, stderr } = await run(app, { mode: 'block', deny: DENY });
    const [denied, other] = JSON.parse(stdout) as [string, string];
    assert.match(
      denied,
      /^ERR_DIOGENESIS_BLOCKED Diogenesis blocked process\.spawn:true by dep@1\.0\.0 \(finding \S+\): .*dep only formats text$/,
      stderr,
    );
    assert.equal(other, 'spawned');
  });

  it('does not count for another version', async () => {
    using app = makeApp();
    app.package('dep', '2.0.0', SPAWNING_DEP);
    await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.deepEqual((await run(app, { deny: DENY })).findings, []);
  });

  it('is not forgotten for a file that somebody else has read a hundred times', async () => {
    using app = makeApp();
    app.write('data/notes.txt', 'hello');
    app.package('dep', '1.0.0', READING_DEP);
    app.package('other', '1.0.0', READING_DEP);
    app.write(
      'app.js',
      `const file = __dirname + '/data/notes.txt';
       for (let i = 0; i < 100; i++) require('other')(file);
       require('dep')(file);`,
    );
    await diogenesis(app, 'learn', '--', 'node', 'app.js');
    const { findings } = await run(app, {
      deny: [{ package: 'dep', trait: 'fs.read:<app>/data/*', reason: 'not its data' }],
    });
    assert.deepEqual(
      findings.map(({ pattern, package: { name } }) => [pattern, name]),
      [['policy_violation', 'dep']],
    );
  });
});

describe('levels', () => {
  it('lower what a rule says of a trait, and with it what is refused', async () => {
    using app = makeApp();
    app.package('dep', '1.0.0', STEALING_DEP);
    const before = await run(app, {});
    const alert = before.findings.find(({ level }) => level === 'ALERT');
    assert.ok(alert, JSON.stringify(before.findings));
    const levels = [{ package: 'dep', trait: alert.trait, level: 'LOG', reason: 'known, being replaced' }];
    const { findings, stderr } = await run(app, { levels, mode: 'block' });
    const again = findings.slice(before.findings.length);
    assert.deepEqual(
      again.filter(({ trait }) => trait === alert.trait).map(({ level }) => level),
      ['LOG'],
      stderr,
    );
    assert.doesNotMatch(stderr, /ERR_DIOGENESIS_BLOCKED/);
  });

  it('raise what a rule says of a trait, and with it what is refused', async () => {
    using app = makeApp();
    settled(app);
    app.package('dep', '1.0.0', SPAWNING_DEP);
    const plain = await run(app, { mode: 'block' });
    assert.equal(plain.stdout, 'app spawned\n');
    assert.deepEqual([...new Set(plain.findings.map(({ level }) => level))].includes('ALERT'), false);
    assert.ok(plain.findings.some(({ package: { name } }) => name === 'dep'));
    const levels = [{ package: 'dep', trait: 'process.spawn:true', level: 'ALERT', reason: 'never here' }];
    const { stdout, stderr, findings } = await run(app, { mode: 'block', levels });
    assert.equal(stdout, '');
    assert.match(stderr, /ERR_DIOGENESIS_BLOCKED/);
    assert.equal(findings.at(-1)?.level, 'ALERT');
  });
});

describe('an expired override', () => {
  const allow = [{ package: 'dep', trait: 'import:node:child_*', reason: 'migration', expires: '2020-01-01' }];

  it('says so once in a run of several processes, and counts no more', async () => {
    using app = makeApp();
    settled(app);
    app.package('dep', '1.0.0', SPAWNING_DEP);
    app.write('child.js', "require('dep')()");
    app.write('app.js', "require('node:child_process').fork('./child.js')");
    const { stderr, findings } = await run(app, { allow });
    const line =
      /^diogenesis: the override for dep import:node:child_\* \(migration\) expired on 2020-01-01 and counts no more$/gm;
    assert.equal(stderr.match(line)?.length, 1, stderr);
    const found = findings.find(
      ({ trait, package: { name } }) => name === 'dep' && trait === 'import:node:child_process',
    );
    assert.match(found?.baseline ?? '', /its exception \(migration\) expired on 2020-01-01/);
  });

  it('is silent while it counts', async () => {
    using app = makeApp();
    settled(app);
    app.package('dep', '1.0.0', SPAWNING_DEP);
    const { stderr, findings } = await run(app, {
      allow: [
        { ...allow[0], expires: '2999-12-31' },
        { package: 'dep', trait: 'process.spawn:true', reason: 'migration' },
      ],
    });
    assert.doesNotMatch(stderr, /expired/);
    assert.deepEqual(findings, []);
  });
});
