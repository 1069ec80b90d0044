import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Asks again until the answer is one; a server of another make tells nobody when it has something. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last });
    await wait(50);
  }
}

/** Answers the JSON of an address. */
export async function getJson<T>(url: string | URL, init?: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${url}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A server that ends with the test, whatever becomes of the test. */
export class Running implements AsyncDisposable {
  output = '';
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;
  private hasEnded = false;

  constructor(
    name: string,
    program: string,
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
  ) {
    this.name = name;
    this.child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alive.add(this.child);
    this.closed = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.output += String(error);
        resolve(error);
      });
      this.child.once('close', resolve);
    }).then(() => {
      this.hasEnded = true;
      alive.delete(this.child);
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output = (this.output + chunk).slice(-200_000);
      });
    }
  }

  /** Resolves when the address answers; rejects when the server ends before that. */
  async answers(url: string, timeoutMs = 60_000): Promise<void> {
    await until(
      `${this.name} at ${url}\n${this.output.slice(-2000)}`,
      async () => {
        if (this.hasEnded) return true;
        return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
      },
      timeoutMs,
    );
    if (this.hasEnded) throw new Error(`${this.name} ended: ${this.output.slice(-3000)}`);
  }

  /** Ends it and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.closed;
    clearTimeout(hard);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
