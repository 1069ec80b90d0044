/**
 * What one process of the demonstration's shop sends on behalf of Diogenesis, in peace and with a compromised release,
 * and what a fleet of them would: the figures of docs/operations.md.
 *
 *   npm run bench:volume
 */
import { BAD, GOOD, openShop, type Shop } from '../examples/compromised-dependency/demo/shop.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../test/support/otlp-receiver.ts';

const SESSIONS = 6;
const REQUESTS = 300;
const PROCESSES = 10_000 * 20;
const OURS = 'diogenesis-otel';
/** `OTEL_METRIC_EXPORT_INTERVAL` of the SDK. */
const EXPORTS_A_DAY = 86_400 / 60;

interface Volume {
  readonly series: number;
  readonly spans: number;
  readonly logs: number;
  readonly bytes: number;
}

const receiver = await startOtlpReceiver();
const unlearned = await openShop(receiver.url, { DIOGENESIS_QUIET: '1', DIOGENESIS_SHARE_TRAITS: '1' });
const learned = await openShop(receiver.url, { DIOGENESIS_QUIET: '1' });
try {
  print('one process without a lock file, sharing its traits', await volumeOf(unlearned, GOOD));
  const shop = learned;
  shop.install(GOOD);
  for (let i = 0; i < SESSIONS; i++) await shop.serve(['learn', '--quiet'], { requests: 20 });
  const peace = await volumeOf(shop, GOOD);
  const attack = await volumeOf(shop, BAD);
  print('one process, learned and in peace', peace);
  print('one process, compromised release', attack);
  const million = (value: number) => `${(value / 1e6).toFixed(2)} million`;
  console.log(`\n${PROCESSES.toLocaleString('en')} processes in peace:`);
  console.log(`  series             ${million(peace.series * PROCESSES)}`);
  console.log(
    `  points a second    ${Math.round((peace.series * PROCESSES * EXPORTS_A_DAY) / 86_400).toLocaleString('en')}`,
  );
  console.log(
    `  restarted daily    ${million(peace.spans * PROCESSES)} spans, ${million(peace.logs * PROCESSES)} log records a day`,
  );
} finally {
  await Promise.all([unlearned.close(), learned.close()]);
  await receiver.close();
}

async function volumeOf(shop: Shop, version: string): Promise<Volume> {
  receiver.clear();
  shop.install(version);
  // Three exports, so that every series has been seen.
  await shop.serve(['run', '--quiet'], { requests: REQUESTS, beforeStop: () => seen(receiver, 3) });
  const spans = receiver.spans().filter(({ scope }) => scope === OURS);
  const logs = receiver.logs().filter(({ scope }) => scope === OURS);
  const series = new Set(
    receiver
      .metrics()
      .filter(({ scope }) => scope === OURS)
      .map(({ name, attributes }) => JSON.stringify([name, attributes])),
  );
  return {
    series: series.size,
    spans: spans.length,
    logs: logs.length,
    bytes: JSON.stringify([...spans, ...logs]).length,
  };
}

function seen(from: OtlpReceiver, exports: number): Promise<unknown> {
  const start = from.requests.filter(({ path }) => path === '/v1/metrics').length;
  return from.waitFor(
    ({ requests }) => requests.filter(({ path }) => path === '/v1/metrics').length >= start + exports,
  );
}

function print(what: string, { series, spans, logs, bytes }: Volume): void {
  console.log(`${what}, ${REQUESTS} requests`);
  console.log(
    `  series ${series}, spans of our own ${spans}, log records ${logs}, together ${(bytes / 1024).toFixed(1)} kB`,
  );
}
