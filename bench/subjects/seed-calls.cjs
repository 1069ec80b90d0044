/* The operations of seed-calls.py, bare and with Diogenesis: whole batches in turns, microseconds an operation. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { activate } = require('../../dist/index.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'diogenesis-seed-'));
const file = path.join(folder, 'settings.json');
const loaded = path.join(folder, 'loaded.cjs');
fs.writeFileSync(file, '{"some": "settings"}');
fs.writeFileSync(loaded, '');
require(loaded);
const rounds = Number(process.argv[2]);
const buffer = Buffer.alloc(64);

const OPERATIONS = {
  'open, read, close': () => {
    const descriptor = fs.openSync(file, 'r');
    fs.readSync(descriptor, buffer);
    fs.closeSync(descriptor);
  },
  'import of what is loaded': () => require(loaded),
};
function batch(call) {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < 500; i++) call();
  return Number(process.hrtime.bigint() - begin) / 1000 / 500;
}

const report = {};
for (const [name, call] of Object.entries(OPERATIONS)) {
  report[name] = { bare: [], patched: [] };
  for (let i = 0; i < 40; i++) batch(call);
}
for (let round = 0; round < rounds; round++) {
  for (const [name, call] of Object.entries(OPERATIONS)) report[name].bare.push(batch(call));
  const handle = activate({ mode: 'observe', quiet: true });
  for (const [name, call] of Object.entries(OPERATIONS)) {
    batch(call);
    report[name].patched.push(batch(call));
  }
  handle.deactivate();
}
fs.rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(report), () => process.exit(0));
