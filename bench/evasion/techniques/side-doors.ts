import { generateKeyPairSync } from 'node:crypto';
import { techniques } from '../technique.ts';

const fs = `const fs = require('node:fs');`;
const READ = `prove(require('node:fs').readFileSync(process.env.SECRET, 'utf8'))`;
/* A key of nobody: OpenSSL only tells what it has read if it is one. */
const KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

/** Parts of Node that read, connect or run for whoever asks, and are not made for it. */
export const SIDE_DOORS = techniques('own', [
  {
    name: 'openssl-store',
    deed: 'read',
    says: 'OpenSSL opens a private key by its file: URL',
    node: [24, 99],
    files: { '../home/.ssh/id_ecdsa': String(KEY) },
    evil: `exports.run = () => {
      const key = require('node:crypto').createPrivateKey(require('node:url').pathToFileURL(HOME + '/.ssh/id_ecdsa'));
      if (key.export({ type: 'pkcs8', format: 'pem' }).length > 0) prove(TOKEN);
    };`,
  },
  {
    name: 'openssl-store-sign',
    deed: 'read',
    says: 'OpenSSL opens it in order to sign with it',
    node: [24, 99],
    files: { '../home/.ssh/id_ecdsa': String(KEY) },
    evil: `exports.run = () => {
      const { sign } = require('node:crypto'), { pathToFileURL } = require('node:url');
      if (sign(null, Buffer.from('x'), pathToFileURL(HOME + '/.ssh/id_ecdsa')).length > 0) prove(TOKEN);
    };`,
  },
  {
    name: 'array-from-async',
    deed: 'read',
    says: 'Array.fromAsync calls a file function when nobody is on the stack',
    evil: `${fs} exports.run = () => { Array.fromAsync([Promise.resolve(SECRET)], fs.openSync).then(([fd]) => prove(fs.readFileSync(fd, 'utf8'))); };`,
  },
  {
    name: 'repl',
    deed: 'read',
    says: 'a REPL that is fed the code',
    evil: `exports.run = () => {
      const { PassThrough } = require('node:stream');
      globalThis.prove = prove;
      const input = new PassThrough(), output = new PassThrough().resume();
      require('node:repl').start({ input, output, useGlobal: true });
      input.write(${JSON.stringify(`${READ}
`)});
      setTimeout(() => input.end(), 100);
    };`,
  },
  {
    name: 'test-runner',
    deed: 'read',
    says: "Node's test runner runs the code in a process of its own",
    files: {
      'node_modules/evil/payload.js': `process._rawDebug('PROOF ' + require('node:fs').readFileSync(process.env.SECRET, 'utf8'));`,
    },
    evil: `exports.run = () => {
      const stream = require('node:test').run({ files: [require.resolve('./payload.js')], isolation: 'process' });
      stream.on('test:stdout', ({ message }) => prove(message)).on('test:stderr', ({ message }) => prove(message)).resume();
    };`,
  },
  {
    name: 'test-runner-inside',
    deed: 'read',
    says: "Node's test runner runs the code in this process",
    files: {
      'node_modules/evil/payload.js': `process._rawDebug('PROOF ' + require('node:fs').readFileSync(process.env.SECRET, 'utf8'));`,
    },
    evil: `exports.run = () => { require('node:test').run({ files: [require.resolve('./payload.js')], isolation: 'none' }).resume(); };`,
  },
  {
    name: 'web-socket',
    deed: 'connect',
    says: "Node's WebSocket",
    evil: `exports.run = () => { new WebSocket('ws://127.0.0.1:' + SINK + '/' + TOKEN).onerror = () => {}; };`,
  },
  {
    name: 'web-lock',
    deed: 'read',
    node: [24, 99],
    says: 'the callback of a lock is a bound function',
    evil: `${fs} exports.run = () => { navigator.locks.request('x', fs.readFileSync.bind(fs, SECRET, 'utf8')).then(prove); };`,
  },
  {
    name: 'object-index-setter',
    deed: 'read',
    says: 'a setter for index 0 on Object.prototype swallows what arrays are given',
    evil: `${fs} exports.run = () => {
      Object.defineProperty(Object.prototype, '0', { configurable: true, set() {}, get() { return undefined; } });
      try { fs.copyFileSync(SECRET, LOOT); } finally { delete Object.prototype[0]; }
    };`,
  },
  {
    name: 'array-index-fixed',
    deed: 'read',
    says: 'a setter for index 0 on Array.prototype that nobody can take away',
    limit: 'what arrays are given is lost, and with it who did it; the ALERT names nobody',
    way: /^diogenesis\./,
    evil: `${fs} exports.run = () => {
      Object.defineProperty(Array.prototype, '0', { configurable: false, get: () => undefined, set(value) { if (typeof value !== 'object') Object.defineProperty(this, '0', { value, configurable: true, writable: true, enumerable: true }); } });
      fs.copyFileSync(SECRET, LOOT);
    };`,
  },
  {
    name: 'originals-put-back',
    deed: 'read',
    says: 'functions kept from before are put back in the place of ours',
    way: /^diogenesis\./,
    limit: 'what is put back is Node\u2019s own: it says nothing of who did it; the ALERT names nobody',
    before: ['--require', './node_modules/evil/early.js'],
    files: { 'node_modules/evil/early.js': `globalThis.kept = { ...require('node:fs') };` },
    evil: `${fs} exports.run = () => { Object.assign(fs, { readFileSync: kept.readFileSync }); prove(fs.readFileSync(SECRET, 'utf8')); require('node:net').connect(SINK, '127.0.0.1').end(); };`,
  },
]);
