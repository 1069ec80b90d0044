/**
 * The package manager that runs the command (`diogenesis learn -- npm test`) is not part of the application: it is
 * installed elsewhere, in another version on every machine, and would put a hundred packages into the lock file that no
 * package-lock.json knows.
 */
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import type { Principal } from '../behavior.ts';
import { RegExpPrototypeExec, realpathSync, StringPrototypeStartsWith } from '../primordials.ts';

/** Where package managers live; the first group is the folder of the package manager. */
const PLACES: readonly RegExp[] = [
  // npm and the others with a Node of their own (`lib/node_modules/npm`), node-gyp inside npm, a project's own pnpm
  /^(.*\/node_modules\/(?:npm|pnpm|@pnpm\/exe|yarn|@yarnpkg\/cli-dist|corepack))\//,
  // Corepack's cache: ~/.cache/node/corepack/v1/pnpm/9.1.0/bin/pnpm.cjs
  /^(.*\/corepack\/(?:v\d+\/)?(?:npm|pnpm|yarn)\/\d[^/]*)\//,
  // Yarn Berry's convention: the release is committed into the project
  /^(.*\/\.yarn\/releases)\/yarn-[^/]+\.c?js$/,
  // pnpm's own installer: ~/.local/share/pnpm/.tools/pnpm/9.1.0/bin/pnpm.cjs, and Debian's package of yarn
  /^(.*\/pnpm\/\.tools\/pnpm\/\d[^/]*)\//,
  /^(\/usr\/share\/yarn(?:js)?)\//,
];

/** The folder of the package manager whose main script this is; undefined for any other script. */
export function packageManagerFolder(mainScript: string): string | undefined {
  for (let i = 0; i < PLACES.length; i++) {
    const match = RegExpPrototypeExec(PLACES[i] as RegExp, mainScript);
    if (match !== null) return match[1];
  }
  return undefined;
}

/**
 * Whose behavior belongs into an observation of this process: everybody's, except in a process of a package manager,
 * where only packages count that are none of its own (a lifecycle script runs in a process of its own).
 */
export function observedPrincipals(mainScript: string | undefined): (principal: Principal) => boolean {
  const folder = folderOf(mainScript);
  if (folder === undefined) return () => true;
  return ({ kind, root }) =>
    kind === 'tool' || (kind === 'package' && root !== folder && !StringPrototypeStartsWith(root, `${folder}/`));
}

const FOLDER = 'diogenesis.packageManager';

/* A worker made from text (Yarn unpacks in such) has no script of its own: it is what the thread is that started it. */
function folderOf(mainScript: string | undefined): string | undefined {
  const inherited = isMainThread ? undefined : getEnvironmentData(FOLDER);
  if (typeof inherited === 'string') return inherited;
  const folder = mainScript === undefined ? undefined : packageManagerFolder(real(mainScript));
  if (folder !== undefined) setEnvironmentData(FOLDER, folder);
  return folder;
}

function real(path: string): string {
  try {
    path = realpathSync(path);
  } catch {
    // No file: `node -e`, a module of a bundle.
  }
  return path.replaceAll('\\', '/');
}
