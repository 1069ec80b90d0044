/** Whole applications under load: requests a second of servers, seconds of programs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import autocannon from 'autocannon';
import { Installed, type Pins } from './detection/harness/cache.ts';
import {
  environment,
  output,
  PRELOADS,
  quantile,
  type Row,
  ratios,
  root,
  type Settings,
  subject,
  type Table,
  takeTurns,
} from './paired.ts';
import { peers } from './peers.ts';

/** What the applications need beside what the repository has. */
const PINS: Pins = { fastify: '5.12.8', rollup: '4.68.7', undici: '8.12.4' };

interface Variant {
  readonly label: string;
  readonly preload: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
const BARE: Variant = { label: 'bare', preload: PRELOADS.bare, env: {} };
const OURS: Variant = { label: 'Diogenesis', preload: PRELOADS.diogenesis, env: {} };
const SDK: Variant = { label: 'OpenTelemetry http', preload: PRELOADS.sdk, env: {} };
const BOTH: Variant = { label: 'OpenTelemetry http and Diogenesis', preload: PRELOADS.both, env: {} };
const VARIANTS = [BARE, OURS, SDK, BOTH];

const WARM_UP_SECONDS = 1;
const TURN_SECONDS = 0.15;
const CONNECTIONS = 10;

interface Load {
  readonly rate: number;
  readonly p99: number;
  /** Milliseconds of the processor for 1,000 requests. */
  readonly processor: number;
  readonly rss: number;
}
interface Usage {
  readonly processor: number;
  readonly rss: number;
}

/** Express alone, which the gate watches. */
export async function benchExpress(settings: Settings): Promise<Table[]> {
  const others = settings.quick ? [] : peers();
  return [await servers('Express: a file read and a template a request', 'express-app.cjs', {}, others, settings)];
}

/** Other kinds of application. */
export async function benchApps(settings: Settings): Promise<Table[]> {
  const env = appEnvironment();
  const all = settings.quick ? [] : peers();
  const tables = [
    await servers('Fastify: JSON by a schema', 'fastify-app.cjs', env, all, settings),
    await servers('Pages made of 400 small modules', 'pages-app.cjs', env, [], settings),
  ];
  const { url, stop } = await upstream();
  try {
    tables.push(await servers('A proxy with undici', 'proxy-app.cjs', env, [], settings, [url]));
  } finally {
    await stop();
  }
  tables.push(await programs('A build with rollup and plugins, 600 modules', 'build-app.cjs', env, settings));
  tables.push(await programs('Sixty jobs, each a child process', 'jobs-app.cjs', env, settings));
  return tables;
}

/** Where the applications find what they need beside what the repository has; installs it, if that was not done before. */
export function appEnvironment(): Record<string, string> {
  return { NODE_PATH: join(Installed.install('apps', PINS).folder, 'node_modules') };
}

/** The server behind a proxy. */
export async function upstream(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [subject('upstream.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { url: `http://127.0.0.1:${await firstLine(child)}`, stop: () => end(child) };
}

async function servers(
  title: string,
  name: string,
  env: Record<string, string>,
  candidates: readonly Variant[],
  { quick }: Settings,
  args: readonly string[] = [],
): Promise<Table> {
  const others: Variant[] = [];
  const unable: string[] = [];
  for (const one of candidates) {
    if (await canRun(one, [subject(name), ...args], env)) others.push(one);
    else unable.push(one.label);
  }
  const variants = [...VARIANTS, ...others];
  const loads: Record<string, Load[]> = {};
  for (let round = 0; round < (quick ? 2 : 12); round++) {
    const slices = await sideBySide(variants, [subject(name), ...args], env, quick ? 10 : 8);
    for (const [label, values] of Object.entries(slices)) loads[label] = [...(loads[label] ?? []), ...values];
  }
  const of = (variant: Variant, key: keyof Load) => (loads[variant.label] ?? []).map((one) => one[key]);
  const against = (a: Variant, b: Variant, key: keyof Load) => ratios(of(a, key), of(b, key));
  const rows: Row[] = variants.map((one) => ({ label: one.label, values: of(one, 'rate'), unit: '/s', digits: 0 }));
  const times = { unit: '×', digits: 3 };
  rows.push({ label: 'Diogenesis / bare', values: against(OURS, BARE, 'rate'), ...times, atLeast: 0.95 });
  for (const one of [SDK, ...others]) {
    rows.push({ label: `${one.label} / bare`, values: against(one, BARE, 'rate'), ...times });
  }
  rows.push({ label: 'both / OpenTelemetry http', values: against(BOTH, SDK, 'rate'), ...times, atLeast: 0.97 });
  for (const [what, key, digits] of [
    ['99th percentile', 'p99', 2],
    ['processor time a request', 'processor', 3],
    ['resident memory', 'rss', 3],
  ] as const) {
    const limit = key === 'p99' ? { atMost: 1.05 } : {};
    rows.push({ label: `Diogenesis / bare, ${what}`, values: against(OURS, BARE, key), unit: '×', digits });
    rows.push({ label: `both / OpenTelemetry, ${what}`, values: against(BOTH, SDK, key), unit: '×', digits, ...limit });
  }
  return { title: unable.length > 0 ? `${title} (not under ${unable.join(', ')}, which stops it)` : title, rows };
}

/**
 * The servers of all variants live side by side and are asked in turns, a fraction of a second each: a machine that slows
 * down for seconds slows all of them. Which functions V8 inlines is luck of each process, hence several rounds of this.
 */
async function sideBySide(
  variants: readonly Variant[],
  argv: readonly string[],
  env: Record<string, string>,
  turns: number,
): Promise<Record<string, Load[]>> {
  const servers: Record<string, Server> = {};
  try {
    for (const variant of variants) servers[variant.label] = await Server.start(variant, argv, env);
    return await takeTurns(turns, labels(variants), (label) => (servers[label] as Server).load());
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}

/* A peer may forbid what an application does. */
async function canRun(variant: Variant, argv: readonly string[], env: Record<string, string>): Promise<boolean> {
  try {
    await (await Server.start(variant, argv, env)).stop();
    return true;
  } catch (error) {
    process.stdout.write(`${variant.label} cannot run ${argv.join(' ')}: ${(error as Error).message}\n`);
    return false;
  }
}

async function programs(title: string, name: string, env: Record<string, string>, { quick }: Settings): Promise<Table> {
  const runs = await takeTurns(quick ? 2 : 7, labels(VARIANTS), async (label) => {
    const variant = find(VARIANTS, label);
    const begin = process.hrtime.bigint();
    const usage: Usage = JSON.parse(await output([...variant.preload, subject(name)], { ...env, ...variant.env }));
    return { wall: Number(process.hrtime.bigint() - begin) / 1e6, ...usage };
  });
  const of = ({ label }: Variant, key: 'wall' | 'processor' | 'rss') => (runs[label] ?? []).map((run) => run[key]);
  const times = { unit: '×', digits: 3 };
  return {
    title,
    rows: [
      { label: 'bare', values: of(BARE, 'wall'), unit: 'ms', digits: 0 },
      { label: 'Diogenesis / bare', values: ratios(of(OURS, 'wall'), of(BARE, 'wall')), ...times },
      { label: 'both / OpenTelemetry http', values: ratios(of(BOTH, 'wall'), of(SDK, 'wall')), ...times },
      {
        label: 'Diogenesis / bare, processor time',
        values: ratios(of(OURS, 'processor'), of(BARE, 'processor')),
        ...times,
      },
      { label: 'Diogenesis / bare, resident memory', values: ratios(of(OURS, 'rss'), of(BARE, 'rss')), ...times },
    ],
  };
}

const labels = (variants: readonly Variant[]): string[] => variants.map(({ label }) => label);
const find = (variants: readonly Variant[], label: string): Variant =>
  variants.find((one) => one.label === label) as Variant;

interface Answers {
  readonly requests: number;
  readonly seconds: number;
  readonly p99: number;
}

/** A variant's process, warmed up. */
class Server {
  private readonly label: string;
  private readonly child: ChildProcess;
  private readonly url: string;
  /** Requests of a turn. */
  private amount = 0;

  private constructor(label: string, child: ChildProcess, url: string) {
    this.label = label;
    this.child = child;
    this.url = url;
  }

  static async start(variant: Variant, argv: readonly string[], env: Record<string, string>): Promise<Server> {
    const child = spawn(process.execPath, [...variant.preload, ...argv], {
      cwd: root,
      env: environment({ NODE_ENV: 'production', ...env, ...variant.env, ...paths(env, variant.env) }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const server = new Server(variant.label, child, `http://127.0.0.1:${await firstLine(child)}/`);
      const { requests, seconds } = await server.ask({ duration: WARM_UP_SECONDS });
      server.amount = Math.max(100, Math.round((requests / seconds) * TURN_SECONDS));
      return server;
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  async load(): Promise<Load> {
    const before = await usageOf(this.url);
    const { requests, seconds, p99 } = await this.ask({ amount: this.amount });
    const { processor, rss } = await usageOf(this.url);
    return { rate: requests / seconds, p99, processor: ((processor - before.processor) / requests) * 1000, rss };
  }

  async stop(): Promise<void> {
    await end(this.child);
  }

  private async ask(howMuch: { duration: number } | { amount: number }): Promise<Answers> {
    let last = 0;
    const begin = performance.now();
    const latencies: number[] = [];
    const { errors, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
      const run = autocannon(
        { url: this.url, connections: CONNECTIONS, sampleInt: 20, ...howMuch },
        (error, result) => {
          if (error) reject(error);
          else resolve(result);
        },
      );
      // Autocannon counts by the second, and tells of latencies in whole milliseconds.
      run.on('response', (_client, _status, _bytes, milliseconds) => {
        last = performance.now();
        latencies.push(milliseconds);
      });
    });
    if (errors + non2xx > 0) throw new Error(`${this.label}: ${errors} errors, ${non2xx} bad answers`);
    return { requests: latencies.length, seconds: (last - begin) / 1_000, p99: quantile(latencies, 0.99) };
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'close');
}

/** Both the application's packages and a peer's are found. */
function paths(...envs: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const folders = envs.map(({ NODE_PATH }) => NODE_PATH).filter((folder) => folder !== undefined);
  return folders.length > 0 ? { NODE_PATH: folders.join(':') } : {};
}

/** The port on which a server says that it listens. */
export async function firstLine(child: ChildProcess): Promise<string> {
  // A peer may greet us: the port is the first line that is nothing but a number.
  for await (const line of createInterface({ input: child.stdout as Readable })) if (/^\d+$/.test(line)) return line;
  throw new Error(`${child.spawnargs.join(' ')} ended before it listened`);
}

async function usageOf(url: string): Promise<Usage> {
  return (await (await fetch(`${url}usage`)).json()) as Usage;
}
