/** What is installed, as the package manager's own lock file says; read, never resolved. */
import fs from 'node:fs';
import path from 'node:path';
import { entriesOf, type Lock, lockOf } from '../baseline/lock-file.ts';
import { splitKey } from '../baseline/versions.ts';

export interface Inventory {
  /** The file it was read from; undefined when none was found or none could be understood. */
  readonly file: string | undefined;
  /** `name@version` of every package, transitive ones included. */
  readonly keys: ReadonlySet<string>;
}

const READERS: readonly { readonly file: string; readonly read: (text: string) => Iterable<string> }[] = [
  { file: 'package-lock.json', read: readNpm },
  { file: 'npm-shrinkwrap.json', read: readNpm },
  { file: 'pnpm-lock.yaml', read: readPnpm },
  { file: 'yarn.lock', read: readYarn },
];

/** Packages of an application, from the first lock file of a package manager in its folder or above. */
export function inventory(root: string): Inventory {
  for (let folder = root; ; folder = path.dirname(folder)) {
    for (const { file, read } of READERS) {
      const full = path.join(folder, file);
      let text: string;
      try {
        text = fs.readFileSync(full, 'utf8');
      } catch {
        continue;
      }
      try {
        return { file: full, keys: new Set(read(text)) };
      } catch {
        return { file: undefined, keys: new Set() };
      }
    }
    // A workspace's lock file lies at its top; beyond the repository it would be somebody else's.
    if (fs.existsSync(path.join(folder, '.git')) || path.dirname(folder) === folder) break;
  }
  return { file: undefined, keys: new Set() };
}

/** package-lock.json, versions 2 and 3 (`packages` by folder) and 1 (`dependencies`, nested). */
export function* readNpm(text: string): Iterable<string> {
  type Nested = Record<string, { version?: string; dependencies?: Nested }>;
  const lock = JSON.parse(text) as {
    packages?: Record<string, { version?: string; name?: string; link?: boolean }>;
    dependencies?: Nested;
  };
  if (lock.packages !== undefined) {
    for (const [folder, { version, name, link }] of Object.entries(lock.packages)) {
      const at = folder.lastIndexOf('node_modules/');
      if (at < 0 || link === true || version === undefined) continue;
      // `name` differs from the folder for an alias (`npm:other@1`): the installed package.json says the real name.
      yield `${name ?? folder.slice(at + 'node_modules/'.length)}@${version}`;
    }
    return;
  }
  const nested = function* (dependencies: Nested): Iterable<string> {
    for (const [name, entry] of Object.entries(dependencies)) {
      if (entry.version !== undefined && /^\d/.test(entry.version)) yield `${name}@${entry.version}`;
      if (entry.dependencies !== undefined) yield* nested(entry.dependencies);
    }
  };
  if (lock.dependencies !== undefined) yield* nested(lock.dependencies);
}

/* `  /name@1.0.0(peer@2):`, `  'name@1.0.0':`, and `  /name/1.0.0_peer@2:` of lockfile version 5. */
const PNPM_KEY = /^ {2}['"]?\/?((?:@[^/@\s]+\/)?[^/@\s]+)[@/](\d+\.\d+\.\d+[^(_:'"\s]*)[^:]*['"]?:/;

/* `  name@file:x.tgz:`, `  name@https://…:`: the version stands below. */
const PNPM_ELSEWHERE = /^ {2}['"]?\/?((?:@[^/@\s]+\/)?[^/@\s'":]+)@(?:file|link|https?|git|git\+[a-z]+):/;

/** pnpm-lock.yaml: the keys of `packages:`. Line by line, as pnpm writes it; no YAML parser for one list of keys. */
export function* readPnpm(text: string): Iterable<string> {
  let isInside = false;
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\S/.test(line)) isInside = line.startsWith('packages:') || line.startsWith('snapshots:');
    if (!isInside) continue;
    if (/^ {2}\S/.test(line)) name = PNPM_ELSEWHERE.exec(line)?.[1];
    const match = name === undefined ? PNPM_KEY.exec(line) : null;
    if (match !== null) yield `${match[1]}@${match[2]}`;
    const version = name === undefined ? undefined : /^ {4}version: ['"]?([^'"\s]+)/.exec(line)?.[1];
    if (version !== undefined) yield `${name}@${version}`;
  }
}

/** yarn.lock of version 1 (`name@^1:` and `version "1.0.0"`) and of Berry (`"name@npm:^1":` and `version: 1.0.0`). */
export function* readYarn(text: string): Iterable<string> {
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\S/.test(line)) {
      const match = /^"?((?:@[^/@\s"]+\/)?[^/@\s"]+)@(.*)/.exec(line);
      // Berry: the real name of an alias stands behind `npm:`; a workspace is the application itself.
      const alias = /^npm:((?:@[^/@\s"]+\/)?[^/@\s",]+)@/.exec(match?.[2] ?? '')?.[1];
      name =
        match === null || match[2]?.startsWith('workspace:') || match[2]?.startsWith('link:')
          ? undefined
          : (alias ?? match[1]);
      continue;
    }
    const version = /^ {2}version:? "?([^"\s]+)"?/.exec(line)?.[1];
    if (version !== undefined && name !== undefined && /^\d/.test(version)) yield `${name}@${version}`;
  }
}

/**
 * A lock without the entries of packages that are installed no more. What was just observed stays, and so does
 * everything when no package manager's lock file was found.
 */
export function keepInstalled(
  lock: Lock,
  installed: Inventory,
  observed: Lock,
): { lock: Lock; dropped: readonly string[] } {
  if (installed.keys.size === 0) return { lock, dropped: [] };
  const dropped: string[] = [];
  const kept = new Map(entriesOf(lock));
  for (const key of lock.packages.keys()) {
    if (splitKey(key).version === '' || installed.keys.has(key) || observed.packages.has(key)) continue;
    kept.delete(key);
    dropped.push(key);
  }
  return { lock: lockOf(kept), dropped: dropped.sort() };
}
