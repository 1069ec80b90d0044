/** A folder in which an example runs: the application as a user would have it, a made-up home, removed afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

export interface Place {
  readonly folder: string;
  /** Runs `diogenesis ARGS` there and answers what was said. */
  diogenesis(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  close(): void;
}

/** Copies the application of an example into a new folder, with this package installed in its node_modules. */
export function openPlace(example: string, env: NodeJS.ProcessEnv = {}): Place {
  const parent = join(example, '.run');
  mkdirSync(parent, { recursive: true });
  const run = mkdtempSync(join(parent, 'run-'));
  const folder = join(run, 'app');
  const home = join(run, 'home');
  cpSync(join(example, 'app'), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules', example.length),
  });
  mkdirSync(home);
  writeFileSync(join(home, '.npmrc'), '//registry.example/:_authToken=not-a-real-token\n');
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  manifest.dependencies['diogenesis-otel'] = '*';
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  const own = join(folder, 'node_modules/diogenesis-otel');
  for (const file of ['package.json', 'diogenesis.schema.json', 'dist']) {
    cpSync(join(repository, file), join(own, file), { recursive: true });
  }
  return {
    folder,
    async diogenesis(...args) {
      const child = spawn(process.execPath, [join(own, 'dist/cli.js'), ...args], {
        cwd: folder,
        env: { HOME: home, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (chunk: string) => {
          said[name] += chunk;
        });
      }
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, ...said };
    },
    close() {
      rmSync(parent, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
