/** Requests a second, and how long they take, of an Express application that reads a file and renders a template. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import {
  ALL_PRELOADS,
  environment,
  PRELOADS,
  type Preload,
  type Row,
  ratios,
  root,
  type Settings,
  subject,
  type Table,
  takeTurns,
} from './paired.ts';

interface Load {
  readonly rate: number;
  readonly p99: number;
}

export async function benchExpress({ quick }: Settings): Promise<Table[]> {
  const loads = await takeTurns(quick ? 2 : 7, ALL_PRELOADS, (preload) => load(preload, quick ? 2 : 3));
  const rate = (preload: Preload) => loads[preload].map((one) => one.rate);
  const p99 = (preload: Preload) => loads[preload].map((one) => one.p99);
  const rows: Row[] = [
    { label: 'bare', values: rate('bare'), unit: '/s', digits: 0 },
    { label: 'Diogenesis', values: rate('diogenesis'), unit: '/s', digits: 0 },
    { label: 'OpenTelemetry http', values: rate('sdk'), unit: '/s', digits: 0 },
    { label: 'OpenTelemetry http and Diogenesis', values: rate('both'), unit: '/s', digits: 0 },
    {
      label: 'Diogenesis / bare',
      values: ratios(rate('diogenesis'), rate('bare')),
      unit: '×',
      digits: 3,
      atLeast: 0.95,
    },
    { label: 'OpenTelemetry http / bare', values: ratios(rate('sdk'), rate('bare')), unit: '×', digits: 3 },
    {
      label: 'both / OpenTelemetry http',
      values: ratios(rate('both'), rate('sdk')),
      unit: '×',
      digits: 3,
      atLeast: 0.97,
    },
    {
      label: 'Diogenesis / bare, 99th percentile',
      values: ratios(p99('diogenesis'), p99('bare')),
      unit: '×',
      digits: 2,
    },
    { label: 'both / OpenTelemetry, 99th percentile', values: ratios(p99('both'), p99('sdk')), unit: '×', digits: 2 },
  ];
  return [{ title: 'Express: a file read and a template a request', rows }];
}

async function load(preload: Preload, seconds: number): Promise<Load> {
  const child = spawn(process.execPath, [...PRELOADS[preload], subject('express-app.cjs')], {
    cwd: root,
    env: environment({ NODE_ENV: 'production' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    const url = `http://127.0.0.1:${port}/`;
    await autocannon({ url, connections: 10, duration: 1 });
    const { requests, latency, errors, non2xx } = await autocannon({ url, connections: 10, duration: seconds });
    if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} bad answers`);
    return { rate: requests.average, p99: Math.max(latency.p99, 1) };
  } finally {
    child.kill();
    await once(child, 'close');
  }
}
