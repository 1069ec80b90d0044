import fs from 'node:fs';
import nodeModule from 'node:module';
import { types } from 'node:util';
import { ReflectDefineProperty, ReflectGetOwnPropertyDescriptor, ReflectOwnKeys } from '../../src/primordials.ts';
import { type AnyFunction, becomeConstructor, disguise } from '../sense.ts';

/*
 * What is resolved is not always loaded: `require.resolve` only asks. And who calls `_compile` is on the stack, but to
 * look there for every module costs a tenth of a bare start. Both are known from the `require` under way: its first
 * resolution is of the file it loads, and from there to the compilation Node's loader runs no code that is not its own,
 * unless somebody put some there. So a module is taken for one that is being loaded when its file is the one that was
 * resolved last, and nothing is where that could have been done; in every other case the stack decides.
 */

const { isProxy } = types;
const loader = nodeModule as unknown as Record<string, AnyFunction>;

let resolving = false;
let beingLoaded: string | undefined;

/** A `require` begins: the next resolution is of what it loads. */
export function beginLoad(): void {
  beingLoaded = undefined;
  resolving = true;
}

/** A resolution begins. Answers whether it is the one of the `require` that has begun. */
export function beginResolution(): boolean {
  const isOfLoad = resolving;
  resolving = false;
  return isOfLoad;
}

/** The `require` that has begun loads this file, unless it is loaded already. */
export function willLoad(location: string, parent: unknown): void {
  if (hasPlainChildren(parent)) beingLoaded = location;
}

/** The `require` has ended. */
export function endLoad(): void {
  resolving = false;
  beingLoaded = undefined;
}

/** Replaces a function of the loader. Answers how to undo it. */
export function replace(name: string, wrap: (original: AnyFunction) => AnyFunction): () => void {
  const descriptor = ReflectGetOwnPropertyDescriptor(loader, name);
  const original = descriptor?.value as AnyFunction | undefined;
  if (descriptor?.configurable !== true || typeof original !== 'function') return () => {};
  const value = wrap(original);
  disguise(value, original);
  ReflectDefineProperty(loader, name, { ...descriptor, value });
  const restore = becomeConstructor(value, original);
  return () => {
    restore();
    // Somebody who wrapped us later keeps their wrapper; ours beneath it only passes on.
    if (ReflectGetOwnPropertyDescriptor(loader, name)?.value === value) ReflectDefineProperty(loader, name, descriptor);
  };
}

/** Whether `module` is being compiled by Node's own loader, for sure. Of one resolution it answers once. */
export function isLoaderAtWork(module: unknown, file: unknown): boolean {
  // An imported module was resolved before its load began.
  resolving = false;
  if (file !== beingLoaded || typeof file !== 'string') return false;
  beingLoaded = undefined;
  places ??= describePlaces();
  for (let i = 0; i < places.length; i++) {
    const { object, key, value } = places[i] as Place;
    if (dataOf(object, key) !== value) return false;
  }
  return ReflectOwnKeys(extensions).length === extensionCount && dataOf(loader._cache as never, file) === module;
}

/* Where the loader could be made to run somebody's code on its way from the resolution to the compilation. */
interface Place {
  readonly object: object;
  readonly key: string;
  readonly value: unknown;
}
let places: Place[] | undefined;
let extensions: object;
let extensionCount: number;

/* At the first module, before any of them has run; the senses have put their wrappers in place by then. */
function describePlaces(): Place[] {
  extensions = loader._extensions as object;
  extensionCount = ReflectOwnKeys(extensions).length;
  const found: Place[] = [];
  const add = (object: object, key: string): void => {
    found[found.length] = { object, key, value: dataOf(object, key) };
  };
  add(loader, '_extensions');
  add(loader, '_cache');
  add(loader, '_nodeModulePaths');
  add(extensions, '.js');
  add(nodeModule.prototype, 'load');
  add(nodeModule.prototype, '_compile');
  add(fs, 'readFileSync');
  return found;
}

function dataOf(object: object, key: string): unknown {
  return ReflectGetOwnPropertyDescriptor(object, key)?.value;
}

/* The loader enters a module among its parent's children before it loads it. */
function hasPlainChildren(parent: unknown): boolean {
  if (typeof parent !== 'object' || parent === null) return true;
  return !isProxy(parent) && !isProxy(dataOf(parent, 'children'));
}
