/** Collectors with the very files of collector-config/: only ports, folders and addresses differ, by environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../support/victim-app.ts';
import { freePorts, Running } from './running.ts';

export const CONFIG = join(repository, 'collector-config');

export interface CollectorOptions {
  /** Files of collector-config/, merged in this order. */
  readonly files: readonly string[];
  /** Folder for queues and files; kept over a restart. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What a test may not keep: `KEY::KEY=VALUE`. */
  readonly set?: readonly string[];
}

export class Collector implements AsyncDisposable {
  readonly http: string;
  readonly grpc: string;
  readonly metrics: string;
  readonly findingsFile: string;
  readonly traitsFile: string;
  private readonly binary: string;
  private readonly options: CollectorOptions;
  private readonly env: NodeJS.ProcessEnv;
  private server: Running | undefined;

  private constructor(binary: string, options: CollectorOptions, ports: readonly number[]) {
    const [grpc, http, health, prometheus, telemetry] = ports;
    this.binary = binary;
    this.options = options;
    this.http = `http://127.0.0.1:${http}`;
    this.grpc = `127.0.0.1:${grpc}`;
    this.metrics = `http://127.0.0.1:${prometheus}/metrics`;
    this.findingsFile = join(options.folder, 'findings.jsonl');
    this.traitsFile = join(options.folder, 'traits.jsonl');
    this.env = {
      OTLP_GRPC_PORT: String(grpc),
      OTLP_HTTP_PORT: String(http),
      HEALTH_PORT: String(health),
      PROMETHEUS_PORT: String(prometheus),
      TELEMETRY_PORT: String(telemetry),
      QUEUE_DIR: join(options.folder, 'queue'),
      FINDINGS_FILE: this.findingsFile,
      TRAITS_FILE: this.traitsFile,
      DECISION_WAIT: '2s',
      SAMPLING_PERCENTAGE: '0',
      ...options.env,
    };
  }

  static async start(binary: string, options: CollectorOptions): Promise<Collector> {
    const collector = new Collector(binary, options, await freePorts(5));
    await collector.start();
    return collector;
  }

  /** Starts it (again), with the same ports and the same queue. */
  async start(): Promise<void> {
    const files = this.options.files.flatMap((file) => ['--config', join(CONFIG, file)]);
    const more = (this.options.set ?? []).flatMap((value) => ['--config', `yaml:${value}`]);
    this.server = new Running('the Collector', this.binary, [...files, ...more], { env: this.env });
    await this.server.answers(`http://127.0.0.1:${this.env.HEALTH_PORT}/`);
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.server?.stop(signal);
    this.server = undefined;
  }

  get output(): string {
    return this.server?.output ?? '';
  }

  scrape(): Promise<string> {
    return fetch(this.metrics, { signal: AbortSignal.timeout(10_000) }).then((response) => response.text());
  }

  /** What its own metrics say, summed over everything with this name. */
  async own(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.env.TELEMETRY_PORT}/metrics`)).text();
    const values = text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
    return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** The records of a file that the Collector's file exporter wrote. */
export function recordsIn(file: string): { eventName: string; attributes: Record<string, unknown> }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  // biome-ignore lint/suspicious/noExplicitAny: OTLP's JSON
  const each = (list: any, key: string): any[] => (list ?? []).flatMap((item: any) => item[key] ?? []);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => each(each(JSON.parse(line).resourceLogs, 'scopeLogs'), 'logRecords'))
    .map((record) => ({
      eventName: record.eventName,
      attributes: Object.fromEntries(
        // biome-ignore lint/suspicious/noExplicitAny: OTLP's JSON
        (record.attributes ?? []).map(({ key, value }: any) => [key, Object.values(value)[0]]),
      ),
    }));
}
