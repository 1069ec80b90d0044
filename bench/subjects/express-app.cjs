/* Prints its port and renders a page for everybody. */
const path = require('node:path');
const express = require('express');

const app = express();
app.set('views', path.join(__dirname, '../../examples/compromised-dependency/app/views'));
app.set('view engine', 'ejs');
const invoice = { title: 'Invoice 1', lines: [{ name: 'lantern', price: '1.00' }], total: '1.00' };
app.get('/', (_request, response) => response.render('invoice', { shop: 'bench', invoice }));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
