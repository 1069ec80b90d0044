/**
 * The pages that are made from something else: docs/configuration.md from the JSON Schema, docs/api.md from the TSDoc of
 * the public API, the part of docs/limits.md that comes from runs out of the pages that those write.
 *
 *   npm run docs:write            writes them
 *   npm run docs:check            fails when one is not what would be written
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { installed } from '../test/support/installed.ts';
import { configurationReference } from './configuration-reference.mjs';
import { limitsPage } from './limits-page.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
let stale = 0;

keep(
  'docs/configuration.md',
  configurationReference(JSON.parse(readFileSync(join(root, 'diogenesis.schema.json'), 'utf8'))),
);
keep('docs/limits.md', limitsPage(root));
const api = await apiReference();
if (api !== undefined) keep('docs/api.md', api);
process.exit(stale);

function keep(page, text) {
  const file = join(root, page);
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    stale = 1;
    console.error(`${page} is not what its source says: npm run docs:write`);
  } else console.log(`ok      ${page}`);
}

/** Made by TypeDoc, which needs a TypeScript before 7 and is kept in the cache: nobody else needs it. */
async function apiReference() {
  const found = await installed('typedoc', ['typedoc@0.28.20', 'typedoc-plugin-markdown@4.14.1', 'typescript@6.0.3']);
  if ('missing' in found) {
    console.log(`skipped docs/api.md: ${found.missing}`);
    return undefined;
  }
  const out = mkdtempSync(join(tmpdir(), 'diogenesis-api-'));
  try {
    const tsconfig = join(out, 'tsconfig.json');
    symlinkSync(join(root, 'node_modules'), join(out, 'node_modules'));
    // A copy: TypeDoc wants its entry among the files of a project, and names its folder in the page.
    writeFileSync(join(out, 'diogenesis-otel.ts'), readFileSync(join(root, 'api.d.ts'), 'utf8'));
    writeFileSync(
      tsconfig,
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          skipLibCheck: true,
          noCheck: true,
          types: ['node'],
        },
        files: ['diogenesis-otel.ts'],
      }),
    );
    execFileSync(
      process.execPath,
      [
        join(found.modules, 'typedoc/bin/typedoc'),
        ...['--plugin', join(found.modules, 'typedoc-plugin-markdown/dist/index.js')],
        ...['--tsconfig', tsconfig, '--entryPoints', join(out, 'diogenesis-otel.ts'), '--out', join(out, 'docs')],
        ...['--router', 'module', '--readme', 'none', '--disableSources', '--hideGenerator', '--skipErrorChecking'],
        ...['--excludeExternals', '--excludePrivate', '--excludeInternal', '--hideBreadcrumbs', '--hidePageHeader'],
        ...['--parametersFormat', 'table', '--interfacePropertiesFormat', 'table', '--typeDeclarationFormat', 'table'],
        ...['--name', 'API', '--logLevel', 'Error', '--entryFileName', 'README'],
      ],
      { cwd: out, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const text = readFileSync(join(out, 'docs/README.md'), 'utf8');
    return `<!-- Generated from the TSDoc of the public API (api.d.ts) by npm run docs:write. -->\n\n${text}`;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
