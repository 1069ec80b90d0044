/*
 * Calls the same function bare (a reference taken before anything was patched) and patched, batch by batch in turns.
 *   node fs-calls.cjs VARIANT ROUNDS [few]
 * VARIANT: `official` (instrumentation-fs), `floor` (an empty wrapper), or how Diogenesis is used: see `USES`.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const take = () => ({ ...fs, readFilePromise: fs.promises.readFile, statPromise: fs.promises.stat });
const bare = take();
const [, , variant, rounds, few] = process.argv;

/* Diogenesis in its modes, and within spans of an SDK that are sampled, or only recorded. */
const USES = {
  diogenesis: [{ mode: 'observe' }],
  learn: [{ mode: 'learn' }],
  block: [{ mode: 'block' }],
  'capture all': [{ mode: 'observe', capture: 'all' }],
  'in a sampled span': [{ mode: 'observe' }, 'RECORD_AND_SAMPLED'],
  'in a recorded span': [{ mode: 'observe' }, 'RECORD'],
  'in a sampled span, capture all': [{ mode: 'observe', capture: 'all' }, 'RECORD_AND_SAMPLED'],
};
/* What the measure runs in. */
let within = (run) => run();

if (variant in USES) {
  const [options, decision] = USES[variant];
  if (decision !== undefined) within = inSpan(decision);
  require('../../dist/index.js').activate({ ...options, quiet: true });
} else if (variant === 'floor') {
  // The least a wrapper in JavaScript can cost: it hands the call on.
  for (const object of [fs, fs.promises]) {
    for (const name of Object.keys(object)) {
      const original = object[name];
      if (typeof original !== 'function' || /^[A-Z_]/.test(name)) continue;
      object[name] = function () {
        return Reflect.apply(original, this, arguments);
      };
    }
  }
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
/* The parent of whatever is done: a span of which the sampler has decided so. */
function inSpan(decision) {
  const { context, trace } = require('@opentelemetry/api');
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const { BatchSpanProcessor, SamplingDecision } = require('@opentelemetry/sdk-trace');
  process.env.OTEL_SDK_DISABLED = 'false';
  const exporter = { export: (_s, done) => done({ code: 0 }), shutdown: async () => {}, forceFlush: async () => {} };
  const sampler = { shouldSample: () => ({ decision: SamplingDecision[decision] }) };
  new NodeSDK({
    spanProcessors: [new BatchSpanProcessor({ exporter })],
    sampler,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  }).start();
  return (run) => {
    const span = trace.getTracer('bench').startSpan('request');
    if (!span.isRecording()) throw new Error('the span is not recorded');
    return context.with(trace.setSpan(context.active(), span), run);
  };
}

const patched = take();
if (patched.statSync === bare.statSync) throw new Error(`${variant} did not patch fs`);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'diogenesis-bench-'));
const file = path.join(folder, 'file.json');
fs.writeFileSync(file, JSON.stringify({ some: 'settings' }));
const fresh = Array.from({ length: 4000 }, (_, index) => path.join(folder, `fresh-${index % 40}`, `f${index}.txt`));
for (let i = 0; i < 40; i++) bare.mkdirSync(path.join(folder, `fresh-${i}`));
for (const name of fresh) bare.writeFileSync(name, 'x');
let next = 0;

const once = (start) => new Promise((resolve) => start(resolve));
const SYNCHRONOUS = {
  statSync: ({ statSync }) => statSync(file),
  existsSync: ({ existsSync }) => existsSync(file),
  readFileSync: ({ readFileSync }) => readFileSync(file, 'utf8'),
  readdirSync: ({ readdirSync }) => readdirSync(folder),
  'openSync + closeSync': ({ openSync, closeSync }) => closeSync(openSync(file, 'r')),
};
const ASYNCHRONOUS = {
  'promises.readFile': ({ readFilePromise }) => readFilePromise(file, 'utf8'),
  'promises.stat': ({ statPromise }) => statPromise(file),
  createReadStream: ({ createReadStream }) => once((done) => createReadStream(file).on('close', done).resume()),
};
const NOVEL = {
  'readFileSync, each file once': ({ readFileSync }) => readFileSync(fresh[next++ % fresh.length], 'utf8'),
};

function timeSync(call, api, times) {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < times; i++) call(api);
  return Number(process.hrtime.bigint() - begin) / 1000 / times;
}
async function timeAsync(call, api, times) {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < times; i++) await call(api);
  return Number(process.hrtime.bigint() - begin) / 1000 / times;
}

async function measure(cases, time, { warmUp, batch, batches }, report) {
  for (const [name, call] of Object.entries(cases)) {
    await time(call, bare, warmUp);
    await time(call, patched, warmUp);
    const times = { bare: [], patched: [] };
    for (let round = 0; round < batches; round++) {
      if (round % 2 === 0) times.bare.push(await time(call, bare, batch));
      times.patched.push(await time(call, patched, batch));
      if (round % 2 === 1) times.bare.push(await time(call, bare, batch));
    }
    report[name] = times;
  }
}

within(async () => {
  const report = {};
  const many = Number(rounds);
  const synchronous = few === undefined ? SYNCHRONOUS : { readFileSync: SYNCHRONOUS.readFileSync };
  await measure(synchronous, timeSync, { warmUp: 10_000, batch: 200, batches: many }, report);
  if (few === undefined)
    await measure(ASYNCHRONOUS, timeAsync, { warmUp: 1_000, batch: 50, batches: Math.ceil(many / 4) }, report);
  await measure(NOVEL, timeSync, { warmUp: 500, batch: 50, batches: 30 }, report);
  bare.rmSync(folder, { recursive: true });
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
});
