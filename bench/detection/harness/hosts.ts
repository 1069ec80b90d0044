/** The applications around a package: how each kind is written to disk, started and asked for something. */
import { stageAgent } from './agent.ts';
import type { Files, Host } from './types.ts';

export interface Staged {
  readonly files: Files;
  readonly command: (n: number) => readonly string[];
  readonly requests?: (n: number) => readonly string[];
  /** Real packages it needs beside the scenario's own. */
  readonly needs: readonly string[];
}

const settings = '{"name":"orders","page":20}';

function work({ setup, use }: Host, configFolder = "__dirname, 'config'"): string {
  return `'use strict';
const fs = require('node:fs');
const path = require('node:path');
const settings = JSON.parse(fs.readFileSync(path.join(${configFolder}, 'settings.json'), 'utf8'));
${setup}
async function work(n, request) {
${use}
}
`;
}

const ready = (server: string) => `
  console.log('ready ' + ${server}.address().port);
  process.on('SIGTERM', () => process.exit(0));
`;

const paths = (n: number) => [0, 1, 2].map((step) => `/items/${n * 10 + step}`);

export function stage(host: Host): Staged {
  const staged = kinds[host.kind](host);
  const files = { 'config/settings.json': settings, ...staged.files, ...host.files };
  const { requests } = host;
  if (requests === undefined) return { ...staged, files };
  return { ...staged, files, requests: (n) => [...paths(n), ...requests] };
}

const kinds: Record<Host['kind'], (host: Host) => Staged> = {
  agent: stageAgent,

  script: (host) => ({
    needs: [],
    files: {
      'main.js': `${work(host)}
work(Number(process.argv[2])).then((said) => console.log(said, settings.page));
`,
    },
    command: (n) => ['node', 'main.js', String(n)],
  }),

  cli: (host) => ({
    needs: [],
    files: {
      'bin/orders.js': `#!/usr/bin/env node
${work(host, "__dirname, '..', 'config'")}
const [command, ...rest] = process.argv.slice(2);
if (command !== 'build') {
  console.error('usage: orders build [--out FOLDER] N');
  process.exit(2);
}
const out = rest[rest.indexOf('--out') + 1];
fs.mkdirSync(out, { recursive: true });
work(Number(rest.at(-1))).then((said) => {
  fs.writeFileSync(path.join(out, 'page-' + rest.at(-1) + '.txt'), String(said));
  console.log('wrote 1 page');
});
`,
    },
    command: (n) => ['node', 'bin/orders.js', 'build', '--out', 'site', String(n)],
  }),

  esm: (host) => ({
    needs: [],
    files: {
      'package.json': '{"type":"module"}',
      'main.js': `import { readFile } from 'node:fs/promises';
${host.setup}
const settings = JSON.parse(await readFile(new URL('./config/settings.json', import.meta.url), 'utf8'));
async function work(n) {
${host.use}
}
console.log(await work(Number(process.argv[2])), settings.page);
`,
    },
    command: (n) => ['node', 'main.js', String(n)],
  }),

  http: (host) => ({
    needs: [],
    files: {
      'server.js': `${work(host)}
const http = require('node:http');
const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify({ said: await work(Number(/\\d+/.exec(request.url)?.[0] ?? 0), request) }));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error.message));
  }
});
server.listen(0, '127.0.0.1', () => {${ready('server')}});
`,
    },
    command: () => ['node', 'server.js'],
    requests: paths,
  }),

  express: (host) => ({
    needs: ['express', 'ejs'],
    files: {
      'views/item.ejs': '<h1><%= title %></h1><p><%= said %></p>\n',
      'server.js': `${work(host)}
const express = require('express');
const app = express();
app.set('view engine', 'ejs');
app.set('views', path.join(__dirname, 'views'));
app.use(express.json());
app.get('/items/:id', async (request, response, next) => {
  try {
    response.render('item', { title: settings.name, said: await work(Number(request.params.id), request) });
  } catch (error) {
    next(error);
  }
});
const server = app.listen(0, '127.0.0.1', () => {${ready('server')}});
`,
    },
    command: () => ['node', 'server.js'],
    requests: paths,
  }),

  pool: (host) => ({
    needs: [],
    files: {
      'job.js': `${work(host)}
const { parentPort, workerData } = require('node:worker_threads');
work(workerData).then((said) => parentPort.postMessage(said));
`,
      'main.js': `'use strict';
const { Worker } = require('node:worker_threads');
const path = require('node:path');
const n = Number(process.argv[2]);
const jobs = [n, n + 1].map(
  (item) =>
    new Promise((resolve, reject) => {
      new Worker(path.join(__dirname, 'job.js'), { workerData: item }).on('message', resolve).on('error', reject);
    }),
);
Promise.all(jobs).then((all) => console.log(all.join(' ')));
`,
    },
    command: (n) => ['node', 'main.js', String(n)],
  }),

  fork: (host) => ({
    needs: [],
    files: {
      'job.js': `${work(host)}
process.on('message', (n) => {
  work(n).then((said) => {
    process.send(said, () => process.disconnect());
  });
});
`,
      'main.js': `'use strict';
const { fork } = require('node:child_process');
const path = require('node:path');
const child = fork(path.join(__dirname, 'job.js'));
child.on('message', (said) => console.log(said));
child.send(Number(process.argv[2]));
`,
    },
    command: (n) => ['node', 'main.js', String(n)],
  }),

  npm: (host) => ({
    needs: [],
    files: {},
    command: () => ['npm', host.npm ?? 'ci'],
  }),
};
