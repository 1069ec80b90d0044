/**
 * The shop as it is run by the demonstration and by its test: a folder of its own with a real node_modules/, a made-up
 * home with a made-up credential, a backend, and the address that the compromised release posts to. All on loopback.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const example = join(import.meta.dirname, '..');
const repository = join(example, '../..');

export const GOOD = '1.0.0';
export const BAD = '1.0.1';
/** How the shop is started, as its own README would say. */
export const COMMAND = ['node', '--require', './instrumentation.js', 'app.js'];

/** What became of a command. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shop {
  /** The application's folder, where the lock file is. */
  readonly folder: string;
  readonly home: string;
  /** The address that the compromised release posts to. */
  readonly collector: string;
  /** Bodies that arrived there. */
  readonly collected: readonly string[];
  /** Puts this version of invoice-format into the shop's node_modules/. */
  install(version: string): void;
  readLock(): { packages: Record<string, { state: string; traits: string[] }> };
  /** Starts the shop under `diogenesis COMMAND …`, sends requests, stops it. */
  serve(diogenesis: readonly string[], options: ServeOptions): Promise<Ended>;
  /** Runs a `diogenesis` command that starts nothing. */
  diogenesis(...argv: string[]): Promise<Ended>;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly requests: number;
  /** Gets every line of the command's stderr at once. */
  readonly onStderr?: (line: string) => void;
  /** Runs when the last request was answered, before the shop is stopped. */
  readonly beforeStop?: () => Promise<unknown>;
}

/** Makes the folder and starts the two servers. The shop exports to the OTLP endpoint; `env` as it would be set beside. */
export async function openShop(otlpEndpoint: string, more: NodeJS.ProcessEnv = {}): Promise<Shop> {
  const parent = join(example, '.run');
  mkdirSync(parent, { recursive: true });
  const run = mkdtempSync(join(parent, 'shop-'));
  const folder = join(run, 'shop');
  const home = join(run, 'home');
  const modules = join(folder, 'node_modules');

  // The express & co. that npm may have put beside the application are found further up in the repository too.
  cpSync(join(example, 'app'), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules', example.length),
  });
  mkdirSync(home);
  writeFileSync(join(home, '.npmrc'), '//registry.example/:_authToken=not-a-real-token\n');
  // Not in the repository's manifest: npm would look for them in the registry.
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  Object.assign(manifest.dependencies, { 'diogenesis-otel': '*', 'invoice-format': '^1.0.0' });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  mkdirSync(modules);
  // As npm would unpack it; a link would make the repository itself a part of the application.
  const manifestOfOurs: { files: string[] } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const files = manifestOfOurs.files.filter((file) => !file.startsWith('!'));
  for (const file of ['package.json', ...files]) {
    cpSync(join(repository, file), join(modules, 'diogenesis-otel', file), { recursive: true });
  }
  const cli = join(modules, 'diogenesis-otel', 'dist/cli.js');

  const collected: string[] = [];
  const backend = await listen((path) => {
    const order = /^\/orders\/(\d+)$/.exec(path)?.[1];
    return (
      order && { id: order, customer: 'Diogenes', lines: [{ name: 'lantern', cents: 4200, currency: 'USD', count: 1 }] }
    );
  });
  const collector = await listen((_path, body) => {
    collected.push(body);
    return {};
  });

  const environment = (): NodeJS.ProcessEnv => {
    const env = { ...process.env };
    for (const name of Object.keys(env)) if (/^(OTEL_|DIOGENESIS_|NODE_OPTIONS$|npm_)/.test(name)) delete env[name];
    return {
      ...env,
      PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}`,
      HOME: home,
      USERPROFILE: home,
      PORT: '0',
      BACKEND_URL: backend.url,
      DEMO_HOME: home,
      DEMO_COLLECTOR: `${collector.url}/collect`,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      // Sooner than the defaults, so that nobody waits for what is to be seen.
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_BLRP_SCHEDULE_DELAY: '200',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '500',
      ...more,
    };
  };

  function start(argv: readonly string[], onStderr?: (line: string) => void) {
    const child = spawn(process.execPath, [cli, ...argv], {
      cwd: folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      stderr += `${line}\n`;
      onStderr?.(line);
    });
    const ended = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }));
    return { child, ended };
  }

  return {
    folder,
    home,
    collector: collector.url,
    collected,
    install(version) {
      const target = join(modules, 'invoice-format');
      rmSync(target, { recursive: true, force: true });
      cpSync(join(example, 'packages', `invoice-format-${version}`), target, { recursive: true });
    },
    readLock: () => JSON.parse(readFileSync(join(folder, 'diogenesis.lock.json'), 'utf8')),
    async serve(diogenesis, options) {
      const { child, ended } = start([...diogenesis, '--', ...COMMAND], options.onStderr);
      const port = await Promise.race([listeningPort(child), ended.then(failToStart)]);
      try {
        for (let id = 1; id <= options.requests; id++) {
          const path = id === 1 ? '/' : `/invoices/${id}`;
          const response = await fetch(`http://127.0.0.1:${port}${path}`);
          const page = await response.text();
          if (response.status !== 200) throw new Error(`the shop answered ${response.status} to ${path}: ${page}`);
        }
        await options.beforeStop?.();
      } finally {
        child.kill('SIGTERM');
      }
      return ended;
    },
    diogenesis: (...argv) => start(argv).ended,
    async close() {
      await Promise.all([backend.close(), collector.close()]);
      rmSync(run, { recursive: true, force: true });
    },
  };
}

/** The port the shop says it listens on. */
function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const port = line.includes('listening') && /"port":(\d+)/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
  });
}

function failToStart({ code, stdout, stderr }: Ended): never {
  throw new Error(`the shop ended with ${code} before it listened\n${stdout}${stderr}`);
}

/** A JSON server on a free loopback port; an answer of `undefined` is a 404. */
async function listen(
  answer: (path: string, body: string) => unknown,
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const data = answer(request.url ?? '', body);
    response.writeHead(data === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(data ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
