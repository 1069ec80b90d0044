/* Prints its port, and fetches every answer from another server with undici. */
const http = require('node:http');
const { Pool } = require('undici');
const { usage } = require('./report-usage.cjs');

const [, , upstream] = process.argv;
const pool = new Pool(upstream, { connections: 20 });
const server = http.createServer(async (request, response) => {
  if (request.url === '/usage') return response.end(usage());
  const { statusCode, headers, body } = await pool.request({ path: request.url, method: 'GET' });
  response.writeHead(statusCode, { 'content-type': headers['content-type'] ?? 'text/plain' });
  body.pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
