/** Metrics in a real Prometheus, alerts through a real Alertmanager to a webhook. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AppFolder } from '../support/app-folder.ts';
import { HONEST, VictimApp } from '../support/victim-app.ts';
import { CONFIG, Collector } from './support/collector.ts';
import { Alertmanager, Prometheus } from './support/prometheus.ts';
import { getJson, until } from './support/running.ts';
import { collector, debian, type Server } from './support/servers.ts';

const otelcol = await collector();
const prometheusd = await debian('prometheus');
const alertmanagerd = await debian('prometheus-alertmanager');
const binaryOf = (server: Server) => ('binary' in server ? server.binary : '');
const skip =
  [otelcol, prometheusd, alertmanagerd]
    .flatMap((server) => ('missing' in server ? `because ${server.missing}` : []))
    .join('; ') || false;

/** Every metric of README, as Prometheus names it. */
const NAMES = [
  'diogenesis_behaviors_total',
  'diogenesis_findings_total',
  'diogenesis_voltage_ratio',
  'diogenesis_field_coherence_ratio',
  'diogenesis_self_duration_seconds_total',
];

/** Two patterns that end in an ALERT, by one package. */
const MAIN = `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { withDiogenesis } = require('diogenesis-otel');
const sdk = new NodeSDK(withDiogenesis({}, { patterns: [
  { name: 'house_rule', sequence: ['fs.read:* [credential]'], level: 'ALERT' },
] }));
sdk.start();
const { trace } = require('@opentelemetry/api');
(async () => {
  await trace.getTracer('app').startActiveSpan('GET /labels', { kind: 1 }, async (span) => {
    await require('labels').act();
    span.end();
  });
  await sdk.shutdown();
})();`;

describe('the metrics in Prometheus', { skip }, () => {
  const folder = new AppFolder('diogenesis-backends-');
  let gateway: Collector;
  let alertmanager: Alertmanager;
  let prometheus: Prometheus;
  let app: VictimApp;

  before(async () => {
    app = await VictimApp.create();
    app.write('main.js', MAIN);
    gateway = await Collector.start(binaryOf(otelcol), { files: ['gateway.yaml'], folder: folder.path('gateway') });
    alertmanager = await Alertmanager.start(binaryOf(alertmanagerd), folder.path('alertmanager'));
    prometheus = await Prometheus.start(binaryOf(prometheusd), {
      folder: folder.path('prometheus'),
      scrape: new URL(gateway.metrics).host,
      alertmanager: alertmanager.address,
      hurry: true,
    });
  });
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await alertmanager?.[Symbol.asyncDispose]();
    await gateway?.stop();
    await app?.[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  it('have the names that rules and dashboards use, one series a process', async () => {
    const runs = await Promise.all([run(app, gateway.http, 'shop'), run(app, gateway.http, 'shop')]);
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
    for (const name of NAMES) await prometheus.has(`${name}{job="shop"}`);
    const instances = await until('both processes', async () => {
      const found = await prometheus.query('diogenesis_field_coherence_ratio{job="shop"}');
      return found.length === 2 && found;
    });
    assert.equal(new Set(instances.map(({ metric }) => metric.instance)).size, 2);
    const [{ metric } = assert.fail()] = await prometheus.has(
      'diogenesis_findings_total{diogenesis_finding_level="ALERT"}',
    );
    assert.deepEqual(Object.keys(metric).sort(), [
      '__name__',
      'diogenesis_finding_level',
      'diogenesis_finding_pattern',
      'diogenesis_package_name',
      'instance',
      'job',
    ]);
  });

  it('an ALERT reaches the webhook, grouped by service and package, and resolves', async () => {
    const firing = await until('the notification', () =>
      alertmanager.notifications.find(
        ({ status, alerts }) => status === 'firing' && alerts[0]?.labels.alertname === 'DiogenesisAlertFinding',
      ),
    );
    assert.equal(firing.receiver, 'diogenesis-webhook');
    assert.deepEqual(firing.groupLabels, { job: 'shop', diogenesis_package_name: 'labels' });
    // Two processes, two patterns: two alerts in one message.
    assert.deepEqual(firing.alerts.map(({ labels }) => labels.diogenesis_finding_pattern).sort(), [
      'data_exfiltration',
      'house_rule',
    ]);
    assert.equal(
      firing.alerts.find(({ labels }) => labels.diogenesis_finding_pattern === 'data_exfiltration')?.annotations
        .summary,
      'labels in shop: data_exfiltration',
    );
    const resolved = await until(
      'the resolution',
      () =>
        alertmanager.notifications.find(
          ({ status, groupLabels }) => status === 'resolved' && groupLabels.diogenesis_package_name === 'labels',
        ),
      60_000,
    );
    assert.equal(resolved.alerts.length, 2);
  });

  it('an honest service raises no alert', async () => {
    const alerts = await prometheus.query('ALERTS{job="honest"}');
    app.labels('1.0.0', HONEST);
    const { code, stderr } = await run(app, gateway.http, 'honest');
    assert.equal(code, 0, stderr);
    await prometheus.has('diogenesis_field_coherence_ratio{job="honest"}');
    await prometheus.has('timestamp(diogenesis_field_coherence_ratio{job="honest"}) > 0');
    assert.deepEqual(
      [...alerts, ...(await prometheus.query('ALERTS{job="honest",alertname!="DiogenesisSilent"}'))],
      [],
    );
  });

  it('stay bounded when 10,000 packages have findings', async () => {
    const packages = 10_000;
    for (let i = 0; i < packages; i++) {
      app.folder.package(
        `p${i}`,
        '1.0.0',
        'exports.act = (file) => require("node:fs").readFileSync(file);',
        {},
        `app/node_modules/p${i}`,
      );
    }
    app.write(
      'many.js',
      `${MAIN.slice(0, MAIN.indexOf('const { trace }'))}
const file = require('node:path').join(require('node:os').homedir(), '.npmrc');
for (let i = 0; i < ${packages}; i++) require('p' + i).act(file);
sdk.shutdown();`,
    );
    const { code, stderr } = await app.run(['many.js'], {
      ...environment(gateway.http, 'many'),
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_TRACES_EXPORTER: 'none',
      DIOGENESIS_FINDINGS: app.folder.path('many.jsonl'),
    });
    assert.equal(code, 0, stderr.slice(-2000));
    await prometheus.has('diogenesis_findings_total{job="many"}', 60_000);
    const bySeries = await prometheus.query('count by (__name__) ({__name__=~"diogenesis_.*",job="many"})');
    const series = Object.fromEntries(bySeries.map(({ metric, value }) => [metric.__name__, Number(value[1])]));
    assert.equal(series.diogenesis_voltage_ratio, 100);
    assert.ok((series.diogenesis_findings_total ?? 0) <= 1_001, JSON.stringify(series));
    assert.ok((series.diogenesis_behaviors_total ?? 0) <= 16, JSON.stringify(series));
    const [total] = await prometheus.query('sum(diogenesis_findings_total{job="many"})');
    const told = readFileSync(app.folder.path('many.jsonl'), 'utf8').trim().split('\n').length;
    assert.ok(told > 100, `${told} findings`);
    assert.equal(Number(total?.value[1]), told);
  });
});

describe('the metrics written remotely', { skip }, () => {
  it('have the same names', async () => {
    using folder = new AppFolder('diogenesis-backends-');
    await using app = await VictimApp.create();
    app.write('main.js', MAIN);
    await using prometheus = await Prometheus.start(binaryOf(prometheusd), { folder: folder.path('prometheus') });
    await using gateway = await Collector.start(binaryOf(otelcol), {
      files: ['gateway.yaml', 'remote-write.yaml'],
      folder: folder.path('gateway'),
      env: { PROMETHEUS_WRITE: `${prometheus.url}/api/v1/write` },
    });
    const { code, stderr } = await run(app, gateway.http, 'written');
    assert.equal(code, 0, stderr);
    for (const name of NAMES) await prometheus.has(`${name}{job="written"}`);
    await prometheus.has('diogenesis_findings_traced_total{job="written"}');
  });
});

describe('the inhibition', { skip: 'missing' in alertmanagerd && `because ${alertmanagerd.missing}` }, () => {
  it('an ALERT silences what follows from it in the same service, and nothing else', async () => {
    using folder = new AppFolder('diogenesis-backends-');
    await using alertmanager = await Alertmanager.start(binaryOf(alertmanagerd), folder.root);
    const alert = (alertname: string, job: string) => ({ labels: { alertname, job, severity: 'warning' } });
    const sent = [
      alert('DiogenesisAlertFinding', 'shop'),
      alert('DiogenesisVoltageLow', 'shop'),
      alert('DiogenesisSilent', 'shop'),
      alert('DiogenesisVoltageLow', 'other'),
    ];
    const url = `http://${alertmanager.address}/api/v2/alerts`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(sent) });
    assert.equal(status, 200);
    const states = await until('all four judged', async () => {
      const all = await getJson<{ labels: Record<string, string>; status: { state: string } }[]>(url);
      return all.length === 4 && all.every((one) => one.status.state !== 'unprocessed') && all;
    });
    const suppressed = states.filter((one) => one.status.state === 'suppressed').map(({ labels }) => labels);
    assert.deepEqual(suppressed, [{ alertname: 'DiogenesisVoltageLow', job: 'shop', severity: 'warning' }]);
  });
});

describe('the webhook example', () => {
  it('says every alert in a line', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, [${JSON.stringify(join(CONFIG, 'alertmanager/webhook.mjs'))}], { env: { ...process.env, PORT: '0' } });
      child.stdout.once('data', async (line) => {
        const port = /\\d+/.exec(line)[0];
        const alerts = [{ status: 'firing', labels: { severity: 'critical', alertname: 'A' }, annotations: { summary: 'S' } }];
        child.stdout.once('data', (said) => { process.stdout.write(said); child.kill(); });
        await fetch('http://127.0.0.1:' + port, { method: 'POST', body: JSON.stringify({ alerts }) });
      });`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 });
    assert.equal(stdout, 'firing   critical A: S\n');
  });
});

function environment(endpoint: string, service: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: service,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    DIOGENESIS_QUIET: '1',
  };
}

function run(app: VictimApp, endpoint: string, service: string) {
  return app.run(['main.js'], environment(endpoint, service));
}
