/**
 * The upstream tarball of a Debian source package, of one exact version, unpacked once into a cache outside the checkout.
 * npm tarballs rarely carry tests; these do. Where to ask is what this machine's own apt is set up with, in lists of our
 * own, so that nothing of the machine's set-up changes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const SUITES = ['trixie', 'forky', 'sid'];
/** The lists are asked for once a process. */
let lists;

const cache = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'diogenesis-otel');
const run = (program, args, options = {}) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 600_000, ...options });

/**
 * Answers `{ folder }`, or `{ missing }` with the reason.
 * @param {string} name of the source package
 * @param {string} version Debian's, whole
 */
export function debianSource(name, version) {
  const folder = join(cache(), 'debian', `${name}_${version}`);
  if (existsSync(folder)) return { folder };
  const fresh = `${folder}.${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true });
    const options = aptOptions();
    download([...options, 'source', '--download-only', '--tar-only', `${name}=${version}`], fresh);
    const [tarball] = globSync('*.orig.tar.*', { cwd: fresh, exclude: (file) => file.endsWith('.asc') });
    if (tarball === undefined) throw new Error('E: no upstream tarball in it');
    mkdirSync(join(fresh, 'source'));
    run('tar', ['-xf', join(fresh, tarball), '--strip-components=1', '-C', join(fresh, 'source')]);
    if (!existsSync(folder)) renameSync(join(fresh, 'source'), folder);
    return { folder };
  } catch (error) {
    const said = String(error.stderr || error.message)
      .trim()
      .split('\n')
      .findLast((line) => /^E:|Error|ENOENT/.test(line));
    return { missing: `the Debian source package ${name} ${version} is not to be had: ${said ?? error.message}` };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A mirror may lack parts of it that we do not need (types): what counts is the tarball, whose sum apt has checked. */
function download(args, cwd) {
  try {
    run('apt-get', args, { cwd });
  } catch (error) {
    if (globSync('*.orig.tar.*', { cwd }).length === 0) throw error;
  }
}

function aptOptions() {
  if (lists !== undefined) return lists;
  const targets = run('apt-get', ['indextargets', '--format', '$(ORIGIN) $(SUITE) $(REPO_URI)']).split('\n');
  const mirror = targets
    .map((line) => line.split(' '))
    .find(([origin, , uri]) => origin === 'Debian' && uri !== undefined && !uri.includes('security'))?.[2];
  if (mirror === undefined) throw new Error('E: apt of this machine knows no mirror of Debian');
  const at = join(cache(), 'debian', 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(at, folder), { recursive: true });
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(key) ? `[signed-by=${key}] ` : '';
  const sources = SUITES.map((suite) => `deb-src ${signed}${mirror} ${suite} main\n`).join('');
  writeFileSync(join(at, 'sources.list'), sources);
  const options = [
    ['Dir::Etc::sourcelist', join(at, 'sources.list')],
    ['Dir::Etc::sourceparts', '-'],
    ['Dir::State::lists', join(at, 'lists')],
    ['Dir::Cache', join(at, 'cache')],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...options, 'update']);
  lists = options;
  return lists;
}
