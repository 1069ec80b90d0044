/* Serves and asks itself for MINUTES minutes; a line of JSON with heap and cost a request now and then: node soak.cjs MINUTES SAMPLES */
const dns = require('node:dns');
const fs = require('node:fs');
const http = require('node:http');

const end = Date.now() + Number(process.argv[2]) * 60_000;
const every = (Number(process.argv[2]) * 60_000) / Number(process.argv[3]);
const agent = new http.Agent({ keepAlive: true });
let requests = 0;

const server = http.createServer((request, response) => {
  // What every request does, and something that none did before.
  fs.readFile(__filename, 'utf8', (_error, text) => {
    fs.existsSync(`/nowhere/${request.url}`);
    dns.lookup('127.0.0.1', () => response.end(text.slice(0, 100)));
  });
});

function ask(port) {
  return new Promise((done, fail) => {
    http
      .get({ port, host: '127.0.0.1', path: `/${requests++}`, agent }, (response) => response.resume().on('end', done))
      .on('error', fail);
  });
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  while (Date.now() < end) {
    const [from, cpu, until] = [requests, process.cpuUsage(), Date.now() + every];
    while (Date.now() < until) await Promise.all(Array.from({ length: 10 }, () => ask(port)));
    // Time of the processor: what else runs on the machine does not count.
    const { user, system } = process.cpuUsage(cpu);
    const micros = (user + system) / (requests - from);
    for (let i = 0; i < 3; i++) {
      await new Promise((next) => setImmediate(next));
      globalThis.gc();
    }
    const { heapUsed, rss } = process.memoryUsage();
    console.log(JSON.stringify({ requests, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20, micros }));
  }
  process.exit();
});
