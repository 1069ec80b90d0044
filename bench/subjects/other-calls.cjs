/* Microseconds a call, for functions of which no bare reference can be kept: whole processes are compared. */
const { spawnSync } = require('node:child_process');
const dns = require('node:dns');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

// Beside this file, so that the modules are the application's as this one is.
const folder = fs.mkdtempSync(path.join(__dirname, 'made-'));
const MODULES = 300;
for (let i = 0; i < MODULES; i++) {
  fs.writeFileSync(path.join(folder, `c${i}.cjs`), `exports.value = ${i};`);
  fs.writeFileSync(path.join(folder, `m${i}.mjs`), `export const value = ${i};`);
}
fs.writeFileSync(path.join(folder, 'cached.cjs'), '');
const load = require('node:module').createRequire(path.join(folder, 'main.cjs'));
const once = (start) => new Promise((resolve) => start(resolve));

async function time(times, call) {
  for (let i = 0; i < times / 10; i++) await call(i);
  const begin = process.hrtime.bigint();
  for (let i = 0; i < times; i++) await call(i);
  return Number(process.hrtime.bigint() - begin) / 1000 / times;
}

(async () => {
  const server = http.createServer((_request, response) => response.end('ok'));
  const { port } = await once((done) => server.listen(0, '127.0.0.1', () => done(server.address())));
  const agent = new http.Agent({ keepAlive: true });
  const get = () => once((done) => http.get({ host: '127.0.0.1', port, agent }, (r) => r.resume().on('end', done)));
  const connect = () =>
    once((done) =>
      net
        .connect(port, '127.0.0.1', function () {
          this.destroy();
        })
        .on('close', done),
    );
  const report = {
    'require, cached': await time(20_000, () => load('./cached.cjs')),
    'require, new module': await time(MODULES, (i) => load(`./c${i}.cjs`)),
    'import(), new module': await time(MODULES, (i) => import(path.join(folder, `m${i}.mjs`))),
    'dns.lookup of an address': await time(1_000, () => once((done) => dns.lookup('127.0.0.1', done))),
    'net.connect': await time(400, connect),
    'http.get, kept alive': await time(1_000, get),
    fetch: await time(500, async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
    'spawnSync("true")': await time(60, () => spawnSync('true')),
  };
  agent.destroy();
  server.closeAllConnections();
  server.close();
  fs.rmSync(folder, { recursive: true });
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
})();
