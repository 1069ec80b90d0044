import { types } from 'node:util';
import { senseFailed } from '../../src/perception.ts';
import { ReflectGetOwnPropertyDescriptor } from '../../src/primordials.ts';

/*
 * What is resolved is not always loaded: `require.resolve` only asks. The first resolution of a `require` under way is
 * that of what it loads. Between the two the loader reads only what it was called with: arguments by which somebody could
 * run code of their own there, and use that resolution up, make every resolution count until the call is over.
 */

const { isProxy } = types;

let resolving = false;
let doubtful = 0;

/** A `require` begins: the next resolution is of what it loads. Answers what `endLoad` needs. */
export function beginLoad(request: unknown, parent: unknown): boolean {
  const isDoubtful = typeof request !== 'string' || !hasPlainPath(parent);
  if (isDoubtful) doubtful++;
  resolving = true;
  return isDoubtful;
}

/** A resolution begins. Answers whether it is the one of the `require` that has begun. */
export function beginResolution(): boolean {
  const isOfLoad = resolving || doubtful > 0;
  resolving = false;
  return isOfLoad;
}

/** A module is about to be compiled: an imported one was resolved before its load began. */
export function endResolution(): void {
  resolving = false;
}

/** The `require` has ended. */
export function endLoad(wasDoubtful: boolean): void {
  if (wasDoubtful) doubtful--;
  resolving = false;
}

/* The loader looks for its cache of resolutions by the folder of the requiring module. */
function hasPlainPath(parent: unknown): boolean {
  try {
    if (typeof parent !== 'object' || parent === null) return parent === undefined || parent === null;
    return !isProxy(parent) && typeof ReflectGetOwnPropertyDescriptor(parent, 'path')?.value === 'string';
  } catch (failure) {
    senseFailed('import', failure);
    return false;
  }
}
