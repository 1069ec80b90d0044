const http = require('node:http');
const { label } = require('labels');

// One request to itself, then it ends.
const server = http.createServer((request, response) => response.end(label(request.url)));
server.listen(0, '127.0.0.1', async () => {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/box`);
  console.log(response.status, await response.text());
  server.close();
});
