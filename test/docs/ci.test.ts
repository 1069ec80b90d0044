/**
 * The commands and scripts of docs/ci.md and of action.yml, taken out of these files and run: a project with a
 * dependency, an update of it that does more, a reviewer who accepts it. Stood in for: the npm registry, the runner of
 * GitHub and its `gh`, GitLab's runner and API.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { AppFolder } from '../support/app-folder.ts';
import { NpmRegistry } from '../support/npm-registry.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/ci.md'), 'utf8');
const LOCK = 'diogenesis.lock.json';
const MARKER = '<!-- diogenesis-check -->';

/** The code blocks of the page that are written in a language, in order. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text as string,
  );
}

const [SET_UP, ACCEPT, PRUNE, SHARDS, ...otherScripts] = blocks('sh') as [string, string, string, string];
const yaml = blocks('yaml');
const blockOf = (first: string) => yaml.find((text) => text.startsWith(`# ${first}`)) ?? assert.fail(first);

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly 'working-directory'?: string;
}

interface Action {
  readonly inputs: Record<string, { default?: string }>;
  readonly outputs: Record<string, { value: string }>;
  readonly runs: { using: string; steps: Step[] };
}

interface Ran {
  readonly code: number;
  readonly output: string;
}

let registry: NpmRegistry;
let app: AppFolder;
let folder = 'project';
const project = () => app.path(folder);

/** Runs a script as both runners do. */
function bash(script: string, env: Record<string, string> = {}, cwd = project()): Promise<Ran> {
  return new Promise((resolve) => {
    const options = {
      cwd,
      env: {
        PATH: [app.path('bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: app.path('home'),
        TMPDIR: app.path('tmp'),
        npm_config_registry: registry.url,
        npm_config_cache: app.path('cache'),
        npm_config_audit: 'false',
        npm_config_fund: 'false',
        npm_config_update_notifier: 'false',
        GIT_CONFIG_NOSYSTEM: '1',
        ...env,
      },
    };
    execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

async function mustRun(script: string): Promise<string> {
  const { code, output } = await bash(script);
  assert.equal(code, 0, output);
  return output;
}

/** The little of a runner's expression language that the files use: a value by its name. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return String(text).replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_all, name: string) => values[name] ?? assert.fail(name));
}

interface Job extends Ran {
  readonly summary: string;
  readonly outputs: Record<string, string>;
}

/** Runs the steps of the job in docs/ci.md. */
function runWorkflow({ actionOnly = false } = {}): Promise<Job> {
  const { jobs } = parse(blockOf('.github/workflows/diogenesis.yml')) as { jobs: { check: { steps: Step[] } } };
  return runSteps(jobs.check.steps.filter((step) => !actionOnly || step.run === undefined));
}

/** Runs steps of a workflow, our action among them, as it lies in the installed package. */
async function runSteps(steps: readonly Step[]): Promise<Job> {
  const job: Job = { code: 0, output: '', summary: '', outputs: {} };
  rmSync(app.path('summary'), { force: true });
  for (const step of steps) {
    if (step.uses?.startsWith('actions/') === true) continue;
    const ran = step.run === undefined ? await runAction(step, job.outputs) : await bash(step.run);
    Object.assign(job, { code: ran.code, output: job.output + ran.output });
    if (ran.code !== 0) break;
  }
  return { ...job, summary: existsSync(app.path('summary')) ? readFileSync(app.path('summary'), 'utf8') : '' };
}

async function runAction({ uses, with: given }: Step, outputs: Record<string, string>): Promise<Ran> {
  const action = parse(readFileSync(join(project(), uses ?? '', 'action.yml'), 'utf8')) as Action;
  assert.equal(action.runs.using, 'composite');
  const values: Record<string, string> = { 'github.token': 'ghs_secret', 'github.event.pull_request.number': '7' };
  for (const [name, input] of Object.entries(action.inputs)) {
    values[`inputs.${name}`] = given?.[name] ?? fill(input.default ?? '', values);
  }
  let all = '';
  let code = 0;
  for (const step of action.runs.steps) {
    const written = app.write('output', '');
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text, values)]));
    const runner = {
      RUNNER_TEMP: app.path('tmp'),
      GITHUB_OUTPUT: written,
      GITHUB_STEP_SUMMARY: app.path('summary'),
      GITHUB_REPOSITORY: 'acme/shop',
    };
    const at = fill(step['working-directory'] ?? '.', values);
    const ran = await bash(step.run ?? '', { ...runner, ...env }, join(project(), at));
    all += ran.output;
    code = ran.code;
    for (const line of readFileSync(written, 'utf8').split('\n')) {
      const [name, value] = line.split('=') as [string, string | undefined];
      if (value !== undefined) values[`steps.${step.id}.outputs.${name}`] = value;
    }
    if (code !== 0) break;
  }
  for (const [name, { value }] of Object.entries(action.outputs)) outputs[name] = fill(value, values);
  return { code, output: all };
}

/* `gh api`, as much of it as is called: comments are kept in a file. */
const GH = `#!/usr/bin/env node
const fs = require('node:fs');
const args = process.argv.slice(2);
const file = process.env.HOME + '/comments.json';
const comments = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [{ id: 1, body: 'Nice.' }];
const option = (name) => args[args.indexOf(name) + 1];
const path = args.find((arg) => arg.startsWith('repos/acme/shop/issues/'));
if (process.env.GH_TOKEN !== 'ghs_secret' || args[0] !== 'api' || path === undefined) process.exit(4);
if (process.env.HOME && fs.existsSync(process.env.HOME + '/forbidden')) { console.error('HTTP 403'); process.exit(1); }
if (!args.includes('--method')) console.log(JSON.stringify([comments]));
else {
  const body = fs.readFileSync(option('--field').replace(/^body=@/, ''), 'utf8');
  if (option('--method') === 'POST') comments.push({ id: comments.length + 1, body });
  else comments.find(({ id }) => path.endsWith('/comments/' + id)).body = body;
  fs.writeFileSync(file, JSON.stringify(comments));
}
`;

function comments(): string[] {
  const file = app.path('home/comments.json');
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as { body: string }[]).map(({ body }) => body).slice(1);
}

/** Runs both jobs of docs/ci.md; the second one, twice, against an API that keeps notes. */
async function runGitLab(notes: { id: number; body: string }[]): Promise<Ran> {
  const jobs = parse(blockOf('.gitlab-ci.yml')) as Record<
    string,
    { script: string[]; artifacts?: { paths: string[] } }
  >;
  const [check, comment] = [jobs.diogenesis, jobs['diogenesis-comment']];
  assert(check?.artifacts !== undefined && comment !== undefined);
  const checked = await bash(check.script.join('\n'));
  for (const file of check.artifacts.paths) assert(existsSync(join(project(), file)), checked.output);

  const server = createServer(async (request, response) => {
    assert.equal(request.headers['private-token'], 'glpat-secret');
    assert.match(request.url ?? '', /^\/api\/v4\/projects\/42\/merge_requests\/7\/notes/);
    if (request.method === 'GET') return response.end(JSON.stringify(notes));
    const body = new URLSearchParams(await textOf(request)).get('body') ?? '';
    if (request.method === 'POST') notes.push({ id: notes.length + 1, body });
    else Object.assign(notes.find(({ id }) => request.url?.endsWith(`/notes/${id}`)) ?? assert.fail(), { body });
    return response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    for (let i = 0; i < 2; i++) {
      const told = await bash(comment.script.join('\n'), {
        CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
        CI_PROJECT_ID: '42',
        CI_MERGE_REQUEST_IID: '7',
        DIOGENESIS_TOKEN: 'glpat-secret',
      });
      assert.equal(told.code, 0, told.output);
    }
  } finally {
    server.close();
    server.closeAllConnections();
    for (const file of check.artifacts.paths) rmSync(join(project(), file));
  }
  return checked;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function publish(version: string, install: string, main = ''): void {
  const manifest = { name: 'dep', version, main: 'index.js', scripts: { postinstall: 'node install.js' } };
  app.write(`dep/${version}/package.json`, JSON.stringify(manifest));
  app.write(`dep/${version}/index.js`, `${main}; module.exports = () => 1;`);
  app.write(`dep/${version}/install.js`, install);
  registry.publish(app.path(`dep/${version}`));
}

const lockText = () => readFileSync(join(project(), LOCK), 'utf8');

describe('in CI', () => {
  before(async () => {
    registry = await NpmRegistry.start();
    app = new AppFolder();
    for (const folder of ['home', 'tmp', 'cache']) app.write(`${folder}/.keep`, '');
    app.write('home/.gitconfig', '[user]\nname = t\nemail = t@example.com\n[init]\ndefaultBranch = main\n');
    app.write('home/.npmrc', '//registry.example/:_authToken=secret');
    for (const at of ['project', 'printed']) {
      app.write(`${at}/package.json`, JSON.stringify({ name: 'app', private: true, scripts: { test: 'node app.js' } }));
      app.write(`${at}/app.js`, "if (require('dep')() !== 1) throw new Error('no');");
      app.write(`${at}/.gitignore`, 'node_modules\n');
    }
    writeFileSync(app.path('bin'), '', { flag: 'a' });
    rmSync(app.path('bin'));
    app.write('bin/gh', GH);
    publish('1.0.0', '');
    await mustRun('chmod +x ../bin/gh; git init --quiet; npm install --ignore-scripts dep@1.0.0');
  });
  after(() => {
    registry[Symbol.dispose]();
    app[Symbol.dispose]();
  });

  it('every script of the page is one that is run here', () => {
    assert.deepEqual(otherScripts, []);
    assert.equal(yaml.length, 4);
    for (const text of blocks('json')) JSON.parse(text);
    assert.equal(parse(blockOf('.github/dependabot.yml')).version, 2);
  });

  it('a project is set up', async () => {
    await mustRun(SET_UP);
    assert.match(lockText(), /"dep@1\.0\.0"/);
    const config = JSON.parse(readFileSync(join(project(), 'diogenesis.config.json'), 'utf8'));
    assert.equal(JSON.parse(readFileSync(join(project(), config.$schema), 'utf8')).title, 'diogenesis.config.json');
    assert.match(readFileSync(join(project(), '.gitignore'), 'utf8'), /^\.diogenesis\/$/m);
    await mustRun(
      'npx --no-install diogenesis learn -- bash -c "npm rebuild && npm test"; git add .; git commit -qm base',
    );
  });

  it('npx runs it where it is not installed', async () => {
    app.write('elsewhere/app.js', "console.log('ran', process.argv[2])");
    const script = 'npx --yes --package diogenesis-otel diogenesis run -- node app.js "a b"';
    const { code, output } = await bash(script, {}, app.path('elsewhere'));
    assert.deepEqual([code, /^ran a b$/m.test(output)], [0, true], output);
    assert.match(output, /^diogenesis: no findings; watched 1 package in 1 process/m);
  });

  it('what init prints is all that a project needs: its commands, and the steps of its workflow', async () => {
    folder = 'printed';
    try {
      await mustRun('git init --quiet; npm install --ignore-scripts dep@1.0.0');
      await mustRun('npm install --ignore-scripts --save-dev diogenesis-otel @opentelemetry/api');
      const printed = await mustRun('npx --no-install diogenesis init');
      const [, next = '', snippet = ''] = /^Next:\n([\s\S]*?)\n\nIn CI [^\n]*\n([\s\S]*)$/m.exec(printed) ?? [];
      const commands = [...next.matchAll(/^ {2}(npx .*?)(?: {3}|$)/gm)].map(([, command]) => command as string);
      assert.deepEqual(commands, ['npx diogenesis learn -- npm test'], printed);
      await mustRun(`${commands.join('\n')}\ngit add .; git commit -qm base`);
      const steps = parse(snippet) as Step[];
      assert.deepEqual(
        steps.map((step) => step.run ?? step.uses),
        ['npm ci --ignore-scripts', './node_modules/diogenesis-otel'],
      );
      const unchanged = await runSteps(steps);
      assert.deepEqual([unchanged.code, unchanged.outputs['exit-code']], [0, '0'], unchanged.output);
      publish(
        '1.1.0',
        '',
        "try { require('node:fs').readFileSync(require('node:os').homedir() + '/.npmrc') } catch {}",
      );
      await mustRun('npm install --package-lock-only dep@1.1.0');
      const updated = await runSteps(steps);
      assert.deepEqual([updated.code, updated.outputs['exit-code']], [3, '3'], updated.output);
      assert.match(updated.summary, /ALERT `dep@1\.1\.0`[\s\S]*fs\.read:<home>\/\.npmrc \[credential\]/);
    } finally {
      folder = 'project';
      rmSync(app.path('home/comments.json'), { force: true });
    }
  });

  it('an unchanged project passes, without a comment', async () => {
    const { code, output, summary, outputs } = await runWorkflow();
    assert.equal(code, 0, output);
    assert.match(summary, /✅/);
    assert.deepEqual(comments(), []);
    assert.equal(JSON.parse(readFileSync(outputs.sarif ?? '', 'utf8')).version, '2.1.0');
  });

  it('an update that does more fails, in the summary and in one comment', async () => {
    publish('1.0.1', "try { require('node:fs').readFileSync(require('node:os').homedir() + '/.npmrc') } catch {}");
    await mustRun('npm install --package-lock-only dep@1.0.1 && git commit -qam "update dep"');
    for (const actionOnly of [false, true]) {
      const { code, output, summary, outputs } = await runWorkflow({ actionOnly });
      assert.equal(code, 3, output);
      assert.equal(outputs['exit-code'], '3');
      assert.match(summary, /ALERT `dep@1\.0\.1`[\s\S]*fs\.read:<home>\/\.npmrc \[credential\]/);
      assert.deepEqual(comments(), [summary]);
    }
    assert(comments()[0]?.startsWith(MARKER));
  });

  it('a pull request that may not be commented fails all the same, with a warning', async () => {
    app.write('home/forbidden', '');
    const { code, output, summary } = await runWorkflow({ actionOnly: true });
    rmSync(app.path('home/forbidden'));
    assert.deepEqual([code, summary.startsWith(MARKER)], [3, true], output);
    assert.match(output, /^::warning::/m);
  });

  it('GitLab says the same in one note', async (context) => {
    if ((await bash('curl --version')).code !== 0) return context.skip('there is no curl');
    const notes = [{ id: 1, body: 'Nice.' }];
    assert.equal((await runGitLab(notes)).code, 3);
    assert.equal(notes.length, 2);
    assert.match(notes[1]?.body ?? '', /^<!-- diogenesis-check -->\n[\s\S]*ALERT `dep@1\.0\.1`/);
  });

  it('what a reviewer accepts passes from then on', async () => {
    await mustRun(ACCEPT);
    assert.match(lockText(), /"dep@1\.0\.1"[\s\S]*\[credential\]/);
    const { code, output } = await runWorkflow({ actionOnly: true });
    assert.equal(code, 0, output);
    assert.match(comments()[0] ?? '', /✅/);
  });

  it('old versions are pruned', async () => {
    assert.match(await mustRun(PRUNE), /pruned: dep@1\.0\.0/);
    assert.doesNotMatch(lockText(), /"dep@1\.0\.0"/);
  });

  it('tests in several jobs make one lock file', async () => {
    rmSync(join(project(), LOCK));
    writeFileSync(join(project(), LOCK), '{\n  "lockfileVersion": 1,\n  "packages": {},\n  "tools": {}\n}\n');
    await mustRun(SHARDS);
    assert.match(lockText(), /"dep@1\.0\.1"/);
  });

  it('a lock file that cannot be read fails, and says why', async () => {
    writeFileSync(join(project(), LOCK), '<<<<<<< HEAD\n');
    const { code, output, summary } = await runWorkflow({ actionOnly: true });
    assert.deepEqual([code, summary], [2, '']);
    assert.match(output, /unresolved merge conflict/);
  });
});
