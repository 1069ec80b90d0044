import { Habituation } from '../../src/habituation.ts';
import { senseFailed } from '../../src/perception.ts';
import { processCwd } from '../../src/primordials.ts';

const absolute = new Habituation('fs');
/* A relative path means another file after process.chdir (also in another thread): kept for one working directory. */
const relative = new Habituation('fs', 1024);
let directory = '';

const isWindows = process.platform === 'win32';

/**
 * The hot path: nothing is resolved, the string that the caller gave is the key.
 * On Windows even `\x` depends on the current drive, so that every path counts as relative there.
 */
export function isHabitual(path: string, bit: number): boolean {
  try {
    return path[0] === '/' && !isWindows ? absolute.met(path, bit) : isHabitualHere(path, bit);
  } catch (failure) {
    senseFailed('fs', failure);
    return false;
  }
}

function isHabitualHere(path: string, bit: number): boolean {
  return sameDirectory() && relative.met(path, bit);
}

function sameDirectory(): boolean {
  let now: string;
  try {
    now = processCwd();
  } catch {
    return false;
  }
  if (now === directory) return true;
  directory = now;
  relative.clear();
  return true;
}

/** From now on this operation on this path, written this way, only needs counting. */
export function habituate(path: string, bit: number): void {
  if (path[0] === '/' && !isWindows) absolute.admit(path, bit);
  else if (sameDirectory()) relative.admit(path, bit);
}

/** Another file, or a link, takes the place of what was known under this path. */
export function unlearn(path: string): void {
  absolute.forget(path);
  relative.forget(path);
}
