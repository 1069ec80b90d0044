/* Writes down what Node's permission audit publishes: one line each of what was asked for, in every process. */
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');

const file = process.env.PEER_LOG;
const ARTEFACTS = new RegExp(process.env.PEER_IGNORE || '^$');
let isOurs = false;
for (const name of ['fs', 'child', 'net', 'worker', 'inspector', 'wasi', 'addon', 'ffi']) {
  subscribe(`node:permission-model:${name}`, ({ permission, resource }) => {
    if (isOurs || ARTEFACTS.test(resource ?? '')) return;
    isOurs = true;
    try {
      appendFileSync(file, `${JSON.stringify({ what: `${permission} ${resource ?? ''}`.trim() })}\n`);
    } finally {
      isOurs = false;
    }
  });
}
