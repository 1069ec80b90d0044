/*
 * Prints microseconds of processor time a file call, in 64 asynchronous contexts at once or in 8 worker threads:
 *   node concurrent.cjs contexts|workers
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isMainThread, Worker, workerData } = require('node:worker_threads');

const CONTEXTS = 64;
const WORKERS = 8;
const CALLS = 20_000;

const folder = isMainThread ? fs.mkdtempSync(path.join(os.tmpdir(), 'concurrent-')) : workerData;
const files = Array.from({ length: 20 }, (_, i) => path.join(folder, `${i}.txt`));

async function inContexts() {
  const storage = new AsyncLocalStorage();
  const task = async (id) => {
    for (let i = 0; i < CALLS / CONTEXTS; i++) {
      await fs.promises.stat(files[(id + i) % files.length]);
      if (storage.getStore() !== id) throw new Error('the context was lost');
    }
  };
  await Promise.all(Array.from({ length: CONTEXTS }, (_, id) => storage.run(id, task, id)));
  return CALLS;
}

async function inWorkers() {
  const ends = Array.from({ length: WORKERS }, () => {
    const worker = new Worker(__filename, { workerData: folder });
    return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  });
  await Promise.all(ends);
  return WORKERS * CALLS;
}

if (!isMainThread) {
  for (let i = 0; i < CALLS; i++) fs.statSync(files[i % files.length]);
} else {
  (async () => {
    for (const file of files) fs.writeFileSync(file, 'x');
    const run = process.argv[2] === 'workers' ? inWorkers : inContexts;
    const before = process.cpuUsage();
    const calls = await run();
    const { user, system } = process.cpuUsage(before);
    fs.rmSync(folder, { recursive: true });
    process.stdout.write(JSON.stringify((user + system) / calls), () => process.exit(0));
  })();
}
