/*
 * Sandworm with everything allowed, which is how a team finds out what its packages need, and its own record of who
 * called what. What a package calls that it did not call before is what Sandworm would refuse.
 */
const { writeFileSync } = require('node:fs');
const { threadId } = require('node:worker_threads');
const sandworm = require('sandworm');

const file = `${process.env.PEER_LOG}.${process.pid}.${threadId}`;
const write = writeFileSync;
const stringify = JSON.stringify;
/* In dev mode calls are recorded; the inspector they would be sent to is not there. */
sandworm.init({ devMode: true, verbose: false, skipTracking: true });
process.on('exit', () => {
  const lines = new Set();
  for (const { module, family, method } of sandworm.getHistory()) {
    lines.add(stringify({ package: module, what: `${family}.${method}` }));
  }
  write(file, [...lines].map((line) => `${line}\n`).join(''));
});
