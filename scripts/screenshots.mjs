/**
 * The pictures of docs/operations.md: the demonstration's finding in the page of a real trace store, and its alert in the
 * page of a real Prometheus.
 *
 *   npm run screenshots      writes docs/images/finding-in-a-trace.png and docs/images/alert.png
 *
 * The store is Zipkin, since the module of Jaeger has no page. Between the Collector and Zipkin this script turns OTLP
 * into Zipkin's JSON: a Collector built from the registries has no exporter for it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { BAD, GOOD, openShop } from '../examples/compromised-dependency/demo/shop.ts';
import { Collector } from '../test/backends/support/collector.ts';
import { Prometheus } from '../test/backends/support/prometheus.ts';
import { freePorts, getJson, Running, until } from '../test/backends/support/running.ts';
import { collector, debian, zipkin } from '../test/backends/support/servers.ts';
import { AppFolder } from '../test/support/app-folder.ts';
import { startChromium } from '../test/support/chromium.ts';
import { startOtlpReceiver } from '../test/support/otlp-receiver.ts';

const images = join(import.meta.dirname, '../docs/images');
mkdirSync(images, { recursive: true });
const otelcol = need(await collector());
const jar = need(await zipkin());
const prometheusd = need(await debian('prometheus'));
const chromium = await startChromium();
if ('missing' in chromium) fail(chromium.missing);

using folder = new AppFolder('diogenesis-screenshots-');
const received = await startOtlpReceiver();
const [port] = await freePorts(1);
await using store = new Running('Zipkin', 'java', ['-Xmx256m', '-jar', jar], { env: { QUERY_PORT: String(port) } });
await using gateway = await Collector.start(otelcol, {
  files: ['gateway.yaml'],
  folder: folder.path('gateway'),
  env: { TRACES_ENDPOINT: received.url },
});
await using prometheus = await Prometheus.start(prometheusd, {
  folder: folder.path('prometheus'),
  scrape: new URL(gateway.metrics).host,
});
const shop = await openShop(gateway.http);
try {
  await store.answers(`http://127.0.0.1:${port}/health`);
  shop.install(GOOD);
  await shop.serve(['learn', '--quiet'], { requests: 20 });
  shop.install(BAD);
  await shop.serve(['run', '--quiet'], { requests: 20 });

  const isAlert = ({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT';
  const found = await received.waitFor((r) => r.spans().find(({ kind, events }) => kind === 2 && events.some(isAlert)));
  const spans = received.spans().filter(({ traceId }) => traceId === found.traceId);
  await fetch(`http://127.0.0.1:${port}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spans.map(forZipkin)),
  });
  await until('the trace in Zipkin', () => getJson(`http://127.0.0.1:${port}/api/v2/trace/${found.traceId}`));
  await picture(
    `http://127.0.0.1:${port}/zipkin/traces/${found.traceId}`,
    'finding-in-a-trace.png',
    { width: 1400, height: 900 },
    (page) => page.waitForFunction(() => document.body.textContent.includes('invoice-format'), { timeout: 30_000 }),
  );

  await until(
    'the alert in Prometheus',
    async () => (await prometheus.query('ALERTS{alertname="DiogenesisAlertFinding",alertstate="firing"}')).length > 0,
    120_000,
  );
  await picture(`${prometheus.url}/classic/alerts`, 'alert.png', { width: 1200, height: 760 }, async (page) => {
    await page.waitForSelector('.alert_header', { timeout: 30_000 });
    await page.evaluate(() => {
      const header = [...document.querySelectorAll('.alert_header')].find((row) =>
        row.textContent?.includes('DiogenesisAlertFinding'),
      );
      header?.click();
    });
    await page.waitForFunction(() => document.body.textContent.includes('invoice-format'), { timeout: 30_000 });
  });
} finally {
  await chromium.browser.close();
  await shop.close();
  await received.close();
}

async function picture(url, name, viewport, ready) {
  const page = await chromium.browser.newPage();
  await page.setViewport({ ...viewport, deviceScaleFactor: 1 });
  await page.goto(url, { waitUntil: 'networkidle0' });
  await ready(page);
  await page.screenshot({ path: join(images, name) });
  console.log(`docs/images/${name}`);
}

/** https://zipkin.io/zipkin-api/#/default/post_spans */
function forZipkin(span) {
  const microseconds = (milliseconds) => Math.round(milliseconds * 1000);
  const text = (value) => (Array.isArray(value) ? value.join(' ← ') : String(value));
  return {
    traceId: span.traceId,
    id: span.spanId,
    ...(span.parentSpanId === '' ? {} : { parentId: span.parentSpanId }),
    name: span.name,
    kind: [undefined, undefined, 'SERVER', 'CLIENT'][span.kind],
    timestamp: microseconds(span.start),
    duration: Math.max(1, microseconds(span.duration)),
    localEndpoint: { serviceName: String(span.resource['service.name']) },
    tags: Object.fromEntries(Object.entries(span.attributes).map(([key, value]) => [key, text(value)])),
    annotations: span.events.map(({ name, time, attributes }) => ({
      timestamp: microseconds(time),
      value: `${name} ${attributes['diogenesis.finding.level']} ${attributes['diogenesis.finding.pattern']} ${attributes['diogenesis.package.name']}@${attributes['diogenesis.package.version']}`,
    })),
  };
}

function need(server) {
  if ('missing' in server) fail(server.missing);
  return server.binary;
}

function fail(why) {
  console.error(`no pictures, because ${why}`);
  process.exit(1);
}
