/**
 * Packs the package as npm would publish it and looks at the content: only what belongs there, entries and types that
 * every kind of consumer can resolve (publint, Are the types wrong), and an install beside OpenTelemetry JS 2.x and 3.x.
 *
 *   npm run test:package
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = join(import.meta.dirname, '..');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'diogenesis-pack-'));
const problems = [];

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
    /^(dist\/|docs\/|collector-config\/|(README|CHANGELOG)\.md$|LICENSE$|package\.json$|diogenesis\.schema\.json$)/;
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
  console.log(
    `pack      ${files.length} files, ${Math.round(size / 1024)} kB packed, ${Math.round(unpackedSize / 1024)} kB unpacked`,
  );

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
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

for (const problem of problems) console.error(`problem   ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);
