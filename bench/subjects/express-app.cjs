/* Prints its port, and for everybody reads a file and renders a page. */
const fs = require('node:fs');
const path = require('node:path');
const express = require('express');
const { usage } = require('./report-usage.cjs');

const app = express();
app.set('views', path.join(__dirname, '../../examples/compromised-dependency/app/views'));
app.set('view engine', 'ejs');
const invoice = { title: 'Invoice 1', lines: [{ name: 'lantern', price: '1.00' }], total: '1.00' };
const settings = path.join(__dirname, '../../package.json');
app.get('/', (_request, response) => {
  const { name } = JSON.parse(fs.readFileSync(settings, 'utf8'));
  response.render('invoice', { shop: name, invoice });
});
app.get('/usage', (_request, response) => response.end(usage()));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
