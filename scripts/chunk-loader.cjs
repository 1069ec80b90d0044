'use strict';
/*
 * Loads the code beside this file. To compile it takes a third of what a start with Diogenesis costs, so V8's code cache
 * is kept next to it, as the `compile-cache` of Node does for whole applications (`node:module`): written by the first
 * process that may write there, used by those of the same Node after it; and once more by the first process that has
 * looked at much, with what V8 has compiled for that. V8 rejects what it did not make itself for the same source and
 * flags; whoever can write here can as well write the code.
 */
/* Taken before the senses wrap them, and none that is made of others: this is no behavior of the application. */
const { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } = require('node:fs');
const { Script } = require('node:vm');

const file = __filename.replace(/\.js$/, '.code.js');
const cacheFile = (what) => __filename.replace(/\.js$/, `.${process.version}-${process.arch}.${what}`);
const WARM = cacheFile('cache');
const COLD = cacheFile('start.cache');
const source = readFileSync(file, 'latin1');

let cachedData;
/** Which of the two is still to be written. */
let isWarmMissing = false;
let isColdMissing = false;
// Coverage is less precise in functions that come from a cache.
if (process.env.NODE_V8_COVERAGE === undefined) {
  try {
    cachedData = readFileSync(WARM);
  } catch (error) {
    isWarmMissing = error.code === 'ENOENT';
    try {
      cachedData = readFileSync(COLD);
    } catch {
      isColdMissing = isWarmMissing;
    }
  }
}
const script = new Script(source, { filename: file, cachedData });
script.runInThisContext().call(exports, exports, require, module, file, __dirname);

/**
 * Called when everything is running: the functions that a start needs have been compiled by then; and, `isWarm`, when
 * those have that look at acts.
 */
exports.keepCompiled = (isWarm) => {
  // Under the permission model a write that is refused is somebody's alarm.
  if (!(isWarm ? isWarmMissing : isColdMissing) || process.permission !== undefined) return;
  isColdMissing = false;
  if (isWarm) isWarmMissing = false;
  const own = `${WARM}.${process.pid}`;
  let isOurs = false;
  try {
    const data = script.createCachedData();
    const descriptor = openSync(own, 'wx');
    isOurs = true;
    try {
      for (let at = 0; at < data.length; ) at += writeSync(descriptor, data, at);
    } finally {
      closeSync(descriptor);
    }
    renameSync(own, isWarm ? WARM : COLD);
    if (isWarm) unlinkSync(COLD);
  } catch {
    // Read-only, or full: the next start compiles again. Or another thread is writing.
    try {
      if (isOurs) unlinkSync(own);
    } catch {}
  }
};
