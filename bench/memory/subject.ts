/** Prints MB of heap at the start, at half and at the end of COUNT different things: `node --expose-gc subject.ts KIND COUNT [bare]`. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import vm from 'node:vm';
import { context, trace } from '@opentelemetry/api';
import { start } from '../../src/activate.ts';
import { withTool } from '../../src/api.ts';
import { principalOfFile } from '../../src/attribution/packages.ts';
import type { Act, Principal } from '../../src/behavior.ts';
import { perceive } from '../../src/perception.ts';

const kind = process.argv[2] as string;
const count = Number(process.argv[3]);
const isBare = process.argv[4] === 'bare';
const active = isBare ? undefined : start({ mode: 'observe', quiet: true });
if (active === undefined && !isBare) throw new Error('not active');

const dependencies: ReadonlySet<string> = new Set();
function packageOf(i: number): Principal {
  const name = `memory-${i}`;
  return {
    key: `${name}@1.0.0`,
    kind: 'package',
    name,
    version: '1.0.0',
    root: `/app/node_modules/${name}`,
    dependencies,
  };
}
const one = packageOf(0);
const tell = (act: Act): void => perceive(act)?.end();
const argument = 'x'.repeat(4096);
const words = Array.from({ length: 1000 }, (_, i) => `--option-${i}=${argument.slice(0, 1000)}`);
const down = (calls: number, file: string): boolean => (calls === 0 ? fs.existsSync(file) : down(calls - 1, file));

const doIt: Readonly<Record<string, (i: number) => unknown>> = {
  paths: (i) => fs.existsSync(`/nowhere/folder-${i % 1000}/file-${i}`),
  hosts: (i) => tell({ sense: 'net', operation: 'connect', target: `host-${i}.example-${i}.com:443`, principal: one }),
  programs: (i) => tell({ sense: 'process', operation: 'spawn', target: `program-${i} ${argument}`, principal: one }),
  // Nothing is there to be started: what it costs is what we make of the arguments.
  argv: (i) => spawnSync(`/nowhere/program-${i}`, [...words, `${i}`], { stdio: 'ignore' }),
  packages: (i) => tell({ sense: 'fs', operation: 'read', target: '/srv/data/file.csv', principal: packageOf(i) }),
  installed: (i) => {
    const principal = principalOfFile(`/nowhere/node_modules/installed-${i}/index.js`);
    tell({ sense: 'fs', operation: 'read', target: '/srv/data/file.csv', principal });
  },
  sites: (i) => new Function('fs', `fs.existsSync('/nowhere/${i}') // ${i}`)(fs),
  deep: (i) => down(5000, `/nowhere/deep-${i}`),
  names: (i) =>
    new vm.Script(`(fs) => fs.existsSync('/nowhere/${i}')`, { filename: `/nowhere/names/${i}.js` }).runInThisContext()(
      fs,
    ),
  urls: (i) => import(`data:text/javascript,export default ${i}`),
  traces: (i) => {
    const span = { traceId: i.toString(16).padStart(32, '1'), spanId: i.toString(16).padStart(16, '1'), traceFlags: 1 };
    context.with(trace.setSpanContext(context.active(), span), () =>
      tell({ sense: 'fs', operation: 'read', target: `/srv/data/file-${i}.csv`, principal: one }),
    );
  },
  tools: (i) => withTool(`tool-${i}`, () => tell({ sense: 'fs', operation: 'read', target: '/srv/data/file.csv' })),
  findings: (i) =>
    tell({ sense: 'fs', operation: 'read', target: `/home/somebody-${i}/.ssh/id_rsa`, principal: packageOf(i) }),
};
const act = doIt[kind];
if (act === undefined) throw new Error(`no such kind: ${kind}`);

async function used(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((done) => setImmediate(done));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}
async function run(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const pending = act?.(i);
    if (kind === 'urls') await pending;
    else if (i % 10_000 === 0) await new Promise((done) => setImmediate(done));
  }
}

await run(0, 1000);
const before = await used();
// Of the processor: what else runs on the machine does not count.
const begin = process.cpuUsage();
await run(1000, Math.floor(count / 2));
const half = await used();
await run(Math.floor(count / 2), count);
const { user, system } = process.cpuUsage(begin);
const micros = (user + system) / (count - 1000);
const after = await used();
const errors = Object.values(active?.runtime.errors ?? {}).reduce((sum, value) => sum + (value ?? 0), 0);
process.stdout.write(JSON.stringify({ before, half, after, micros, errors }), () => process.exit(0));
