const net = require('node:net');
const { status } = require('diogenesis-otel');
const { steal } = require('./thief/index.js');

let connections = 0;
const server = net.createServer((socket) => {
  connections++;
  socket.end();
});
server.listen(0, '127.0.0.1', async () => {
  const result = await steal(server.address().port);
  server.close();
  const code = result?.code === undefined ? '' : `, and got ${result.code}`;
  console.log(`${status().mode}: the thief connected ${connections} times${code}`);
});
