/**
 * Prometheus and Alertmanager with the files of collector-config/. Neither takes its addresses from the environment, and
 * a test waits seconds where they wait minutes: addresses and times are all that is replaced.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CONFIG } from './collector.ts';
import { freePorts, getJson, Running, until } from './running.ts';

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const read = (file: string) => readFileSync(join(CONFIG, file), 'utf8');

/** Minutes become seconds: windows, waiting times and intervals alike. */
function hurried(text: string): string {
  return text
    .replace(/\b(\d+)m\b/g, '$1s')
    .replace(/\b1h\b/g, '60s')
    .replace(/\b(?:15|30)s\b(?=\s*$)/gm, '1s');
}

export interface PrometheusOptions {
  readonly folder: string;
  /** host:port of a Collector's Prometheus exporter; none for remote write. */
  readonly scrape?: string;
  readonly alertmanager?: string;
  /** Windows of minutes become windows of seconds. */
  readonly hurry?: boolean;
}

export class Prometheus implements AsyncDisposable {
  readonly url: string;
  private readonly server: Running;

  private constructor(binary: string, port: number, options: PrometheusOptions) {
    const { folder, scrape, alertmanager = '127.0.0.1:1', hurry = false } = options;
    mkdirSync(folder, { recursive: true });
    const config = read('prometheus/prometheus.yaml')
      .replace('alertmanager:9093', alertmanager)
      .replace('gateway:9464', scrape ?? '127.0.0.1:1')
      .replace('gateway:8888', '127.0.0.1:1')
      .replace(/(scrape|evaluation)_interval: 15s/g, '$1_interval: 1s');
    writeFileSync(join(folder, 'prometheus.yaml'), config);
    writeFileSync(
      join(folder, 'rules.yaml'),
      hurry ? hurried(read('prometheus/rules.yaml')) : read('prometheus/rules.yaml'),
    );
    this.url = `http://127.0.0.1:${port}`;
    this.server = new Running(
      'Prometheus',
      binary,
      [
        '--config.file=prometheus.yaml',
        '--storage.tsdb.path=data',
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--enable-feature=exemplar-storage',
      ],
      { cwd: folder },
    );
  }

  static async start(binary: string, options: PrometheusOptions): Promise<Prometheus> {
    const [port] = await freePorts(1);
    const prometheus = new Prometheus(binary, port as number, options);
    await prometheus.server.answers(`${prometheus.url}/-/ready`);
    return prometheus;
  }

  async query(expression: string): Promise<readonly Sample[]> {
    const url = new URL(`${this.url}/api/v1/query`);
    url.searchParams.set('query', expression);
    const { data } = await getJson<{ data: { result: Sample[] } }>(url);
    return data.result;
  }

  /** The answer once there is one. */
  has(expression: string, timeoutMs?: number): Promise<readonly Sample[]> {
    return until(
      expression,
      async () => {
        const result = await this.query(expression);
        return result.length > 0 && result;
      },
      timeoutMs,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    // Nothing of it is kept, and it would take its time.
    return this.server.stop('SIGKILL');
  }
}

export interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Alertmanager, and the webhook that it tells. */
export class Alertmanager implements AsyncDisposable {
  readonly address: string;
  readonly notifications: Notification[] = [];
  private readonly server: Running;
  private readonly webhook: ReturnType<typeof createServer>;

  private constructor(binary: string, folder: string, port: number, webhook: Alertmanager['webhook']) {
    mkdirSync(folder, { recursive: true });
    this.webhook = webhook;
    webhook.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      this.notifications.push(JSON.parse(body));
      response.writeHead(204).end();
    });
    const config = read('alertmanager/alertmanager.yaml')
      .replace('webhook:9099', `127.0.0.1:${(webhook.address() as AddressInfo).port}`)
      .replace('group_wait: 10s', 'group_wait: 2s')
      .replace('group_interval: 1m', 'group_interval: 2s');
    writeFileSync(join(folder, 'alertmanager.yaml'), config);
    this.address = `127.0.0.1:${port}`;
    this.server = new Running('Alertmanager', binary, [
      `--config.file=${join(folder, 'alertmanager.yaml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${this.address}`,
      '--cluster.listen-address=',
    ]);
  }

  static async start(binary: string, folder: string): Promise<Alertmanager> {
    const webhook = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => webhook.once('listening', resolve));
    const [port] = await freePorts(1);
    const alertmanager = new Alertmanager(binary, folder, port as number, webhook);
    await alertmanager.server.answers(`http://${alertmanager.address}/-/ready`);
    return alertmanager;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop('SIGKILL');
    this.webhook.closeAllConnections();
    this.webhook.close();
  }
}
