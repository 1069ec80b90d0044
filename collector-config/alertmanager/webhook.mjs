/**
 * An example of what takes Alertmanager's webhooks: prints a line an alert. Put your chat or your incident tool here.
 *
 *   PORT=9099 node webhook.mjs
 */
import { createServer } from 'node:http';
import process from 'node:process';

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  try {
    for (const { status, labels, annotations } of JSON.parse(body).alerts) {
      console.log(`${status.padEnd(8)} ${labels.severity.padEnd(8)} ${labels.alertname}: ${annotations.summary}`);
    }
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
});
server.listen(Number(process.env.PORT ?? 9099), process.env.HOST ?? '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
