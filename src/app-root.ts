import os from 'node:os';
import { setAppRoot, toSlashes } from './attribution/packages.ts';
import type { Roots } from './classification/classifier.ts';
import type { ResolvedConfig } from './config.ts';
import { givenPorts } from './given-ports.ts';
import { packageLinks } from './linked-packages.ts';
import { existsSync, realpathSync, resolvePath } from './primordials.ts';

/** Finds the folders that traits are relative to, and tells attribution which one is the application's. */
export function setupAppRoot(config: ResolvedConfig): Roots {
  const app = toSlashes(isRootGiven(config) ? config.root : findAppRoot());
  setAppRoot(app, process.env);
  const self = [config.lock, config.configFile, config.findings];
  return {
    app,
    home: toSlashes(real(homeFolder())),
    tmp: [...new Set([os.tmpdir(), real(os.tmpdir()), '/tmp', '/var/tmp'].map(toSlashes))],
    user: userName(),
    platform: process.platform,
    links: packageLinks(app),
    isGivenPort: givenPorts(process),
    self: self.filter((file) => file !== undefined).map((file) => toSlashes(resolvePath(file))),
  };
}

/* The CLI tells the root to every process it starts; a lock file lies in it. */
function isRootGiven(config: ResolvedConfig): boolean {
  return (process.env.DIOGENESIS_ROOT ?? '') !== '' || existsSync(config.lock);
}

/* HOME first, as Node and most programs do; a container's user may have none. */
function homeFolder(): string {
  try {
    return os.homedir();
  } catch {
    return '/';
  }
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return ''; // a container's user without a passwd entry
  }
}

/** The folder of the nearest package.json above the main file; above the working directory for a tool run from node_modules. */
function findAppRoot(): string {
  const main = process.argv[1];
  if (main !== undefined && existsSync(main)) {
    const path = toSlashes(real(main));
    if (!path.includes('/node_modules/')) return nearestManifest(path.slice(0, path.lastIndexOf('/'))) ?? process.cwd();
  }
  return nearestManifest(toSlashes(real(process.cwd()))) ?? process.cwd();
}

function nearestManifest(folder: string): string | undefined {
  for (let at = folder; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    if (!at.endsWith('/node_modules') && existsSync(`${at}/package.json`)) return at;
  }
  return undefined;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
