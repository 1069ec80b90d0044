/** Starts what was built, asks it once, and ends it as a platform does: with SIGTERM, waiting for the last export. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const free = createServer().listen(0, '127.0.0.1');
await once(free, 'listening');
const { port } = free.address();
free.close();

const next = spawn(
  process.execPath,
  ['node_modules/next/dist/bin/next', 'start', '-p', String(port), '-H', '127.0.0.1'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
for await (const line of next.stdout) if (/ready/i.test(line)) break;
next.stdout.resume();
const response = await fetch(`http://127.0.0.1:${port}/labels/box`);
console.log(response.status, await response.text());
await wait(6000);
next.kill('SIGTERM');
await once(next, 'close');
