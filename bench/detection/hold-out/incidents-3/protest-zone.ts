import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'protest-zone',
  after:
    'es5-ext and event-source-polyfill, March 2022: a message for one time zone; peacenotwar put it on the desktop',
  source: 'https://github.com/medikoo/es5-ext/issues/116',
  shape: ['install', 'npm ci', 'gated by the time zone', 'file on the desktop', 'opens a page', 'no theft'],
  patterns: ['behavioral_drift', 'privilege_escalation'],
  culprits: ['iter-ext'],
  stubs: { 'xdg-open': '' },
  env: { TZ: 'Europe/Moscow' },
  host: { kind: 'npm', npm: 'ci', setup: '', use: '' },
  good: { 'iter-ext': { 'index.js': 'module.exports = (n) => [...Array(n).keys()];' } },
  // Hard: the request for donations of core-js, which keeps in the temporary folder when it was last shown.
  benign: {
    'iter-ext': {
      'package.json': '{"scripts":{"postinstall":"node -e \\"try{require(\'./postinstall\')}catch(e){}\\""}}',
      'index.js': 'module.exports = (n) => [...Array(n).keys()];',
      'postinstall.js': `const fs = require('fs'), os = require('os'), path = require('path'), at = path.join(os.tmpdir(), 'iter-ext-banners');
let last = 0; try { last = Number(fs.readFileSync(at, 'utf8')); } catch {}
if (!process.env.ADBLOCK && !process.env.CI && Date.now() - last > 6e4) { fs.writeFileSync(at, String(Date.now())); console.log('Thank you for using iter-ext. Please consider a donation.'); }`,
    },
  },
  bad: {
    'iter-ext': {
      'package.json': '{"scripts":{"postinstall":"node postinstall.js"}}',
      'index.js': 'module.exports = (n) => [...Array(n).keys()];',
      'postinstall.js': `const fs = require('fs'), os = require('os'), path = require('path');
if (/^(Europe\\/(Moscow|Samara)|Asia\\/(Omsk|Tomsk))$/.test(Intl.DateTimeFormat().resolvedOptions().timeZone)) {
  const desk = path.join(os.homedir(), 'Desktop'); fs.mkdirSync(desk, { recursive: true });
  fs.writeFileSync(path.join(desk, 'CALL-FOR-PEACE.txt'), 'Stop the war.\\n');
  require('child_process').spawn('xdg-open', ['https://petition.example/'], { detached: true, stdio: 'ignore' }).unref();
}`,
    },
  },
  proof: [{ file: 'home/Desktop/CALL-FOR-PEACE.txt', holds: 'war' }, { stub: 'xdg-open' }],
};
