import {
  JSONParse,
  readdirSync,
  readFileSync,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  statSync,
} from '../primordials.ts';

/*
 * A package may carry another one in its own `node_modules`. Where one of the same name and version lies further out,
 * where Node would have found it, no package manager puts a second one there, but for what is bundled. If that is not the
 * same, file by file, it is somebody's code under a name that is known.
 */

const NODE_MODULES = '/node_modules/';
/** Files that are compared; a package with more is believed. */
const MAX_FILES = 500;

/** The folder of whoever carries this package, where the package only bears the name of one further out. */
export function carrierOfNamesake(root: string, name: string, version: string): string | undefined {
  let carrier: string | undefined;
  for (let outer = outside(root); outer !== undefined; outer = outside(outer)) {
    carrier ??= outer;
    const at = StringPrototypeLastIndexOf(outer, NODE_MODULES);
    const other = `${StringPrototypeSlice(outer, 0, at)}${NODE_MODULES}${name}`;
    if (versionOf(other) !== version) continue;
    return isSame(root, other) ? undefined : carrier;
  }
  return undefined;
}

/* `…/node_modules/a/node_modules/b` → `…/node_modules/a` */
function outside(root: string): string | undefined {
  const at = StringPrototypeLastIndexOf(root, NODE_MODULES);
  const outer = at <= 0 ? '' : StringPrototypeSlice(root, 0, at);
  if (StringPrototypeIndexOf(outer, NODE_MODULES) < 0) return undefined;
  const folder = packageFolder(outer);
  // What package managers keep all versions in (`.pnpm`, `.store`) carries nobody.
  const name = StringPrototypeLastIndexOf(folder, NODE_MODULES) + NODE_MODULES.length;
  return folder[name] === '.' ? undefined : folder;
}

/* A folder below a package (`a/lib/node_modules/b`) is the package's. */
function packageFolder(path: string): string {
  const start = StringPrototypeLastIndexOf(path, NODE_MODULES) + NODE_MODULES.length;
  let end = StringPrototypeIndexOf(path, '/', start);
  if (path[start] === '@' && end > 0) end = StringPrototypeIndexOf(path, '/', end + 1);
  return end < 0 ? path : StringPrototypeSlice(path, 0, end);
}

function versionOf(root: string): unknown {
  try {
    return (JSONParse(readFileSync(`${root}/package.json`, 'utf8')) as { version?: unknown }).version;
  } catch {
    return undefined; // there is none
  }
}

function isSame(root: string, other: string): boolean {
  let left = MAX_FILES;
  const compare = (folder: string): boolean => {
    const entries = readdirSync(root + folder, { withFileTypes: true });
    for (let i = 0; i < entries.length && left > 0; i++) {
      const entry = entries[i] as (typeof entries)[number];
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        // What it carries itself has roots of its own.
        if (entry.name !== 'node_modules' && !compare(path)) return false;
      } else {
        left--;
        if (statSync(root + path).size !== statSync(other + path).size) return false;
        if (readFileSync(root + path, 'latin1') !== readFileSync(other + path, 'latin1')) return false;
      }
    }
    return true;
  };
  try {
    return compare('');
  } catch {
    return false; // there is a file here that there is not
  }
}
