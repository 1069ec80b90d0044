/**
 * The processor's instructions instead of its time: a shared machine runs them at another speed each second, but does not
 * run others. Counted by valgrind (cachegrind, a package of every Linux), of user code; with `--predictable` V8 compiles on
 * the thread that waits for it, so that two runs differ by less than a thousandth where only the start is counted. What
 * instructions leave out: the kernel, and how long each takes.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { appEnvironment, firstLine, upstream } from './apps.ts';
import {
  ALL_PRELOADS,
  environment,
  PRELOADS,
  type Preload,
  type Row,
  register,
  root,
  type Settings,
  subject,
  type Table,
} from './paired.ts';
import { makeApplication } from './startup.ts';

const CACHEGRIND = ['--tool=cachegrind', '--cache-sim=no', '--smc-check=all-non-file'];

export async function benchInstructions({ quick }: Settings): Promise<Table[]> {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    process.stdout.write('instructions: skipped, there is no valgrind on this machine\n');
    return [];
  }
  const tables = [await ofStart()];
  // Fewer requests, and what is counted is V8 compiling.
  if (!quick) {
    tables.push(await ofRequests('Express', 'express-app.cjs', 6_000));
    tables.push(await ofRequests('a proxy with undici', 'proxy-app.cjs', 4_000));
  }
  return tables;
}

async function ofStart(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'diogenesis-bench-'));
  try {
    makeApplication(folder, 100, 'CommonJS');
    // V8 takes of our code what it has kept under the same flags only: a copy, which keeps its own.
    const dist = join(folder, 'copy/dist');
    cpSync(join(root, 'dist'), dist, { recursive: true, filter: (file) => !file.endsWith('.cache') });
    mkdirSync(join(folder, 'copy/node_modules'));
    symlinkSync(join(root, 'node_modules/@opentelemetry'), join(folder, 'copy/node_modules/@opentelemetry'));
    const count = async (preload: Preload) => {
      const argv = PRELOADS[preload].map((word) => (word === register ? join(dist, 'register.js') : word));
      const run = () => start([...argv, join(folder, 'main.js')]).counted();
      await run();
      await run();
      return await run();
    };
    return table(
      'Instructions of a start of 2,000 modules, CommonJS',
      await inPairs(ALL_PRELOADS, count),
      1e6,
      'million',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/* Of as many requests again as have warmed it up. */
async function ofRequests(what: string, name: string, requests: number): Promise<Table> {
  const other = await upstream();
  try {
    const count = async (preload: Preload) => {
      const [half, all] = [
        await serve(preload, name, other.url, requests),
        await serve(preload, name, other.url, 2 * requests),
      ];
      return (all - half) / requests;
    };
    return table(
      `Instructions of a request to ${what}`,
      await inPairs(['bare', 'diogenesis'], count),
      1_000,
      'thousand',
    );
  } finally {
    await other.stop();
  }
}

async function serve(preload: Preload, name: string, url: string, amount: number): Promise<number> {
  const run = start(
    ['--require', subject('ends-when-told.cjs'), ...PRELOADS[preload], subject(name), url],
    appEnvironment(),
  );
  const port = await firstLine(run.child);
  const { errors, non2xx } = await autocannon({
    url: `http://127.0.0.1:${port}/`,
    connections: 10,
    amount,
    timeout: 300,
  });
  if (errors + non2xx > 0) throw new Error(`${name}: ${errors} errors, ${non2xx} bad answers`);
  run.child.kill('SIGUSR2');
  return await run.counted();
}

interface Run {
  readonly child: ChildProcess;
  counted(): Promise<number>;
}

function start(argv: readonly string[], env: Record<string, string> = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'diogenesis-count-'));
  const log = join(folder, 'log');
  const options = [...CACHEGRIND, `--log-file=${log}`, `--cachegrind-out-file=${join(folder, 'out')}`];
  const child = spawn('valgrind', [...options, process.execPath, '--predictable', ...argv], {
    cwd: root,
    env: environment({ NODE_ENV: 'production', ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  return {
    child,
    async counted() {
      child.stdout.resume();
      await ended;
      const [, count] = /I\s+refs:\s+([\d,]+)/.exec(readFileSync(log, 'utf8')) ?? [];
      rmSync(folder, { recursive: true, force: true });
      if (count === undefined) throw new Error(`valgrind counted nothing of ${argv.join(' ')}`);
      return Number(count.replaceAll(',', ''));
    },
  };
}

type Counts = Partial<Record<Preload, number>>;

/* Two at once: they do not disturb each other's count. */
async function inPairs(variants: readonly Preload[], count: (variant: Preload) => Promise<number>): Promise<Counts> {
  const counts: Counts = {};
  for (let i = 0; i < variants.length; i += 2) {
    await Promise.all(
      variants.slice(i, i + 2).map(async (variant) => {
        counts[variant] = await count(variant);
      }),
    );
  }
  return counts;
}

function table(title: string, { bare, diogenesis, sdk, both }: Counts, divisor: number, unit: string): Table {
  const rows: Row[] = [];
  const compare = (other: number | undefined, without: number | undefined, where: string, base: string) => {
    if (other === undefined || without === undefined) return;
    rows.push({ label: base, values: [without / divisor], unit, digits: 1 });
    rows.push({ label: `added by Diogenesis${where}`, values: [(other - without) / divisor], unit, digits: 1 });
    rows.push({ label: `with Diogenesis / ${base}`, values: [other / without], unit: '×', digits: 3 });
  };
  compare(diogenesis, bare, '', 'bare');
  compare(both, sdk, ' in an SDK', 'OpenTelemetry SDK');
  return { title, rows };
}
