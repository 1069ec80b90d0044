/**
 * The versions that are supported, each really run: Node × OpenTelemetry JS × ways to set it up × CommonJS and ES modules,
 * then the layouts of the package managers. In every cell an application that serves one request and whose dependency goes
 * bad must print what it prints without Diogenesis, the dependency must be named in an ALERT, and the finding must arrive
 * as an event of a span.
 *
 *   npm run test:compatibility                 everything (some minutes)
 *   npm run test:compatibility -- --write      writes docs/supported-versions.md
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { installed } from '../test/support/installed.ts';
import { startOtlpReceiver } from '../test/support/otlp-receiver.ts';
import { packageManagers } from '../test/support/registry-packages.ts';

const root = join(import.meta.dirname, '..');
const NODES = ['22.15.0', '22.23.3', '24.21.0', '26.9.0'];
const OTEL = {
  '2.x': [
    '@opentelemetry/api@1.9.1',
    '@opentelemetry/sdk-node@0.223.0',
    '@opentelemetry/sdk-trace-node@2.12.0',
    '@opentelemetry/exporter-trace-otlp-http@0.223.0',
  ],
  '3.x': [
    '@opentelemetry/api@1.10.0',
    '@opentelemetry/sdk-node@0.301.0',
    '@opentelemetry/sdk-trace@3.1.0',
    '@opentelemetry/exporter-trace-otlp-http@0.301.0',
  ],
};

/** How the application is set up: a module that is loaded before it, in either module system. */
const SETUPS = {
  'withDiogenesis in a NodeSDK': () => `
    const sdk = new NodeSDK(withDiogenesis({}));
    sdk.start();
    process.once('beforeExit', () => sdk.shutdown());`,
  'createDiogenesis by hand': (line) => `
    const diogenesis = createDiogenesis();
    const sdk = new NodeSDK({
      spanProcessors: [diogenesis.spanProcessor, new BatchSpanProcessor(${line === '2.x' ? 'new OTLPTraceExporter()' : '{ exporter: new OTLPTraceExporter() }'})],
      sampler: diogenesis.sampler(new AlwaysOnSampler()),
      instrumentations: diogenesis.instrumentations,
    });
    sdk.start();
    process.once('beforeExit', () => sdk.shutdown());`,
  'the preload alone': () => undefined,
};
const NAMES = {
  '@opentelemetry/sdk-node': ['NodeSDK'],
  'diogenesis-otel': ['createDiogenesis', 'withDiogenesis'],
  '@opentelemetry/exporter-trace-otlp-http': ['OTLPTraceExporter'],
};
const TRACE_SDK = { '2.x': '@opentelemetry/sdk-trace-node', '3.x': '@opentelemetry/sdk-trace' };
const BODY = `
const server = createServer((request, response) => response.end(label(request.url)));
server.listen(0, '127.0.0.1', async () => {
  const response = await fetch('http://127.0.0.1:' + server.address().port + '/box');
  console.log(response.status, await response.text());
  server.close();
});
`;
const APPS = {
  CommonJS: [
    'app.cjs',
    `const { createServer } = require('node:http');\nconst { label } = require('labels');\n${BODY}`,
  ],
  ESM: ['app.mjs', `import { createServer } from 'node:http';\nimport { label } from 'labels';\n${BODY}`],
};

const scratch = mkdtempSync(join(tmpdir(), 'diogenesis-versions-'));
const receiver = await startOtlpReceiver();
const rows = [];
try {
  await main();
} finally {
  await receiver.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
const failed = rows.filter(({ fault }) => fault !== undefined && !fault.startsWith('skipped')).length;
if (process.argv.includes('--write')) writeFileSync(join(root, 'docs/supported-versions.md'), page());
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

async function main() {
  const tarballs = [root, join(root, 'examples/support/labels-1.0.1')].map(pack);
  const folders = {};
  for (const [line, packages] of Object.entries(OTEL)) {
    folders[line] = newApp(`otel-${line}`, line);
    execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages, ...tarballs], {
      cwd: folders[line],
      stdio: 'pipe',
    });
  }
  for (const version of NODES) {
    const node = await nodeOf(version);
    for (const line of Object.keys(OTEL)) {
      for (const setup of Object.keys(SETUPS)) {
        for (const modules of Object.keys(APPS)) {
          const fault = node.missing
            ? `skipped: ${node.missing}`
            : await tryCell(node.path, folders[line], setup, modules);
          note({ node: version, line, setup, modules, manager: 'npm', fault });
        }
      }
    }
  }
  await tryManagers(tarballs);
}

async function tryManagers(tarballs) {
  const found = await packageManagers();
  const installs = found.modules && {
    pnpm: [join(found.modules, '.bin/pnpm'), 'add', ...OTEL['3.x'], ...tarballs],
    'Yarn 1': [join(found.modules, 'yarn/bin/yarn.js'), 'add', ...OTEL['3.x'], ...tarballs.map((one) => `file:${one}`)],
    'Yarn 4': [
      join(found.modules, '@yarnpkg/cli-dist/bin/yarn.js'),
      'add',
      ...OTEL['3.x'],
      `diogenesis-otel@file:${tarballs[0]}`,
      `labels@file:${tarballs[1]}`,
    ],
  };
  for (const manager of ['pnpm', 'Yarn 1', 'Yarn 4']) {
    const cell = { node: process.versions.node, line: '3.x', setup: 'withDiogenesis in a NodeSDK', manager };
    if (installs === undefined) {
      note({ ...cell, modules: 'CommonJS', fault: `skipped: ${found.missing}` });
      continue;
    }
    const folder = newApp(manager.replace(' ', '-'), '3.x');
    writeFileSync(
      join(folder, '.yarnrc.yml'),
      `nodeLinker: node-modules\nenableImmutableInstalls: false\nnpmRegistryServer: ${JSON.stringify(registry())}\n`,
    );
    writeFileSync(join(folder, 'yarn.lock'), '');
    // What has not been allowed to run scripts is a note, no error.
    writeFileSync(join(folder, 'pnpm-workspace.yaml'), 'strictDepBuilds: false\n');
    const [program, ...argv] = installs[manager];
    try {
      const isScript = program.endsWith('.js');
      execFileSync(isScript ? process.execPath : program, isScript ? [program, ...argv] : argv, {
        cwd: folder,
        stdio: 'pipe',
      });
    } catch (error) {
      note({ ...cell, modules: 'CommonJS', fault: `cannot install: ${`${error.stdout}${error.stderr}`.slice(-600)}` });
      continue;
    }
    for (const modules of Object.keys(APPS)) {
      note({ ...cell, modules, fault: await tryCell(process.execPath, folder, cell.setup, modules) });
    }
  }
}

function registry() {
  return execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
}

function note(row) {
  rows.push(row);
  const { node, line, setup, modules, manager, fault } = row;
  console.log(
    `${fault === undefined ? 'ok    ' : 'not ok'} Node ${node}, OpenTelemetry ${line}, ${manager}, ${modules}, ${setup}${fault === undefined ? '' : `\n${fault}`}`,
  );
}

/** Undefined, or what is wrong. */
async function tryCell(node, folder, setup, modules) {
  const [file] = APPS[modules];
  const flags =
    SETUPS[setup]() === undefined
      ? ['--require', 'diogenesis-otel/register']
      : modules === 'ESM'
        ? ['--import', `./setup-${Object.keys(SETUPS).indexOf(setup)}.mjs`]
        : ['--require', `./setup-${Object.keys(SETUPS).indexOf(setup)}.cjs`];
  receiver.clear();
  const bare = await run(node, [file], folder);
  const watched = await run(node, [...flags, file], folder);
  if (bare.code !== 0 || watched.code !== 0) return `ends with ${watched.code}:\n${watched.stderr.slice(-1500)}`;
  if (watched.stdout !== bare.stdout) return `prints ${watched.stdout}, not ${bare.stdout}`;
  if (!/^diogenesis ALERT data_exfiltration labels@1\.0\.1/m.test(watched.stderr))
    return `no ALERT:\n${watched.stderr}`;
  const arrived = receiver.spans().some(({ events }) => events.some(({ name }) => name === 'diogenesis.finding'));
  return arrived ? undefined : `no finding arrived:\n${watched.stderr}`;
}

async function run(node, argv, cwd) {
  const env = { ...process.env };
  for (const key of Object.keys(env)) if (/^(npm_|OTEL_|DIOGENESIS_|NODE_OPTIONS$)/i.test(key)) delete env[key];
  Object.assign(env, {
    HOME: join(scratch, 'home'),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    PATH: `${dirname(node)}${delimiter}${env.PATH}`,
  });
  const child = spawn(node, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (chunk) => {
      said[name] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...said };
}

function newApp(name, line) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  mkdirSync(join(scratch, 'home'), { recursive: true });
  writeFileSync(join(scratch, 'home/.npmrc'), '//registry.example/:_authToken=not-a-real-token\n');
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "version": "1.0.0", "private": true }');
  for (const [file, text] of Object.values(APPS)) writeFileSync(join(folder, file), text);
  const names = { ...NAMES, [TRACE_SDK[line]]: ['AlwaysOnSampler', 'BatchSpanProcessor'] };
  for (const [index, setup] of Object.values(SETUPS).entries()) {
    const text = setup(line);
    if (text === undefined) continue;
    const used = Object.entries(names)
      .map(([from, all]) => [from, all.filter((one) => text.includes(one))])
      .filter(([, all]) => all.length > 0);
    const required = used.map(([from, all]) => `const { ${all.join(', ')} } = require('${from}');`);
    const imported = used.map(([from, all]) => `import { ${all.join(', ')} } from '${from}';`);
    writeFileSync(join(folder, `setup-${index}.cjs`), `${required.join('\n')}\n${text}\n`);
    writeFileSync(join(folder, `setup-${index}.mjs`), `${imported.join('\n')}\n${text}\n`);
  }
  return folder;
}

function pack(folder) {
  const into = mkdtempSync(join(scratch, 'pack-'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', into], { cwd: folder, stdio: 'pipe' });
  return join(into, readdirSync(into)[0]);
}

/** A Node of that version, from the package that holds its binary. */
async function nodeOf(version) {
  if (version === process.versions.node) return { path: process.execPath };
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const found = await installed(`node-binary-${version}`, [`${name}@${version}`]);
  if ('missing' in found) return found;
  const [binary] = globSync(`${name}/bin/node{,.exe}`, { cwd: found.modules });
  return { path: join(found.modules, binary) };
}

function page() {
  const mark = (cell) => {
    if (cell === undefined || cell.fault?.startsWith('skipped')) return 'not run';
    return cell.fault === undefined ? 'yes' : 'no';
  };
  const table = (list) =>
    [
      '| Node | OpenTelemetry JS | set up by | package manager | CommonJS | ESM |',
      '|---|---|---|---|---|---|',
      ...[
        ...Map.groupBy(list, ({ node, line, setup, manager }) => `| ${node} | ${line} | ${setup} | ${manager} |`),
      ].map(
        ([key, cells]) =>
          `${key} ${['CommonJS', 'ESM'].map((modules) => mark(cells.find((cell) => cell.modules === modules))).join(' | ')} |`,
      ),
    ].join('\n');
  const { peerDependencies, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return `# Supported versions

Generated by \`npm run test:compatibility -- --write\` on ${process.platform} ${process.arch}. *yes*: an application that serves a
request and whose dependency goes bad printed what it prints without Diogenesis, the dependency was named in an ALERT, and
the finding arrived over OTLP as an event of a span.

${table(rows)}

OpenTelemetry JS 2.x is ${OTEL['2.x'].map((one) => `\`${one}\``).join(', ')};
3.x is ${OTEL['3.x'].map((one) => `\`${one}\``).join(', ')}.
The range of \`@opentelemetry/api\` is \`${peerDependencies['@opentelemetry/api']}\`, that of \`@opentelemetry/instrumentation\` is
\`${dependencies['@opentelemetry/instrumentation']}\`.

| system | |
|---|---|
| Linux | run |
| macOS, Windows | **not run**: read through, and the tests of paths, programs and command lines have rows for both |

Programs, tools and loaders it lives beside: [compatibility.md](compatibility.md).
`;
}
