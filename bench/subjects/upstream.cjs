/* Prints its port: what the proxy fetches from. Never observed. */
const http = require('node:http');

const server = http.createServer((_request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('x'.repeat(2000));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
