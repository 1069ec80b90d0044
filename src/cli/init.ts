/** `diogenesis init`: the few lines that a project needs. Adds, never replaces. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { LOCK_FILE_NAME } from '../baseline/lock-file.ts';
import { CONFIG_FILE_NAME } from '../config.ts';
import { CliError, painter, say } from './output.ts';

export interface InitOptions {
  readonly mergeDriver?: boolean;
  readonly quiet?: boolean;
}

const DRIVER = 'npx --no-install diogenesis merge --driver %O %A %B';

export const CI_SNIPPET = `      - run: npm ci --ignore-scripts
      - uses: ./node_modules/diogenesis-otel
        with:
          command: npm test`;

export function init(options: InitOptions): void {
  const done: string[] = [];
  const folder = process.cwd();
  const add = (file: string, text: string) => {
    try {
      fs.writeFileSync(path.join(folder, file), text, { flag: 'wx' });
      done.push(`${file} written`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw new CliError(`${file}: cannot be written (${code})`);
      done.push(`${file} is there already`);
    }
  };
  const schema = './node_modules/diogenesis-otel/diogenesis.schema.json';
  add(CONFIG_FILE_NAME, `${JSON.stringify({ $schema: schema, mode: 'observe', allow: [] }, null, 2)}\n`);
  done.push(addLine(folder, '.gitignore', '.diogenesis/'));
  if (options.mergeDriver === true) {
    done.push(addLine(folder, '.gitattributes', `${LOCK_FILE_NAME} merge=diogenesis`));
    done.push(installDriver(folder));
  }
  if (options.quiet === true) return;
  const paint = painter(process.stderr);
  say(done.map((line) => `diogenesis: ${line}`).join('\n'));
  if (options.mergeDriver !== true) {
    say(
      paint(
        'dim',
        '  two branches that both learned need no conflict: diogenesis init --merge-driver (once in every clone)',
      ),
    );
  }
  say(
    `\nNext:\n  npx diogenesis learn -- npm test     a few times; then commit ${LOCK_FILE_NAME}\n\nIn CI (GitHub Actions; others: docs/ci.md):\n${CI_SNIPPET}`,
  );
}

function addLine(folder: string, file: string, line: string): string {
  const full = path.join(folder, file);
  let text = '';
  try {
    text = fs.readFileSync(full, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new CliError(`${file}: cannot be read (${code})`);
  }
  const lines = text.split(/\r?\n/).map((one) => one.trim());
  if (lines.includes(line) || lines.includes(line.replace(/\/$/, ''))) return `${file} has ${line} already`;
  try {
    fs.appendFileSync(full, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
  } catch (error) {
    throw new CliError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  return `${file}: ${line} added`;
}

/* git takes drivers from its own configuration only: a repository cannot install one in somebody's clone. */
function installDriver(cwd: string): string {
  try {
    const options = { cwd, stdio: 'ignore' } as const;
    execFileSync('git', ['config', 'merge.diogenesis.name', 'diogenesis lock file'], options);
    execFileSync('git', ['config', 'merge.diogenesis.driver', DRIVER], options);
  } catch {
    throw new CliError('the merge driver needs a git repository, and git');
  }
  return 'git merge driver installed in this clone';
}
