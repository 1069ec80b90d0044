/**
 * Packs the package as npm would publish it and looks at the content: only what belongs there, entries and types that
 * every kind of consumer can resolve (publint, Are the types wrong), and an install that works beside OpenTelemetry JS 2.x
 * and 3.x.
 *
 *   npm run test:package
 *   npm run api:accept     writes api.d.ts, the public API as the repository has it, anew
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = join(import.meta.dirname, '..');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'diogenesis-pack-'));
const problems = [];

/** Grows with what the package can do, never unseen. */
const MAX_BYTES = 820_000;
const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;

/** What the package must install beside, without a conflict of peers. */
const BESIDE = {
  '2.x': ['@opentelemetry/sdk-node@0.223.0', '@opentelemetry/api@1.9.1'],
  '3.x': ['@opentelemetry/sdk-node@0.301.0', '@opentelemetry/api@1.10.0'],
};
const USE = `
import { createRequire } from 'node:module';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { status, withDiogenesis } from 'diogenesis-otel';
const same = createRequire(import.meta.url)('diogenesis-otel').withDiogenesis === withDiogenesis;
process.env.OTEL_TRACES_EXPORTER = process.env.OTEL_METRICS_EXPORTER = process.env.OTEL_LOGS_EXPORTER = 'none';
const sdk = new NodeSDK(withDiogenesis({ instrumentations: [] }));
sdk.start();
const { active } = status();
await sdk.shutdown();
console.log(same && active ? 'ok' : JSON.stringify({ same, active }));
`;

try {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
      cwd: root,
      encoding: 'utf8',
    }),
  );
  const { files, size, unpackedSize } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
  const tarball = join(
    scratch,
    readdirSync(scratch).find((name) => name.endsWith('.tgz')),
  );
  const belongs =
    /^(dist\/[\w.-]+$|collector-config\/(?!.*\.test\.)|(README|CHANGELOG)\.md$|LICENSE$|package\.json$|action\.yml$|diogenesis\.schema\.json$)/;
  for (const { path } of files) if (!belongs.test(path)) problems.push(`does not belong into the package: ${path}`);
  for (const needed of [
    'dist/index.js',
    'dist/register.js',
    'dist/cli.js',
    'dist/index.d.ts',
    'diogenesis.schema.json',
    'LICENSE',
    'README.md',
  ]) {
    if (!files.some(({ path }) => path === needed)) problems.push(`missing from the package: ${needed}`);
  }
  const code = files.filter(({ path }) => !path.endsWith('.map')).reduce((sum, one) => sum + one.size, 0);
  for (const { path, size: bytes } of files) console.log(`          ${String(bytes).padStart(8)} ${path}`);
  console.log(
    `pack      ${files.length} files, ${kB(size)} packed, ${kB(unpackedSize)} unpacked, ${kB(code)} of it without maps`,
  );
  if (code > MAX_BYTES) problems.push(`${kB(code)} without maps: more than ${kB(MAX_BYTES)}`);

  const surface = readFileSync(join(root, 'dist/index.d.ts'), 'utf8');
  if (process.argv.includes('--accept-api')) writeFileSync(join(root, 'api.d.ts'), surface);
  else if (readFileSync(join(root, 'api.d.ts'), 'utf8') !== surface) {
    problems.push('the public API is not that of api.d.ts; if that is meant: npm run api:accept, and commit it');
  }

  const { messages } = await publint({ pkgDir: root, strict: true, pack: 'npm' });
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg)}`);
  console.log(`publint   ${messages.length} messages`);

  try {
    execFileSync(
      join(root, 'node_modules/.bin/attw'),
      [
        tarball, // Nobody on a Node that we run on resolves the way of Node 10.
        '--profile',
        'node16',
        '--exclude-entrypoints',
        './schema.json',
        '--format',
        'ascii',
        '--no-color',
        '--no-emoji',
      ],
      { encoding: 'utf8' },
    );
    console.log('attw      no problems');
  } catch (error) {
    problems.push(`attw:\n${error.stdout ?? error.message}`);
  }
  for (const [line, peers] of Object.entries(BESIDE)) tryInstalled(line, peers, tarball);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Installs the tarball beside an SDK and uses it from both module systems. */
function tryInstalled(line, peers, tarball) {
  const folder = join(scratch, line);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  writeFileSync(join(folder, 'use.mjs'), USE);
  const run = (program, ...argv) => execFileSync(program, argv, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  try {
    run('npm', 'install', '--no-audit', '--no-fund', ...peers, tarball);
    const said = run(process.execPath, '--require', 'diogenesis-otel/register', 'use.mjs').trim();
    if (said !== 'ok') problems.push(`beside OpenTelemetry JS ${line}: ${said}`);
    const version = run(join(folder, 'node_modules/.bin/diogenesis'), '--version').trim();
    if (version !== pkg.version) problems.push(`beside OpenTelemetry JS ${line}: diogenesis --version says ${version}`);
    console.log(`install   beside OpenTelemetry JS ${line}`);
    tryTypes(line, folder);
  } catch (error) {
    problems.push(`beside OpenTelemetry JS ${line}: ${error.stderr || error.message}`);
  }
}

/** The types as projects of every kind see them: ES modules and CommonJS, resolved by Node's rules or a bundler's. */
function tryTypes(line, folder) {
  const use = `import { NodeSDK } from '@opentelemetry/sdk-node';
import { activate, type Finding, withDiogenesis } from 'diogenesis-otel';
export const sdk: NodeSDK = new NodeSDK(withDiogenesis({ serviceName: 'app' }, { mode: 'observe' }));
export const told = (finding: Finding): string => finding.reason;
// @ts-expect-error there is no such mode
activate({ mode: 'sleep' });
`;
  for (const extension of ['mts', 'cts']) writeFileSync(join(folder, `use.${extension}`), use);
  for (const [module, resolution, file] of [
    ['node16', 'node16', 'use.mts'],
    ['node16', 'node16', 'use.cts'],
    ['nodenext', 'nodenext', 'use.mts'],
    ['nodenext', 'nodenext', 'use.cts'],
    ['esnext', 'bundler', 'use.mts'],
    ['commonjs', 'bundler', 'use.cts'],
  ]) {
    try {
      execFileSync(
        process.execPath,
        [
          join(root, 'node_modules/typescript/bin/tsc'),
          ...['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', module],
          ...[
            '--moduleResolution',
            resolution,
            '--typeRoots',
            join(root, 'node_modules/@types'),
            '--types',
            'node',
            file,
          ],
        ],
        { cwd: folder, encoding: 'utf8', stdio: 'pipe' },
      );
    } catch (error) {
      problems.push(`types, ${module}/${resolution}, ${file}, OpenTelemetry JS ${line}: ${error.stdout}`);
    }
  }
  console.log(`types     node16, nodenext, bundler, CommonJS; OpenTelemetry JS ${line}`);
}

for (const problem of problems) console.error(`problem   ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);
