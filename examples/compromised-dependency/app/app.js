const path = require('node:path');
require('dotenv').config({ path: path.join(__dirname, '.env'), quiet: true });
const axios = require('axios');
const express = require('express');
const pino = require('pino');
const { createFormatter } = require('invoice-format');

const log = pino({ name: process.env.SHOP_NAME });
const backend = axios.create({ baseURL: process.env.BACKEND_URL });
const invoices = createFormatter({ currency: process.env.SHOP_CURRENCY });

const app = express();
app.set('views', path.join(__dirname, 'views'));
app.set('view engine', 'ejs');

app.get('/', (_request, response) => {
  response.render('home', { shop: process.env.SHOP_NAME });
});

app.get('/invoices/:id', async (request, response) => {
  const { data: order } = await backend.get(`/orders/${encodeURIComponent(request.params.id)}`);
  response.render('invoice', { shop: process.env.SHOP_NAME, invoice: invoices.format(order) });
});

app.use((error, request, response, _next) => {
  log.error({ path: request.path, reason: error.message }, 'failed');
  response.status(502).send('the shop is closed for a moment');
});

const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  log.info({ port: server.address().port }, 'listening');
});
