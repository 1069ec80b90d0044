'use strict';
/*
 * Loads the code beside this file. To compile it takes a third of what a start with Diogenesis costs, so V8's code cache
 * is kept next to it, as the `compile-cache` of Node does for whole applications (`node:module`): written by the first
 * process that may write there, used by those of the same Node after it. V8 rejects what it did not make itself for the
 * same source and flags; whoever can write here can as well write the code.
 */
/* Taken before the senses wrap them, and none that is made of others: this is no behavior of the application. */
const { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } = require('node:fs');
const { Script } = require('node:vm');

const file = __filename.replace(/\.js$/, '.code.js');
const cacheFile = __filename.replace(/\.js$/, `.${process.version}-${process.arch}.cache`);
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`;

let cachedData;
let isMissing = false;
// Coverage is less precise in functions that come from a cache.
if (process.env.NODE_V8_COVERAGE === undefined) {
  try {
    cachedData = readFileSync(cacheFile);
  } catch (error) {
    isMissing = error.code === 'ENOENT';
  }
}
const script = new Script(source, { filename: file, cachedData });
script.runInThisContext().call(exports, exports, require, module, file, __dirname);

/** Called when everything is running: the functions that a start needs have been compiled by then. */
exports.keepCompiled = () => {
  // Under the permission model a write that is refused is somebody's alarm.
  if (!isMissing || process.permission !== undefined) return;
  isMissing = false;
  const own = `${cacheFile}.${process.pid}`;
  try {
    const data = script.createCachedData();
    const descriptor = openSync(own, 'wx');
    try {
      for (let at = 0; at < data.length; ) at += writeSync(descriptor, data, at);
    } finally {
      closeSync(descriptor);
    }
    renameSync(own, cacheFile);
  } catch {
    // Read-only, or full: the next start compiles again.
    try {
      unlinkSync(own);
    } catch {}
  }
};
