/** A little of everything that is watched, and what came of it. */
export const PROGRAM = `
const fs = require('node:fs'), http = require('node:http'), net = require('node:net'), dns = require('node:dns');
const childProcess = require('node:child_process'), vm = require('node:vm'), { Worker } = require('node:worker_threads');
const { once } = require('node:events'), { join } = require('node:path'), { promisify } = require('node:util'), dgram = require('node:dgram');
const out = [];
const note = (what, value) => out.push(what + ' ' + value);
const attempt = async (what, fn) => { try { note(what, await fn()); } catch (error) { if (error.message === 'fault') process._rawDebug('ESCAPED ' + error.stack); note(what, 'threw ' + (error.code ?? error.message)); } };
(async () => {
  const file = join(process.env.TMPDIR, 'file');
  await attempt('write', () => fs.writeFileSync(file, 'text'));
  for (let i = 0; i < 40; i++) await attempt('read' + i, () => fs.readFileSync(file, 'utf8'));
  await attempt('stat', () => fs.statSync(file).size);
  await attempt('callback', () => promisify(fs.readFile)(file, 'utf8'));
  await attempt('promise', () => fs.promises.readFile(file, 'utf8'));
  await attempt('missing', () => fs.promises.readFile(file + '.none'));
  await attempt('stream', async () => { let text = ''; for await (const part of fs.createReadStream(file, 'utf8')) text += part; return text; });
  await attempt('copy', () => fs.cpSync(file, file + '2'));
  await attempt('link', () => fs.symlinkSync(file, file + '3'));
  await attempt('secret', () => fs.readFileSync(process.env.HOME + '/.npmrc', 'utf8').length);
  await attempt('remove', () => fs.rmSync(file + '2', { recursive: true }));
  await attempt('list', () => fs.readdirSync(process.env.TMPDIR).filter((name) => name.startsWith('file')).join());
  const server = http.createServer((request, response) => response.end(request.method + request.url)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address(), url = 'http://127.0.0.1:' + port;
  await attempt('get', async () => { const [response] = await once(http.get(url + '/a'), 'response'); let text = ''; for await (const part of response) text += part; return text; });
  await attempt('fetch', async () => (await fetch(url + '/b', { headers: { connection: 'close' } })).text());
  await attempt('socket', async () => { const socket = net.connect(port, '127.0.0.1'); await once(socket, 'connect'); socket.destroy(); return 'connected'; });
  await attempt('lookup', async () => (await dns.promises.lookup('127.0.0.1')).address);
  await attempt('datagram', async () => { const socket = dgram.createSocket('udp4'); socket.bind(0, '127.0.0.1'); await once(socket, 'listening'); socket.send('x', socket.address().port, '127.0.0.1'); await once(socket, 'message'); socket.close(); return 'sent'; });
  server.close(); server.closeAllConnections();
  await attempt('exec', async () => (await promisify(childProcess.execFile)('echo', ['hello'])).stdout.trim());
  await attempt('spawnSync', () => String(childProcess.spawnSync('sh', ['-c', 'echo shell']).stdout).trim());
  await attempt('node', () => String(childProcess.spawnSync(process.execPath, [join(__dirname, 'child.js')], { env: { PATH: process.env.PATH } }).stdout).trim());
  await attempt('worker', async () => { const worker = new Worker("require('node:worker_threads').parentPort.postMessage(7)", { eval: true, env: {}, execArgv: [] }); const [value] = await once(worker, 'message'); return value; });
  await attempt('import', async () => (await import('./module.mjs')).answer);
  await attempt('require', () => typeof require('node:sqlite').DatabaseSync);
  await attempt('data', async () => (await import('data:text/javascript,export default 3')).default);
  await attempt('vm', () => vm.runInNewContext('1 + 1'));
  await attempt('script', () => new vm.Script('2 + 2', { filename: __filename }).runInThisContext());
  await attempt('timer', () => new Promise((done) => setTimeout(done, 1, 'rang')));
  await attempt('handed on', () => new Promise((done) => { setTimeout(fs.readFile, 1, file, 'utf8', (error, text) => done(text)); }));
  await attempt('bound', () => Promise.resolve('utf8').then(fs.readFileSync.bind(fs, file)));
  await attempt('emitter', () => { const emitter = new (require('node:events'))(); emitter.on('x', fs.statSync); emitter.emit('x', file); emitter.off('x', fs.statSync); return emitter.listenerCount('x'); });
  await attempt('builtin', () => typeof process.getBuiltinModule('fs').readFileSync);
  await attempt('createRequire', () => require('node:module').createRequire(__filename)('node:path').sep);
  console.log(out.join('\\n'));
})();`;

/**
 * What takes the place of a function of Node, or makes the host's own call in it: an error of that call must come out as
 * it is, so nothing may catch there (or, `beginLoad`, calls nothing that is not guarded). What these call besides is in the table of faults itself.
 */
export const FUNCTIONS_OF_THE_HOST =
  /(^|>)(wrapper|then|bind|get|apply|construct|lent|wrapped|fetch|load|resolve|callThrough|callTelling|callBackTo|make|sensed|createSocket|connect|runWebCall|listen|runAs|observe|beginLoad)>?$/;
