import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';

/** Servers and clients. */
export const web: readonly Workload[] = [
  {
    name: 'express with ejs',
    needs: ['express', 'ejs'],
    files: { 'app/views/a.ejs': '<p><%= n %></p>', 'app/public/a.css': 'p {}' },
    main: `${n}import express from 'express';
const app = express();
app.set('view engine', 'ejs'); app.set('views', 'views');
app.use(express.static('public')); app.use(express.json());
app.get('/:id', (q, r) => r.render('a', { n: q.params.id }));
app.post('/', (q, r) => r.json(q.body));
const server = app.listen(0, '127.0.0.1', async () => {
  const base = 'http://127.0.0.1:' + server.address().port;
  for (let i = 0; i < n; i++) await (await fetch(base + '/' + i)).text();
  await (await fetch(base + '/a.css')).text();
  await (await fetch(base, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })).json();
  server.close(); server.closeAllConnections();
  console.log('done');
});`,
  },
  {
    name: 'fastify',
    needs: ['fastify'],
    main: `${n}import Fastify from 'fastify';
const app = Fastify({ logger: n % 2 === 0 });
app.get('/x/:id', { schema: { response: { 200: { type: 'object', properties: { id: { type: 'string' } } } } } }, async (q) => ({ id: q.params.id }));
app.post('/', { schema: { body: { type: 'object', properties: { a: { type: 'number' } } } } }, async (q) => q.body);
const base = await app.listen({ port: 0, host: '127.0.0.1' });
for (let i = 0; i < n; i++) await (await fetch(base + '/x/' + i)).text();
await (await fetch(base, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })).text();
await app.close();
console.log('done');`,
  },
  {
    name: 'koa',
    needs: ['koa'],
    main: `${n}import { createReadStream } from 'node:fs';
import Koa from 'koa';
const app = new Koa();
app.use((c) => { if (c.path === '/f') { c.type = 'text/plain'; c.body = createReadStream('package.json'); } else c.body = { path: c.path }; });
const server = app.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n; i++) await (await fetch('http://127.0.0.1:' + server.address().port + (i % 2 ? '/f' : '/' + i))).text();
  server.close(); server.closeAllConnections();
  console.log('done');
});`,
  },
  {
    name: 'axios',
    needs: ['axios'],
    main: `${n}import axios from 'axios';
for (let i = 0; i < n; i++) await axios.post('http://' + ['@A@', '@B@', '@C@'][i % 3] + ':@PORT@/' + i, { i });
await axios.get('http://@A@:9/', { timeout: 300 }).catch(() => {});
console.log('done');`,
  },
  {
    name: 'got',
    needs: ['got'],
    main: `${n}import got from 'got';
for (let i = 0; i < n; i++) await got('http://@A@:@PORT@/' + i, { searchParams: { i } }).json();
await got('http://@B@:9/', { retry: { limit: 1, calculateDelay: ({ computedValue }) => computedValue && 5 } }).catch(() => {});
console.log('done');`,
  },
  {
    name: 'undici',
    needs: ['undici'],
    main: `${n}import { Agent, fetch, request } from 'undici';
const agent = new Agent({ connections: 2 });
for (let i = 0; i < n; i++) { const { body } = await request('http://@A@:@PORT@/' + i, { dispatcher: agent }); await body.dump(); }
await (await fetch('http://@B@:@PORT@/')).text();
await agent.close();
console.log('done');
process.exit(0);`,
  },
  {
    name: 'ws',
    needs: ['ws'],
    main: `${n}import { WebSocket, WebSocketServer } from 'ws';
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
  const client = new WebSocket('ws://127.0.0.1:' + server.address().port);
  let left = n;
  client.on('open', () => client.send('m' + left));
  client.on('message', () => { if (--left > 0) client.send('m' + left); else { client.close(); server.close(() => console.log('done')); } });
});
server.on('connection', (socket) => socket.on('message', (m) => socket.send(m)));`,
  },
  {
    name: 'socket.io',
    needs: ['socket.io'],
    main: `${n}import http from 'node:http';
import { Server } from 'socket.io';
const web = http.createServer(); const io = new Server(web);
io.on('connection', (s) => s.on('x', (v, cb) => cb(v)));
web.listen(0, '127.0.0.1', async () => {
  const base = 'http://127.0.0.1:' + web.address().port;
  for (let i = 0; i < n; i++) await (await fetch(base + '/socket.io/?EIO=4&transport=polling&t=' + i)).text();
  await (await fetch(base + '/socket.io/socket.io.js')).text();
  io.close(); web.closeAllConnections();
  console.log('done');
});`,
  },
  {
    name: 'nodemailer',
    needs: ['nodemailer'],
    files: { 'app/invoice.txt': 'an invoice' },
    main: `${n}import net from 'node:net';
import nodemailer from 'nodemailer';
const smtp = net.createServer((s) => {
  let data = false;
  s.on('error', () => {}); s.write('220 mail\\r\\n');
  s.on('data', (chunk) => { for (const line of chunk.toString().split('\\r\\n').filter(Boolean)) {
    if (data) { if (line === '.') { data = false; s.write('250 ok\\r\\n'); } }
    else if (/^DATA/i.test(line)) { data = true; s.write('354 go\\r\\n'); } else if (/^QUIT/i.test(line)) s.end('221 bye\\r\\n'); else s.write('250 ok\\r\\n'); } });
}).listen(0, '127.0.0.1', async () => {
  const mail = nodemailer.createTransport({ host: '127.0.0.1', port: smtp.address().port, secure: false, ignoreTLS: true });
  for (let i = 0; i < n % 3 + 1; i++) await mail.sendMail({ from: 'a@orders.example', to: 'b@orders.example', subject: 'n' + i, text: 'x', attachments: [{ path: 'invoice.txt' }] });
  mail.close(); smtp.close(); console.log('done');
});`,
  },
];
