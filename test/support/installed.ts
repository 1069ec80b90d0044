import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Packages of exact versions in a folder outside the checkout, installed once a machine.
 * Answers the folder of their node_modules, or why they are not to be had.
 */
export async function installed(
  name: string,
  packages: readonly string[],
  /** A test does not wait for long; a script may. */
  timeout = 100_000,
): Promise<{ readonly modules: string } | { readonly missing: string }> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'diogenesis-otel');
  const folder = join(cache, name);
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return { modules };
  const fresh = join(cache, `${name}.${process.pid}`);
  try {
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), '{}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...packages], {
      cwd: fresh,
      timeout,
    });
    // Two tests may install at once: whoever comes second keeps the first one's.
    if (!existsSync(modules)) renameSync(fresh, folder);
    return { modules };
  } catch (error) {
    return { missing: `${packages.join(' ')} cannot be installed: ${String(error).split('\n')[0]}` };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
