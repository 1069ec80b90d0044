/** One run of an application: start, requests when it serves, end, and what was said about it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { LEVELS, type Level, type Told } from './types.ts';
import type { World } from './world.ts';

export interface Launch {
  /** The program, as `PATH` finds it, and its arguments. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Requests sent once it says `ready PORT`; then it is asked to end. */
  readonly requests?: readonly string[];
  /** True as soon as nothing more has to happen. */
  readonly done?: () => boolean;
  /** How long `done` is waited for after the requests, or after the end, in milliseconds. */
  readonly patience?: number;
  /** After so long it is killed. */
  readonly limit?: number;
}

export interface Launched {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: number;
  readonly killed: boolean;
  readonly findings: readonly Told[];
}

/** The application's command, as `diogenesis` runs it. */
export function monitored(world: World, cli: string, mode: 'learn' | 'run', command: readonly string[]): string[] {
  return [process.execPath, cli, mode, '--quiet', '--findings', findingsOf(world), '--', ...command];
}

const findingsOf = (world: World) => world.path('log/findings.jsonl');

/** Long enough for a machine that is busy with other things. */
const LIMIT = 60_000;

export async function launch(world: World, options: Launch): Promise<Launched> {
  const [program, ...argv] = options.argv;
  const child = spawn(program as string, argv, {
    cwd: world.app,
    env: world.environment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const out = { stdout: '', stderr: '', bytes: 0 };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      out.bytes += chunk.length;
      if (out[name].length < 100_000) out[name] += chunk;
    });
  }
  let killed = false;
  const kill = setTimeout(() => {
    killed = true;
    killGroup(child.pid);
  }, options.limit ?? LIMIT);
  const closed = once(child, 'close');
  const exited = once(child, 'exit');

  if (options.requests !== undefined) {
    const port = await Promise.race([readyPort(child.stdout), exited.then(() => undefined)]);
    if (port !== undefined) {
      for (const path of options.requests) await request(port, path);
      await until(options.done, options.patience);
      child.kill('SIGTERM');
    }
  }
  const [code] = (await exited) as [number | null];
  // A detached grandchild may still be about to act, and it holds the pipes.
  await until(options.done, options.patience);
  killGroup(child.pid);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 300))]);
  child.stdout.destroy();
  child.stderr.destroy();
  clearTimeout(kill);
  return { ...out, code, killed, findings: parseFindings(world.takeFindings()) };
}

function readyPort(stdout: NodeJS.ReadableStream): Promise<number> {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const port = /^ready (\d+)$/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

async function request(port: number, path: string): Promise<void> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
    await response.text();
  } catch {
    // An application that a payload took down answers nothing; the proof tells.
  }
}

export function parseFindings(text: string): Told[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const finding = JSON.parse(line);
      if (!LEVELS.includes(finding.level as Level)) return [];
      return [
        {
          level: finding.level,
          pattern: finding.pattern,
          package: keyOf(finding.package),
          chain: finding.chain ?? [],
          trait: finding.trait ?? '',
          rule: finding.rule?.name ?? '',
          reason: finding.reason ?? '',
          time: typeof finding.time === 'number' ? finding.time : Date.parse(finding.time),
        },
      ];
    } catch {
      return [];
    }
  });
}

function keyOf(at: { name?: string; version?: string } | undefined): string {
  if (at?.name === undefined) return '<unknown>';
  return at.version ? `${at.name}@${at.version}` : at.name;
}

async function until(done: (() => boolean) | undefined, patience = 0): Promise<void> {
  if (done === undefined) return;
  const end = Date.now() + patience;
  while (!done() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 15));
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
