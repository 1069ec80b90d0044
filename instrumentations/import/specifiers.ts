import url from 'node:url';
import {
  isAbsolute,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../../src/primordials.ts';

const NODE_MODULES = '/node_modules/';
const { fileURLToPath } = url;
const isWindows = process.platform === 'win32';

/** The path of a `file:` URL as Node wrote it, without query and fragment; `undefined` for any other URL. */
export function fileOfUrl(location: string): string | undefined {
  if (!StringPrototypeStartsWith(location, 'file://')) return undefined;
  let end = StringPrototypeIndexOf(location, '?');
  if (end < 0) end = StringPrototypeIndexOf(location, '#');
  const plain = end < 0 ? location : StringPrototypeSlice(location, 0, end);
  if (!isWindows && StringPrototypeIndexOf(plain, '%') < 0) return StringPrototypeSlice(plain, 7);
  try {
    return fileURLToPath(plain);
  } catch {
    return undefined;
  }
}

/** The path of a file, named by its path or by its URL. */
export function fileOf(location: string): string | undefined {
  return isAbsolute(location) ? location : fileOfUrl(location);
}

/** The package that a bare specifier names: `a/b` is `a`, `@a/b/c` is `@a/b`; `undefined` when it is not bare. */
export function packageOfSpecifier(specifier: string): string | undefined {
  const first = StringPrototypeCharCodeAt(specifier, 0);
  // '.', '/', '#' (a package's own imports map), and anything with a scheme or a drive
  if (!(first > 0) || first === 46 || first === 47 || first === 35) return undefined;
  if (StringPrototypeIndexOf(specifier, ':') >= 0) return undefined;
  let end = StringPrototypeIndexOf(specifier, '/');
  if (first === 64 && end > 0) end = StringPrototypeIndexOf(specifier, '/', end + 1);
  return end < 0 ? specifier : StringPrototypeSlice(specifier, 0, end);
}

/** Whether the path lies in some package's folder below node_modules. */
export function isInstalled(path: string): boolean {
  return StringPrototypeIndexOf(path, NODE_MODULES) >= 0;
}

/** The folder of the installed package that a file belongs to; empty when it is none's, or the path is not written plainly. */
export function installedFolderOf(path: string): string {
  const at = StringPrototypeLastIndexOf(path, NODE_MODULES);
  if (at < 0) return '';
  const start = at + NODE_MODULES.length;
  let end = StringPrototypeIndexOf(path, '/', start);
  // 64 is '@': a scoped name takes two segments; 46 is '.': what node_modules/.cache and the like hold is no package's
  const first = StringPrototypeCharCodeAt(path, start);
  if (first === 64 && end > 0) end = StringPrototypeIndexOf(path, '/', end + 1);
  return end < 0 || first === 46 ? '' : StringPrototypeSlice(path, 0, end);
}

/** Whether the path belongs to the package in this folder, and not to one nested in it. */
export function isOwnFile(path: string, root: string): boolean {
  return (
    root !== '' &&
    StringPrototypeStartsWith(path, root) &&
    StringPrototypeCharCodeAt(path, root.length) === 47 &&
    StringPrototypeLastIndexOf(path, NODE_MODULES) < root.length
  );
}
