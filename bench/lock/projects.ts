/** Real applications out of the registry's packages, with tests of their own, and one real update of each. */
import type { Pins } from '../detection/harness/cache.ts';
import type { Application } from './checkout.ts';

export interface Project extends Application {
  readonly title: string;
  readonly pins: Pins;
  /** What is updated, and to which version. */
  readonly update: Pins;
}

const suite = (text: string) =>
  `import assert from 'node:assert/strict';\nimport { after, test } from 'node:test';\n${text}`;
const runTests = () => ['npm', 'test', '--silent'];

export const projects: readonly Project[] = [
  {
    name: 'shop',
    title: 'A web application: Express, EJS templates, TypeORM on SQLite',
    needs: ['express', 'ejs', 'typeorm', 'sql.js', 'reflect-metadata', 'supertest'],
    pins: {
      express: '4.21.2',
      ejs: '3.1.10',
      typeorm: '0.3.20',
      'sql.js': '1.12.0',
      'reflect-metadata': '0.2.2',
      supertest: '7.1.4',
    },
    update: { express: '5.3.0' },
    files: {
      'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node --test' } }),
      'views/orders.ejs':
        '<h1><%= title %></h1><ul><% for (const order of orders) { %><%- include("order", { order }) %><% } %></ul>\n',
      'views/order.ejs': '<li><%= order.id %>: <%= order.item %></li>\n',
      'public/style.css': 'body { font-family: serif; }\n',
      'src/data.js': `import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';
export const Order = new EntitySchema({
  name: 'Order',
  columns: { id: { type: Number, primary: true, generated: true }, item: { type: String } },
});
export const data = new DataSource({ type: 'sqljs', location: 'data/shop.db', autoSave: true, synchronize: true, entities: [Order] });
`,
      'src/app.js': `import express from 'express';
import { data, Order } from './data.js';
export const app = express();
app.set('view engine', 'ejs');
app.use(express.json());
app.use('/public', express.static('public'));
app.get('/orders', async (request, response) => {
  response.render('orders', { title: 'Orders', orders: await data.getRepository(Order).find() });
});
app.post('/orders', async (request, response) => {
  response.status(201).json(await data.getRepository(Order).save({ item: String(request.body.item) }));
});
`,
      'test/orders.test.js': suite(`import { mkdirSync } from 'node:fs';
import request from 'supertest';
import { app } from '../src/app.js';
import { data } from '../src/data.js';
mkdirSync('data', { recursive: true });
await data.initialize();
after(() => data.destroy());
test('an order that was placed is listed', async () => {
  await request(app).post('/orders').send({ item: 'lantern' }).expect(201);
  const { text } = await request(app).get('/orders').expect(200);
  assert.match(text, /lantern/);
});
test('the style sheet is served', async () => {
  await request(app).get('/public/style.css').expect(200).expect('content-type', /css/);
});
`),
    },
    command: runTests,
  },
  {
    name: 'widgets',
    title: 'A library: built with Vite, tested with Vitest',
    needs: ['vite', 'vitest'],
    pins: { vite: '6.4.1', vitest: '3.2.4' },
    update: { vite: '7.3.0' },
    files: {
      'package.json': JSON.stringify({ type: 'module', scripts: { test: 'vite build && vitest run' } }),
      'vite.config.js': `import { defineConfig } from 'vite';
export default defineConfig({ build: { lib: { entry: 'src/index.js', formats: ['es', 'cjs'], fileName: 'widgets' } }, test: { pool: 'forks' } });
`,
      'src/index.js': "import './style.css';\nexport { label } from './label.js';\n",
      'src/label.js': 'export const label = (text) => \'<b class="label">\' + text + "</b>";\n',
      'src/style.css': '.label { color: teal; user-select: none; }\n',
      'test/label.test.js': `import { expect, test } from 'vitest';
import { label } from '../src/label.js';
test('labels', () => { expect(label('x')).toMatchInlineSnapshot('"<b class=\\"label\\">x</b>"'); });
`,
    },
    command: runTests,
  },
  {
    name: 'archive',
    title: 'A service that keeps files in S3: the AWS SDK against a server on loopback',
    needs: ['@aws-sdk/client-s3'],
    pins: { '@aws-sdk/client-s3': '3.600.0' },
    update: { '@aws-sdk/client-s3': '3.1173.0' },
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    home: {
      '.aws/credentials': '[default]\naws_access_key_id = AKIA@CANARY@\naws_secret_access_key = @CANARY@\n',
      '.aws/config': '[default]\nregion = eu-central-1\n',
    },
    files: {
      'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node --test' } }),
      'src/archive.js': `import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
const Bucket = 'archive';
export function archive(endpoint) {
  const s3 = new S3Client({ endpoint, forcePathStyle: true });
  return {
    put: (Key, Body) => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
    get: async (Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString(),
  };
}
`,
      'test/archive.test.js': suite(`import { once } from 'node:events';
import { createServer } from 'node:http';
import { archive } from '../src/archive.js';
const objects = new Map();
const server = createServer(async (request, response) => {
  const path = request.url.split('?')[0];
  if (request.method === 'PUT') objects.set(path, Buffer.concat(await request.toArray()));
  response.end(objects.get(path));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
after(() => server.closeAllConnections() ?? server.close());
test('what was put can be got', async () => {
  const { put, get } = archive('http://127.0.0.1:' + server.address().port);
  await put('page-0', 'first page');
  assert.match(await get('page-0'), /first page/);
});
`),
    },
    command: runTests,
  },
];
