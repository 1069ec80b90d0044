/** What Lambda does: start the function's process, hand it an event, and freeze it as soon as it has answered. */
const { fork } = require('node:child_process');

if (process.argv[2] === 'function') {
  const { handler } = require('./handler.js');
  process.on('message', async (event) => process.send(await handler(event)));
} else {
  const lambda = fork(__filename, ['function']);
  lambda.on('message', ({ statusCode, body }) => {
    lambda.kill('SIGKILL');
    console.log(statusCode, body);
  });
  lambda.send({ text: 'box' });
}
