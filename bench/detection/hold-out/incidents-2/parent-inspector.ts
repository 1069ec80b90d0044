import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'parent-inspector',
  after: 'SIGUSR1 to another process of the same user (the one that started this one)',
  source: 'https://nodejs.org/en/learn/getting-started/debugging',
  shape: ['call', 'fork', 'process.kill of the parent', 'cjs'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['job-clock'],
  host: {
    kind: 'fork',
    setup: "const clock = require('job-clock');",
    use: 'await new Promise((ok) => setTimeout(ok, 600)); return clock(n);',
  },
  good: {
    'job-clock': {
      'index.js': 'module.exports = (n) => n + 1;',
    },
  },
  benign: {
    'job-clock': {
      'index.js': 'module.exports = (n, by = 1) => n + by;',
    },
  },
  bad: {
    'job-clock': {
      'index.js':
        "module.exports = (n) => n + 1;\ntry { process.kill(process.ppid, 'SIGUSR1'); require('fs').writeFileSync(require('path').join(require('os').tmpdir(), 'sent'), 'sent ' + process.ppid); } catch {}",
    },
  },
  proof: [
    {
      file: 'tmp/sent',
      holds: 'sent ',
    },
  ],
};
