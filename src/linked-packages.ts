/** Packages that lie elsewhere: `npm link`, a workspace, a `file:` dependency. Their place differs from machine to machine. */
import type { Dirent } from 'node:fs';
import { toSlashes } from './attribution/packages.ts';
import type { PackageLink } from './classification/classifier.ts';
import {
  ArrayPrototypePush,
  readdirSync,
  realpathNative,
  StringPrototypeIncludes,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from './primordials.ts';

const MAX_LINKS = 1_000;

/**
 * What the application's `node_modules`, and those of the folders above it, link to outside of any `node_modules`.
 * Read once, when first asked.
 */
export function packageLinks(app: string): () => readonly PackageLink[] {
  let links: PackageLink[] | undefined;
  return () => {
    if (links === undefined) {
      links = [];
      for (
        let folder = app;
        folder !== '';
        folder = StringPrototypeSlice(folder, 0, StringPrototypeLastIndexOf(folder, '/'))
      ) {
        addLinks(`${folder}/node_modules`, '', links);
        if (!StringPrototypeIncludes(folder, '/')) break;
      }
    }
    return links;
  };
}

function addLinks(folder: string, scope: string, links: PackageLink[]): void {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return; // no such folder
  }
  for (let i = 0; i < entries.length && links.length < MAX_LINKS; i++) {
    const entry = entries[i] as Dirent;
    const { name } = entry;
    if (entry.isSymbolicLink()) addLink(`${folder}/${name}`, scope + name, links);
    else if (scope === '' && StringPrototypeStartsWith(name, '@')) addLinks(`${folder}/${name}`, `${name}/`, links);
  }
}

function addLink(link: string, name: string, links: PackageLink[]): void {
  try {
    const root = toSlashes(realpathNative(link));
    // pnpm links into its own store, which is a node_modules too.
    if (!StringPrototypeIncludes(root, '/node_modules/')) ArrayPrototypePush(links, { root, name });
  } catch {
    // It leads nowhere.
  }
}
