import fs from 'node:fs';
import { isBuiltinLoaded, onBuiltin } from '../import/module-watch.ts';
import { type AnyFunction, defineSense, type Patcher } from '../sense.ts';
import {
  type Form,
  FS_FUNCTIONS,
  type FsFunction,
  LOAD_ENV_FILE,
  READ_STREAM,
  REALPATH_NATIVE,
  WRITE_HEAP_SNAPSHOT,
  WRITE_REPORT,
  WRITE_STREAM,
} from './functions.ts';
import { patchKeyStore } from './key-store.ts';
import { patchSqlite } from './sqlite.ts';
import { wrapStreamClass, wrapStreamFactory } from './streams.ts';
import { patchWasi } from './wasi.ts';
import { wrapFsFunction } from './wrappers.ts';

/** Sees every file that is opened, listed, changed, linked, watched or asked about by path. */
export const fsSense = defineSense('fs', (patch) => {
  // Before the functions they hang from, which carry their properties over.
  patch.method(fs.realpath, 'native', (original) => wrapFsFunction(REALPATH_NATIVE, 'callback', original));
  patch.method(fs.realpathSync, 'native', (original) => wrapFsFunction(REALPATH_NATIVE, 'sync', original));
  for (let i = 0; i < FS_FUNCTIONS.length; i++) patchFunction(patch, FS_FUNCTIONS[i] as FsFunction);
  patchPromises(patch);
  patchStreamClass(patch, 'ReadStream', READ_STREAM);
  patchStreamClass(patch, 'WriteStream', WRITE_STREAM);
  patch.method(process, 'loadEnvFile', (original) => wrapFsFunction(LOAD_ENV_FILE, 'returns', original));
  patch.whenRead(process, 'report', (report) => {
    patch.method(report, 'writeReport', (original) => wrapFsFunction(WRITE_REPORT, 'returns', original));
  });
  // Loading either would cost every process about a millisecond; most never want them.
  patch.onDisable(
    onBuiltin('v8', (v8) => {
      patch.method(v8, 'writeHeapSnapshot', (original) => wrapFsFunction(WRITE_HEAP_SNAPSHOT, 'returns', original));
    }),
  );
  patch.onDisable(onBuiltin('wasi', (wasi) => patchWasi(patch, wasi)));
  patch.onDisable(onBuiltin('crypto', (crypto) => patchKeyStore(patch, crypto)));
  patch.onDisable(onBuiltin('sqlite', (sqlite) => patchSqlite(patch, sqlite)));
});

function patchFunction(patch: Patcher, fn: FsFunction): void {
  for (let i = 0; i < fn.forms.length; i++) {
    const form = fn.forms[i] as Form;
    if (form === 'promise' || form === 'iterates') continue;
    if (form === 'stream') patch.method(fs, fn.name, (original) => wrapStreamFactory(fn, original));
    else
      patch.method(fs, form === 'sync' ? `${fn.name}Sync` : fn.name, (original) => wrapFsFunction(fn, form, original));
  }
}

/* An application that only reads synchronously never loads fs/promises: that is a twentieth of a bare start. */
function patchPromises(patch: Patcher): void {
  let isPatched = false;
  const patchAll = (promises: object): void => {
    if (isPatched) return;
    isPatched = true;
    for (let i = 0; i < FS_FUNCTIONS.length; i++) {
      const fn = FS_FUNCTIONS[i] as FsFunction;
      for (let k = 0; k < fn.forms.length; k++) {
        const form = fn.forms[k];
        if (form !== 'promise' && form !== 'iterates') continue;
        patch.method(promises, fn.name, (original) => wrapFsFunction(fn, form, original));
      }
    }
  };
  // Loaded already: somebody may hold it.
  if (isBuiltinLoaded('internal/fs/promises')) patchAll(fs.promises);
  patch.whenRead(fs, 'promises', patchAll);
  patch.onDisable(onBuiltin('fs/promises', patchAll));
}

/* `FileReadStream` is the same class under its old name, and `stream.constructor` must be what `fs` shows. */
function patchStreamClass(patch: Patcher, name: 'ReadStream' | 'WriteStream', fn: FsFunction): void {
  let made: { original: AnyFunction; wrapper: AnyFunction } | undefined;
  const wrapOnce = <T extends AnyFunction>(original: T): T => {
    if (made?.original !== original) {
      const wrapper = wrapStreamClass(fn, original);
      made = { original, wrapper };
      patch.method(original.prototype, 'constructor', () => wrapper);
    }
    return made.wrapper as T;
  };
  patch.method(fs, name, wrapOnce);
  patch.method(fs, `File${name}`, wrapOnce);
}
