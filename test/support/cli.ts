import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the built command with this Node first on PATH. */
export function startCli(
  args: readonly string[],
  { cwd, env }: CliOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is not there: npm run build');
  return spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: {
      HOME: cwd,
      TMPDIR: process.env.TMPDIR,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the built command to its end. */
export async function cli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = startCli(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

/** Waits until a stream has said something. */
export async function untilSaid(stream: Readable, what: string): Promise<void> {
  let said = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes(what)) return;
  }
  throw new Error(`it ended without saying "${what}": ${said}`);
}
