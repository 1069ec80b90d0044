import url from 'node:url';
import util from 'node:util';
import {
  ArrayIsArray,
  dirname,
  isAbsolute,
  processCwd,
  resolvePath,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  uncurryThis,
} from '../../src/primordials.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decode = uncurryThis<InstanceType<typeof TextDecoder>, (bytes: Uint8Array) => string>(
  TextDecoder.prototype.decode as (bytes: Uint8Array) => string,
);
/* Taken now: an import of a builtin follows whatever its exports are replaced by. */
const { fileURLToPath } = url;
const { isUint8Array } = util.types;

/**
 * A path argument as a string: Node takes strings, bytes and `file:` URLs. `undefined` for what it would reject, and for
 * file descriptors and handles, whose file was opened before.
 */
export function pathOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return usable(argument);
  if (typeof argument !== 'object' || argument === null) return undefined;
  if (isUint8Array(argument)) return usable(decode(decoder, argument));
  return urlPathOf(argument);
}

function usable(path: string): string | undefined {
  return path === '' || StringPrototypeIndexOf(path, '\0') >= 0 ? undefined : path;
}

/** The path of anything that Node takes for a `file:` URL: it looks at the properties, not at the class. */
export function urlPathOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || isUint8Array(argument)) return undefined;
  const { href, protocol } = argument as Partial<URL>;
  if (!href || protocol !== 'file:') return undefined;
  try {
    return usable(fileURLToPath(argument as URL));
  } catch {
    // Another host or an encoded slash: Node rejects it with an error of its own.
    return undefined;
  }
}

/** Absolute and normalised, without asking the file system. */
export function absolutePath(path: string, base?: string): string {
  if (isAbsolute(path)) return resolvePath(path);
  return resolvePath(base ?? workingDirectory(), path);
}

function workingDirectory(): string {
  try {
    return processCwd();
  } catch {
    return '/'; // the working directory is gone
  }
}

/** A symbolic link's target means what it means beside the link. */
export function symlinkTarget(target: string, link: string | undefined): string {
  return absolutePath(target, link === undefined ? undefined : dirname(absolutePath(link)));
}

/* The characters with which a glob pattern stops being a path. */
const MAGIC = /[*?[\]{}()!+@]/;
const exec = uncurryThis<RegExp, (text: string) => RegExpExecArray | null>(RegExp.prototype.exec);

/** The folders that a glob looks into: the part of each pattern before its first wildcard. */
export function globFolders(patterns: unknown, options: unknown): string[] {
  const list = ArrayIsArray(patterns) ? (patterns as unknown[]) : [patterns];
  const cwd = typeof options === 'object' && options !== null ? (options as { cwd?: unknown }).cwd : undefined;
  const given = pathOf(cwd);
  const base = given === undefined ? undefined : absolutePath(given);
  const folders: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const pattern = list[i];
    if (typeof pattern !== 'string') continue;
    const magic = exec(MAGIC, pattern);
    // 'a/b*' looks into a: a last part behind the slash is cut with the wildcard.
    const stem = magic === null ? pattern : dirname(`${StringPrototypeSlice(pattern, 0, magic.index)}x`);
    const folder = absolutePath(stem === '' ? '.' : stem, base);
    let known = false;
    for (let k = 0; k < folders.length; k++) known ||= folders[k] === folder;
    if (!known) folders[folders.length] = folder;
  }
  return folders;
}
