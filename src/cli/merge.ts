/** `diogenesis merge`: lock files and observations of many machines become one; also a git merge driver. */
import fs from 'node:fs';
import { emptyLock, type Lock, parseLock, serializeLock } from '../baseline/lock-file.ts';
import { updateLock } from '../baseline/lock-store.ts';
import { mergeThreeWay } from '../baseline/merge.ts';
import { CliError, plural, say } from './output.ts';
import { mergeSources } from './sources.ts';
import type { CommonOptions } from './workspace.ts';

export interface MergeOptions extends CommonOptions {
  readonly output?: string;
  readonly driver?: boolean;
}

export async function merge(names: readonly string[], options: MergeOptions): Promise<void> {
  if (options.driver === true) {
    mergeForGit(names);
    return;
  }
  if (options.output === undefined) throw new CliError('merge needs -o FILE, the lock file to write');
  if (names.length === 0) throw new CliError('merge needs lock files or observation files to read');
  const merged = mergeSources(names);
  const changed = await updateLock(options.output, () => merged);
  if (options.quiet === true) return;
  const size = plural(merged.packages.size + merged.tools.size, 'entry', 'entries');
  say(
    `diogenesis: ${options.output} ${changed ? 'written' : 'unchanged'}: ${size} from ${plural(names.length, 'source')}`,
  );
}

/* git calls `merge --driver %O %A %B`: ancestor, ours, theirs. The result goes into ours; failing leaves a conflict. */
function mergeForGit(names: readonly string[]): void {
  const [ancestor, ours, theirs] = names;
  if (ancestor === undefined || ours === undefined || theirs === undefined) {
    throw new CliError('merge --driver needs the three files that git gives it: %O %A %B');
  }
  const merged = mergeThreeWay(readVersion(ancestor), readVersion(ours), readVersion(theirs));
  fs.writeFileSync(ours, serializeLock(merged));
}

/* git gives an empty file where a branch has none. */
function readVersion(file: string): Lock {
  const text = fs.readFileSync(file, 'utf8');
  return text === '' ? emptyLock() : parseLock(text, file, { strict: true });
}
