/* Prints its port, and answers with JSON after a schema. */
const fastify = require('fastify');
const { usage } = require('./report-usage.cjs');

const item = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };
const schema = { response: { 200: { type: 'object', properties: { items: { type: 'array', items: item } } } } };
const items = Array.from({ length: 20 }, (_, id) => ({ id, name: `item ${id}` }));
const app = fastify();
app.get('/', { schema }, async () => ({ items }));
app.get('/usage', async () => usage());
app.listen({ port: 0, host: '127.0.0.1' }).then((address) => console.log(new URL(address).port));
