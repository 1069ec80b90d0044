/*
 * Calls the same function bare (a reference taken before anything was patched) and patched, batch by batch in turns.
 *   node fs-calls.cjs diogenesis|instrumentation-fs ROUNDS
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const bare = { statSync: fs.statSync, readFileSync: fs.readFileSync };
const [, , variant, rounds] = process.argv;
const BATCH = 200;

if (variant === 'diogenesis') {
  require('../../dist/index.js').activate({ mode: 'observe', quiet: true });
} else {
  // As it is used: sampled, in batches, exported to nowhere.
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const { BatchSpanProcessor } = require('@opentelemetry/sdk-trace');
  const { FsInstrumentation } = require('@opentelemetry/instrumentation-fs');
  process.env.OTEL_SDK_DISABLED = 'false';
  const exporter = {
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  new NodeSDK({
    spanProcessors: [new BatchSpanProcessor({ exporter })],
    instrumentations: [new FsInstrumentation()],
    metricReaders: [],
    logRecordProcessors: [],
  }).start();
  require('node:fs');
}
if (fs.statSync === bare.statSync) throw new Error(`${variant} did not patch fs`);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'diogenesis-bench-'));
const file = path.join(folder, 'file.json');
fs.writeFileSync(file, JSON.stringify({ some: 'settings' }));

function time(call, options, times) {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < times; i++) call(file, options);
  return Number(process.hrtime.bigint() - begin) / 1000 / times;
}

const report = {};
for (const [name, options] of [
  ['statSync', undefined],
  ['readFileSync', 'utf8'],
]) {
  const batches = { bare: [], patched: [] };
  time(bare[name], options, 20_000);
  time(fs[name], options, 20_000);
  for (let round = 0; round < Number(rounds); round++) {
    if (round % 2 === 0) batches.bare.push(time(bare[name], options, BATCH));
    batches.patched.push(time(fs[name], options, BATCH));
    if (round % 2 === 1) batches.bare.push(time(bare[name], options, BATCH));
  }
  report[name] = batches;
}
fs.rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(report));
process.exit(0);
