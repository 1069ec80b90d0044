/** Requests a second of an Express application that renders a template. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { ratios, register, root, row, takeTurns, title } from './paired.ts';

const SECONDS = 3;
const server = join(root, 'bench/subjects/express-app.cjs');
const sdk = join(root, 'bench/subjects/sdk.cjs');

const VARIANTS = {
  bare: [],
  diogenesis: ['--require', register],
  sdk: ['--require', sdk],
  both: ['--require', register, '--require', sdk],
} as const;

export async function benchExpress(rounds = 7): Promise<void> {
  const variants = Object.keys(VARIANTS) as (keyof typeof VARIANTS)[];
  const rates = await takeTurns(rounds, variants, (variant) => requestsPerSecond(VARIANTS[variant]));
  title('Express with a template, requests a second (targets: ≥ 0.95 alone, ≥ 0.97 in an SDK)');
  row('bare', rates.bare, 0, '/s');
  row('with diogenesis-otel', rates.diogenesis, 0, '/s');
  row('with an OpenTelemetry SDK, http only', rates.sdk, 0, '/s');
  row('with both', rates.both, 0, '/s');
  row('diogenesis-otel / bare', ratios(rates.diogenesis, rates.bare), 3, '×');
  row('both / SDK', ratios(rates.both, rates.sdk), 3, '×');
}

async function requestsPerSecond(preload: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...preload, server], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', DIOGENESIS_QUIET: '1', OTEL_SDK_DISABLED: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    const url = `http://127.0.0.1:${port}/`;
    await autocannon({ url, connections: 10, duration: 1 });
    const { requests, errors, non2xx } = await autocannon({ url, connections: 10, duration: SECONDS });
    if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} bad answers`);
    return requests.average;
  } finally {
    child.kill();
    await once(child, 'close');
  }
}
