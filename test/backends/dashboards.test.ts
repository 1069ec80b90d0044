/**
 * Every expression of the dashboards: PromQL on a real Prometheus with the data of the demonstration; LogQL and TraceQL
 * by their grammars, LogQL also on a real Loki where LOKI_URL names one.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parser as logqlParser } from '@grafana/lezer-logql';
import { parser as traceqlParser } from '@grafana/lezer-traceql';
import { BAD, GOOD, openShop, type Shop } from '../../examples/compromised-dependency/demo/shop.ts';
import { AppFolder } from '../support/app-folder.ts';
import { repository } from '../support/victim-app.ts';
import { CONFIG, Collector } from './support/collector.ts';
import { Prometheus } from './support/prometheus.ts';
import { getJson, until } from './support/running.ts';
import { collector, debian } from './support/servers.ts';

interface Expression {
  readonly panel: string;
  readonly language: 'prometheus' | 'loki' | 'tempo';
  readonly text: string;
}

const folder = join(CONFIG, 'grafana/dashboards');
const expressions: Expression[] = readdirSync(folder).flatMap((file) =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')).panels.flatMap(
    // biome-ignore lint/suspicious/noExplicitAny: Grafana's JSON
    ({ title, targets = [] }: any) =>
      // biome-ignore lint/suspicious/noExplicitAny: Grafana's JSON
      targets.map((target: any) => ({
        panel: `${file} “${title}”`,
        language: target.datasource.type,
        text: target.expr ?? target.query,
      })),
  ),
);
const written = (language: Expression['language']) =>
  expressions.filter((expression) => expression.language === language);

const TRACE = '0af7651916cd43dd8448eb211c80319c';
/** What Grafana puts in for its variables. */
function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\$(\w+)/g, (all, name) => values[name] ?? all);
}
const VALUES = { service: '.+', package: 'invoice-format', trace: TRACE, __range: '1h', __rate_interval: '1m' };

/* The grammars of CodeMirror never fail: what they did not understand is a node of its own. */
function faults(parser: typeof logqlParser, text: string): string[] {
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) found.push(`${text.slice(0, node.from)}▲${text.slice(node.from)}`);
    },
  });
  return found;
}

describe('the dashboards', () => {
  it('are what their sources make', () => {
    const write = join(repository, 'scripts/dashboards/write.mjs');
    const { status, stderr } = spawnSync(process.execPath, [write, '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  it('ask in three languages', () => {
    for (const language of ['prometheus', 'loki', 'tempo'] as const) assert.notEqual(written(language).length, 0);
    assert.equal(written('prometheus').length + written('loki').length + written('tempo').length, expressions.length);
  });

  for (const { panel, text } of written('loki')) {
    it(`${panel}: LogQL`, () => assert.deepEqual(faults(logqlParser, filled(text, VALUES)), []));
  }
  for (const { panel, text } of written('tempo')) {
    // A trace's own id is what Tempo takes in place of a query.
    if (text === '$trace') continue;
    it(`${panel}: TraceQL`, () => assert.deepEqual(faults(traceqlParser, filled(text, VALUES)), []));
  }
  it('a grammar finds a fault where there is one', () => {
    assert.notDeepEqual(faults(logqlParser, '{a="b"} |= | ='), []);
    assert.notDeepEqual(faults(traceqlParser, '{ span.x = && }'), []);
  });
});

const otelcol = await collector();
const prometheusd = await debian('prometheus');
const skip =
  [otelcol, prometheusd].flatMap((server) => ('missing' in server ? `because ${server.missing}` : [])).join('; ') ||
  false;
const lokiUrl = process.env.LOKI_URL;

describe('the dashboards with the data of the demonstration', { skip }, () => {
  const place = new AppFolder('diogenesis-backends-');
  let gateway: Collector;
  let prometheus: Prometheus;
  let shop: Shop;

  before(async () => {
    gateway = await Collector.start('binary' in otelcol ? otelcol.binary : '', {
      files: ['gateway.yaml'],
      folder: place.path('gateway'),
      env: lokiUrl === undefined ? {} : { LOGS_ENDPOINT: `${lokiUrl}/otlp` },
    });
    prometheus = await Prometheus.start('binary' in prometheusd ? prometheusd.binary : '', {
      folder: place.path('prometheus'),
      scrape: new URL(gateway.metrics).host,
    });
    shop = await openShop(gateway.http);
    shop.install(GOOD);
    await shop.serve(['learn', '--quiet'], { requests: 10 });
    shop.install(BAD);
    await shop.serve(['run', '--quiet'], {
      requests: 10,
      // A rate needs two samples.
      beforeStop: () => prometheus.has('rate(diogenesis_behaviors_total{job="shop"}[1m]) >= 0'),
    });
    await prometheus.has('diogenesis_findings_total{diogenesis_package_name="invoice-format"}');
  });
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await gateway?.stop();
    await shop?.close();
    place[Symbol.dispose]();
  });

  for (const { panel, text } of written('prometheus')) {
    it(`${panel}: PromQL has data`, async () => {
      const samples = await prometheus.query(filled(text, VALUES));
      assert.notEqual(samples.length, 0, filled(text, VALUES));
      for (const { value } of samples) assert.ok(Number.isFinite(Number(value[1])));
    });
  }

  it('LogQL has data', {
    skip: lokiUrl === undefined && 'because LOKI_URL names no Loki (its module is AGPL)',
  }, async () => {
    for (const { text } of written('loki')) {
      if (text.includes('$trace')) continue;
      await until(text, async () => {
        const url = new URL(`${lokiUrl}/loki/api/v1/query_range`);
        url.searchParams.set('query', filled(text, VALUES));
        const { data } = await getJson<{ data: { result: unknown[] } }>(url);
        return data.result.length > 0;
      });
    }
  });
});
