const fastify = require('fastify');
const { label } = require('labels');

const app = fastify();
app.get('/labels/:text', async ({ params }) => label(params.text));
app.listen({ port: 0, host: '127.0.0.1' }).then(async (address) => {
  const response = await fetch(`${address}/labels/box`);
  console.log(response.status, await response.text());
  await app.close();
});
