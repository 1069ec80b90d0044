/**
 * Runs the type tests (test/types). tstyche needs the JavaScript API of TypeScript, which 7 has no more: it is given the
 * 6 that is installed beside them, instead of fetching one at run time.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '../..');
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/tstyche/dist/bin.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TSTYCHE_TYPESCRIPT_MODULE: new URL('./node_modules/typescript/lib/typescript.js', import.meta.url).href,
    },
  },
);
process.exit(status ?? 1);
