/**
 * Runs the examples as their READMEs say: copied into a new folder, with the package of this checkout packed and
 * installed, a made-up home, and an OTLP receiver that says what arrived.
 *
 *   npm run example -- fastify     one
 *   npm run test:examples          all
 *
 * What is run and what must come of it stands in `example` of the example's package.json:
 *
 * | key | |
 * |---|---|
 * | `commands` | run one after the other; `# exit 3` at the end says what one must end with |
 * | `says` | regular expressions that the output must match |
 * | `traces` | a finding must have arrived as an event of a span of the trace of a request |
 * | `readOnly` | nothing may be written anywhere: run as nobody |
 *
 * Those that tell a story (`run.mjs`) are run in the checkout, by the one command that their README begins with, and must
 * say what stands in it, but for durations and the ids of findings. `-- --accept NAME` writes what was said.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { installed } from '../test/support/installed.ts';
import { startOtlpReceiver } from '../test/support/otlp-receiver.ts';

const root = join(import.meta.dirname, '..');
const NOBODY = 65534;
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const named = (pattern) => globSync(pattern, { cwd: root }).map((file) => file.split(/[\\/]/)[1]);
const isAccepting = process.argv.includes('--accept');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const scriptOf = (name) => (`example:${name}` in scripts ? `run example:${name}` : 'start');
const stories = named('examples/*/run.mjs');
const all = [...named('examples/*/package.json'), ...stories].sort();
const unknown = wanted.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`no example "${unknown}": one of ${all.join(', ')}`);
  process.exit(2);
}

const listed = readFileSync(join(root, 'examples/README.md'), 'utf8');
for (const name of all) {
  if (listed.includes(`(${name}/README.md)`)) continue;
  console.error(`examples/README.md does not list ${name}`);
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), 'diogenesis-examples-'));
chmodSync(scratch, 0o755);
const pack = (folder) => {
  const [{ filename }] = [
    JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
        cwd: folder,
        encoding: 'utf8',
      }),
    ),
  ].flatMap((packed) => (Array.isArray(packed) ? packed : Object.values(packed)));
  return join(scratch, filename);
};
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const tarball = pack(root);
  const labels = {
    '1.0.0': pack(join(root, 'examples/support/labels-1.0.0')),
    '1.0.1': pack(join(root, 'examples/support/labels-1.0.1')),
  };
  for (const name of wanted.length > 0 ? wanted : all) {
    const started = Date.now();
    const { outcome, text } = stories.includes(name) ? await runStory(name) : await runExample(name, tarball, labels);
    counts[outcome]++;
    console.log(`${outcome.padEnd(8)}${name} (${Math.round((Date.now() - started) / 1000)} s)`);
    if (text !== '') console.log(text);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);

async function runExample(name, tarball, labels) {
  const folder = join(scratch, name);
  const home = join(scratch, `${name}-home`);
  cpSync(join(root, 'examples', name), folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  mkdirSync(home);
  writeFileSync(join(home, '.npmrc'), '//registry.example/:_authToken=not-a-real-token\n');
  const { example } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [first = ''] = blocksOf(readFileSync(join(folder, 'README.md'), 'utf8'));
  if (!first.includes(`npm run example -- ${name} `)) {
    return { outcome: 'failed', text: `its README begins with ${first}` };
  }
  for (const file of globSync('{,packages/*/}package.json', { cwd: folder })) {
    const text = readFileSync(join(folder, file), 'utf8')
      .replace(/("diogenesis-otel": )"[^"]*"/, `$1"file:${tarball}"`)
      .replace(/("labels": )"[^"]*?-([\d.]+)"/, (_, key, version) => `${key}"file:${labels[version]}"`);
    writeFileSync(join(folder, file), text);
  }
  const receiver = await startOtlpReceiver();
  const env = {
    ...clean(process.env),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_SERVICE_NAME: name,
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    LABELS_1_0_0: labels['1.0.0'],
    LABELS_1_0_1: labels['1.0.1'],
    NEXT_TELEMETRY_DISABLED: '1',
    PATH: [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  const shell = (command, more = {}) =>
    run('bash', ['-c', command], { cwd: folder, env: { ...env, ...more.env }, ...more.options });
  try {
    let installer = 'npm install --prefer-offline --no-audit --no-fund --no-update-notifier';
    if (example.packageManager === 'pnpm') {
      const pnpm = await installed('package-managers', ['pnpm@12.21.0', 'yarn@1.22.22', '@yarnpkg/cli-dist@4.18.1']);
      if ('missing' in pnpm) return { outcome: 'skipped', text: pnpm.missing };
      env.PATH = `${join(pnpm.modules, '.bin')}${delimiter}${env.PATH}`;
      installer = 'pnpm install --prefer-offline --no-frozen-lockfile';
    }
    const install = await shell(installer);
    if (install.code !== 0) {
      // What the registry does not give is no fault of the example; what does not fit together is.
      return { outcome: /ERESOLVE|EINTEGRITY|ENOENT/.test(install.said) ? 'failed' : 'skipped', text: install.said };
    }
    const own = { env: { HOME: home } };
    if (example.readOnly) Object.assign(own, readOnly(folder));
    let said = '';
    const before = example.readOnly ? fingerprint(folder) : '';
    for (const line of example.commands) {
      const expected = Number(/# exit (\d+)$/.exec(line)?.[1] ?? 0);
      const { code, said: text } = await shell(line, own);
      said += text;
      if (code !== expected)
        return { outcome: 'failed', text: `"${line}" ended with ${code}, not ${expected}:\n${said}` };
    }
    const missing = (example.says ?? []).filter((pattern) => !new RegExp(pattern, 'm').test(said));
    if (missing.length > 0) return { outcome: 'failed', text: `not said: ${missing.join(' and ')}\n${said}` };
    if (example.readOnly && fingerprint(folder) !== before) return { outcome: 'failed', text: 'something was written' };
    if (example.traces && !tracesHaveFinding(receiver)) {
      return {
        outcome: 'failed',
        text: `no finding in a trace of a request; spans: ${receiver.spans().map((span) => span.name)}\n${said}`,
      };
    }
    return { outcome: 'passed', text: wanted.length > 0 ? said : '' };
  } finally {
    await receiver.close();
  }
}

function blocksOf(markdown) {
  return [...markdown.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block]) => block);
}

/** The command of the README, and what it says there that it says. */
async function runStory(name) {
  const file = join(root, 'examples', name, 'README.md');
  const readme = readFileSync(file, 'utf8');
  const [command = '', output = ''] = blocksOf(readme);
  const script = scriptOf(name);
  if (!command.includes(`npm ${script}`)) return { outcome: 'failed', text: `its README begins with ${command}` };
  const env = { ...clean(process.env), PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const { code, said } = await run('npm', ['--silent', ...script.split(' ')], { cwd: root, env });
  if (code !== 0) return { outcome: 'failed', text: `npm ${script} ended with ${code}:\n${said}` };
  const text = said.trimStart();
  const lasting = script === 'start' ? stepsOf : withoutTimes;
  if (lasting(text) === lasting(output)) return { outcome: 'passed', text: wanted.length > 0 ? said : '' };
  const changes = difference(lasting(output), lasting(text));
  if (!isAccepting) return { outcome: 'failed', text: `not what its README says:\n${changes}` };
  const accepted = readme.replace(output, () => text);
  writeFileSync(file, accepted);
  return { outcome: 'passed', text: changes };
}

/** What is the same on every machine and in every run. */
function withoutTimes(text) {
  return text.replace(/\d+\.\d ms/g, '… ms').replace(/\b[a-z0-9]{8}-[a-z0-9]{5}\b/g, 'ID');
}

/** Where counts and durations make up most of it: the steps, and who is accused of what. */
function stepsOf(text) {
  const lines = text.split('\n').filter((line) => /^\d {2}\S|^ {3}diogenesis (?:WARN|ALERT) /.test(line));
  return lines.join('\n');
}

function difference(before, after) {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const lines = old.filter((line) => !now.includes(line)).map((line) => `- ${line}`);
  return [...lines, ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)].join('\n');
}

/** In the trace that a request began there is a span with a finding. */
function tracesHaveFinding(receiver) {
  const SERVER = 2;
  const spans = receiver.spans();
  const requests = new Set(spans.filter(({ kind }) => kind === SERVER).map(({ traceId }) => traceId));
  return spans.some(
    ({ traceId, events }) => requests.has(traceId) && events.some(({ name }) => name === 'diogenesis.finding'),
  );
}

/** A container's file system without a disk: nobody may write, and neither home nor temp exist. */
function readOnly(folder) {
  execFileSync('chmod', ['-R', 'a-w,a+rX', folder]);
  const env = { HOME: '/nonexistent', TMPDIR: '/nonexistent' };
  if (process.getuid?.() !== 0) return { env };
  // Root may write everywhere, and others may not look into root's folders.
  const bin = join(scratch, 'bin');
  mkdirSync(bin, { mode: 0o755, recursive: true });
  if (!existsSync(join(bin, 'node'))) copyFileSync(process.execPath, join(bin, 'node'));
  return { env: { ...env, PATH: `${bin}:/usr/bin:/bin` }, options: { uid: NOBODY, gid: NOBODY } };
}

function fingerprint(folder) {
  return readdirSync(folder, { recursive: true }).sort().join('\n');
}

/** The environment of a user, with the registry that this machine is set to use. */
function clean(env) {
  const kept = { ...env };
  for (const key of Object.keys(kept))
    if (/^(npm_|OTEL_|DIOGENESIS_|NODE_OPTIONS$|INIT_CWD$)/i.test(key)) delete kept[key];
  for (const key of ['registry', 'cache']) {
    kept[`npm_config_${key}`] = execFileSync('npm', ['config', 'get', key], { encoding: 'utf8' }).trim();
  }
  return kept;
}

async function run(program, argv, options) {
  const child = spawn(program, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: 600_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, said };
}
