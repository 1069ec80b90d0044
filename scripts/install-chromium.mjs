/**
 * A headless Chromium for the tests of the report: Debian's, unpacked into the cache outside the checkout. Nothing is
 * installed into the system. Prints the folder; exit 1 and one line where it cannot be had.
 *
 *   npm run install:chromium
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const PACKAGE = 'chromium-headless-shell';
/** What a slim container has not, and text needs to be looked at. */
const FONTS = ['fonts-dejavu-core', 'fontconfig-config'];

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'diogenesis-otel');
const folder = join(cache, 'chromium');

if (existsSync(folder)) {
  process.stdout.write(`${folder}\n`);
} else {
  const fresh = join(cache, `chromium.${process.pid}`);
  try {
    install(fresh);
    if (!existsSync(folder)) renameSync(fresh, folder);
    process.stdout.write(`${folder}\n`);
  } catch (error) {
    process.stderr.write(
      `no Chromium: ${String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1)}\n`,
    );
    process.exitCode = 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Package lists and archives of our own: needs apt, but neither root nor the system's lists. */
function install(root) {
  const apt = (...argv) =>
    execFileSync('apt-get', [...options, ...argv], { encoding: 'utf8', stdio: 'pipe', timeout: 240_000 });
  const state = join(root, 'apt');
  for (const name of ['lists/partial', 'archives/partial', 'files']) mkdirSync(join(state, name), { recursive: true });
  const options = [
    ...['-o', `Dir::State::Lists=${state}/lists`],
    ...['-o', `Dir::Cache::Archives=${state}/archives`],
    ...['-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache='],
    // As if nothing were installed: the closure is in the folder whole, whatever this system has.
    ...['-o', `Dir::State::status=${state}/status`],
    ...['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User='],
  ];
  writeFileSync(join(state, 'status'), '');
  apt('update');
  apt('install', '--yes', '--download-only', '--no-install-recommends', PACKAGE, ...FONTS);
  for (const name of readdirSync(join(state, 'archives'))) {
    // The C library goes with the loader of the system.
    if (name.endsWith('.deb') && !name.startsWith('libc6_'))
      execFileSync('dpkg-deb', ['-x', join(state, 'archives', name), join(root, 'files')]);
  }
  rmSync(state, { recursive: true, force: true });
}
