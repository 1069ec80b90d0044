/* Prints MB of heap before and after EVENTS events on as many different targets: node --expose-gc memory.cjs EVENTS */
const fs = require('node:fs');

const events = Number(process.argv[2]);
require('../../dist/index.js').activate({ mode: 'observe', quiet: true });
const used = () => {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const ask = (from, to) => {
  for (let i = from; i < to; i++) fs.existsSync(`/nowhere/folder-${i % 1000}/file-${i}`);
};
ask(0, 1000);
const before = used();
const begin = process.cpuUsage();
ask(1000, events / 2);
const half = used();
ask(events / 2, events);
const { user, system } = process.cpuUsage(begin);
const micros = (user + system) / events;
process.stdout.write(JSON.stringify({ before, half, after: used(), micros }), () => process.exit(0));
