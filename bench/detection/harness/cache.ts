/**
 * Real packages, installed once from exact pins into a cache folder outside the checkout, and hard-linked from there,
 * with everything they depend on, into an application's own node_modules.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export const cache = process.env.DIOGENESIS_BENCH_CACHE ?? join(homedir(), '.cache', 'diogenesis-bench');
/** What the pins depend on is resolved as of this day: a lock file without the lock file. */
const DAY = '2026-11-20';

export type Pins = Readonly<Record<string, string>>;

interface LockEntry {
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Pins;
  readonly optionalDependencies?: Pins;
  readonly peerDependencies?: Pins;
}

export class Installed {
  readonly folder: string;
  private readonly lock: Readonly<Record<string, LockEntry>>;

  private constructor(folder: string) {
    this.folder = folder;
    this.lock = readLock(folder);
  }

  static install(name: string, pins: Pins): Installed {
    const hash = createHash('sha256')
      .update(JSON.stringify([DAY, pins]))
      .digest('hex')
      .slice(0, 10);
    const folder = join(cache, `${name}-${hash}`);
    if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) {
      process.stderr.write(`installing ${Object.keys(pins).length} packages into ${folder}\n`);
      const fresh = `${folder}.${process.pid}`;
      mkdirSync(fresh, { recursive: true });
      writeFileSync(join(fresh, 'package.json'), JSON.stringify({ private: true, dependencies: pins }, null, 2));
      const { status } = spawnSync(
        'npm',
        ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', `--before=${DAY}`, '--loglevel=error'],
        { cwd: fresh, stdio: ['ignore', 2, 2], env: withoutNpm(process.env) },
      );
      if (status !== 0) throw new Error(`npm install of ${name} failed`);
      rmSync(folder, { recursive: true, force: true });
      renameSync(fresh, folder);
    }
    return new Installed(folder);
  }

  /** Links these packages and all they need into `modules`. */
  link(names: readonly string[], modules: string): void {
    for (const at of this.closure(names)) {
      linkTree(join(this.folder, at), join(modules, at.slice('node_modules/'.length)));
    }
  }

  /** `name@version` of these packages and all they need. */
  versions(names: readonly string[]): Set<string> {
    return new Set(
      [...this.closure(names)].map(
        (at) => `${at.slice(at.lastIndexOf('node_modules/') + 13)}@${this.lock[at]?.version}`,
      ),
    );
  }

  private closure(names: readonly string[]): Set<string> {
    const seen = new Set<string>();
    const queue = names.map((name) => {
      const at = this.resolve('', name);
      if (at === undefined) throw new Error(`${name} is not in ${this.folder}`);
      return at;
    });
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const { dependencies, optionalDependencies, peerDependencies } = this.lock[at] ?? {};
      for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
        const found = this.resolve(at, name);
        if (found !== undefined) queue.push(found);
      }
    }
    return seen;
  }

  /** As `require` would find it, from a package's folder upwards. */
  private resolve(from: string, name: string): string | undefined {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
      const at = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
      if (this.lock[at] !== undefined && existsSync(join(this.folder, at))) return at;
      if (folder === '') return undefined;
    }
  }
}

/** A package's own files; nested node_modules come with their own entry of the lock. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isFile()) linkSync(source, target);
    else cpSync(source, target);
  }
}

/** The tool as a global `npm install` would unpack it; a link would make the checkout a part of what is watched. */
export function unpackTool(repository: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  const at = join(to, 'node_modules/diogenesis-otel');
  mkdirSync(at, { recursive: true });
  for (const file of ['package.json', 'dist']) cpSync(join(repository, file), join(at, file), { recursive: true });
  const lock = readLock(repository);
  const queue = ['@opentelemetry/api', '@opentelemetry/instrumentation', '@opentelemetry/sdk-node'];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const target = join(to, 'node_modules', name);
    const entry = lock[`node_modules/${name}`];
    if (entry === undefined || existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(repository, 'node_modules', name), target, { recursive: true });
    queue.push(...Object.keys(entry.dependencies ?? {}));
  }
  return join(at, 'dist/cli.js');
}

function readLock(folder: string): Record<string, LockEntry> {
  return JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')).packages;
}

function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|DIOGENESIS_)/i.test(name)));
}
