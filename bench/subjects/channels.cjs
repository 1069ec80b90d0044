/* Counts what Node itself tells on its channels of the calls that are measured, and does nothing else. */
const { subscribe } = require('node:diagnostics_channel');

globalThis.seen = 0;
for (const name of [
  'net.client.socket',
  'http.client.request.start',
  'undici:request:create',
  'tracing:module.require:start',
  'tracing:module.import:start',
  'child_process',
])
  subscribe(name, () => {
    globalThis.seen++;
  });
