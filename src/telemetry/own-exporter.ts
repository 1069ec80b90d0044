import type { Context, Span } from '@opentelemetry/api';
import { runAsOwn } from '../attribution/async-origin.ts';
import type { Assessment } from '../behavior.ts';
import type { SensedBehavior } from '../immune-system.ts';
import { VERSION } from '../version.ts';
import { attributesOf, spanNameOf } from './act-span.ts';
import { logFinding, markActSpan } from './findings.ts';
import { type MetricSource, observeMetrics } from './metrics.ts';
import { requireOtelApi } from './otel-api.ts';
import { EXPORT_TIMEOUT, EXPORT_TIMEOUT_MS } from './own-sdk.ts';
import { optionalPeer } from './peers.ts';
import { SCOPE_NAME } from './semconv.ts';

/** Items waiting for the next export; beyond it the oldest are dropped (and said once). */
const MAX_QUEUE = 2_048;
const EXPORT_EVERY_MS = 1_000;
/** After an export that failed for good, its own retries included. */
const TRY_AGAIN_AFTER_MS = 5_000;
const METRICS_EVERY_MS = 10_000;

interface Exporter<T> {
  export(items: T[], done: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}
type ExporterClass<T> = new (config: { url: string; timeoutMillis?: number }) => Exporter<T>;

interface Flushable {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * The export path of `DIOGENESIS_OTLP_ENDPOINT`: findings, their spans and the metrics over OTLP/HTTP, through
 * providers that nobody else can reach, whatever the application's SDK does or does not do.
 */
export interface OwnExporter {
  tell(behavior: SensedBehavior, assessment: Assessment, at: Context | undefined): void;
  log(record: object): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

const NEEDED = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-logs',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-logs-otlp-http',
  '@opentelemetry/exporter-metrics-otlp-http',
];

/** Opens the export path, or says in one line what is missing. */
export function openOwnExporter(
  endpoint: string,
  source: MetricSource,
  complain: (line: string) => void,
): OwnExporter | undefined {
  if (!URL.canParse(endpoint)) {
    complain(`DIOGENESIS_OTLP_ENDPOINT is not a URL: "${endpoint}"; give one such as http://127.0.0.1:4318`);
    return undefined;
  }
  const missing = NEEDED.filter((name) => peer(name) === undefined);
  if (missing.length > 0) {
    complain(`DIOGENESIS_OTLP_ENDPOINT needs ${missing.join(', ')}: install @opentelemetry/sdk-node`);
    return undefined;
  }
  return build(endpoint.replace(/\/+$/, ''), source, complain);
}

// biome-ignore lint/suspicious/noExplicitAny: the optional peers' shapes differ between SDK 2.x and 3.x
function peer(name: string): any {
  const found = optionalPeer(name);
  return found ?? (name === '@opentelemetry/sdk-trace' ? optionalPeer('@opentelemetry/sdk-trace-base') : undefined);
}

function build(endpoint: string, source: MetricSource, complain: (line: string) => void): OwnExporter {
  const { ROOT_CONTEXT, trace } = requireOtelApi() as NonNullable<ReturnType<typeof requireOtelApi>>;
  const { resourceFromAttributes, defaultResource } = peer('@opentelemetry/resources');
  const resource = defaultResource().merge(resourceFromAttributes(resourceAttributes()));

  const timeout = process.env[EXPORT_TIMEOUT] === undefined ? { timeoutMillis: EXPORT_TIMEOUT_MS } : {};
  let hasComplained = false;
  const failed = (what: string, error: Error | undefined) => {
    if (hasComplained) return;
    hasComplained = true;
    complain(
      `${what} could not be sent to ${endpoint}: ${error?.message ?? 'refused'}; the application is not affected`,
    );
  };
  const queue = <T>(Class: ExporterClass<T>, path: string) =>
    new ExportQueue<T>(
      runAsOwn(() => new Class({ url: `${endpoint}${path}`, ...timeout })),
      (error) => failed('findings', error),
    );

  const spans = queue<object>(peer('@opentelemetry/exporter-trace-otlp-http').OTLPTraceExporter, '/v1/traces');
  const logs = queue<object>(peer('@opentelemetry/exporter-logs-otlp-http').OTLPLogExporter, '/v1/logs');

  const sdkTrace = peer('@opentelemetry/sdk-trace');
  const TracerProvider = sdkTrace.TracerProvider ?? sdkTrace.BasicTracerProvider;
  const tracerProvider = new TracerProvider({
    resource,
    sampler: new sdkTrace.AlwaysOnSampler(),
    spanProcessors: [{ onStart() {}, onEnd: (span: object) => spans.add(span), ...lifecycle(spans) }],
  });
  const { LoggerProvider } = peer('@opentelemetry/sdk-logs');
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [{ onEmit: (record: object) => logs.add(record), ...lifecycle(logs) }],
  });
  const { MeterProvider, PeriodicExportingMetricReader } = peer('@opentelemetry/sdk-metrics');
  const meterProvider = runAsOwn(
    () =>
      new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new (peer('@opentelemetry/exporter-metrics-otlp-http').OTLPMetricExporter)({
              url: `${endpoint}/v1/metrics`,
              ...timeout,
            }),
            exportIntervalMillis: METRICS_EVERY_MS,
          }),
        ],
      }),
  );
  observeMetrics(meterProvider.getMeter(SCOPE_NAME, VERSION), source);
  const tracer = tracerProvider.getTracer(SCOPE_NAME, VERSION);
  const logger = loggerProvider.getLogger(SCOPE_NAME, VERSION);
  const everything: Flushable[] = [tracerProvider, loggerProvider, meterProvider];
  const all = (action: 'forceFlush' | 'shutdown') =>
    runAsOwn(() => Promise.allSettled(everything.map((provider) => provider[action]()))).then(() => undefined);
  const metricsSoon = once(EXPORT_EVERY_MS, () => void runAsOwn(() => meterProvider.forceFlush()).catch(() => {}));
  const flushAtEnd = flushBeforeExit(() => all('forceFlush'));

  return {
    tell(behavior, assessment, at) {
      if (assessment.findings.length === 0) return;
      flushAtEnd.isOwed = true;
      metricsSoon();
      // Nothing of the application's context (baggage, suppression) but the trace it belongs to.
      const active = at === undefined ? undefined : trace.getSpanContext(at);
      const parent = active === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, active);
      const span: Span = tracer.startSpan(
        spanNameOf(behavior),
        { attributes: attributesOf(behavior), startTime: behavior.time },
        parent,
      );
      markActSpan(span, assessment);
      span.end();
      for (const finding of assessment.findings) {
        logFinding(finding, trace.setSpan(parent, span), (record) => logger.emit(record));
      }
    },
    log(record) {
      flushAtEnd.isOwed = true;
      logger.emit(record);
    },
    forceFlush: () => all('forceFlush'),
    shutdown() {
      flushAtEnd.close();
      return all('shutdown');
    },
  };
}

/* A counter is only worth what arrives of it: with the findings, not when the process may be gone. */
function once(ms: number, action: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    const act = () => {
      isDue = false;
      action();
    };
    runAsOwn(() => setTimeout(act, ms)).unref();
  };
}

/**
 * `beforeExit` comes when nothing is left to do: flushing then delays no exit that the application asked for. It comes
 * again after asynchronous work, ours as well as the application's; once more only for what has been told since.
 */
function flushBeforeExit(flush: () => Promise<void>): { isOwed: boolean; close(): void } {
  const state = {
    isOwed: true,
    close: () => void process.off('beforeExit', atEnd),
  };
  function atEnd(): void {
    if (!state.isOwed) return;
    state.isOwed = false;
    void flush();
  }
  process.on('beforeExit', atEnd);
  return state;
}

function resourceAttributes(): Record<string, string> {
  // One process, one instance: two without a name would overwrite each other's metrics.
  const attributes: Record<string, string> = { 'service.instance.id': globalThis.crypto.randomUUID() };
  const listed = process.env.OTEL_RESOURCE_ATTRIBUTES ?? '';
  for (const pair of listed.split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) attributes[pair.slice(0, at).trim()] = pair.slice(at + 1).trim();
  }
  const name = process.env.OTEL_SERVICE_NAME;
  if (name !== undefined) attributes['service.name'] = name;
  return attributes;
}

/**
 * Collects items and hands them to an exporter once a second; what could not be sent waits for the next time, as far as
 * there is room. Never keeps the process alive.
 */
class ExportQueue<T> implements Flushable {
  private items: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isShutDown = false;
  private readonly exporter: Exporter<T>;
  private readonly onError: (error: Error | undefined) => void;

  constructor(exporter: Exporter<T>, onError: (error: Error | undefined) => void) {
    this.exporter = exporter;
    this.onError = onError;
  }

  add(item: T): void {
    if (this.items.length >= MAX_QUEUE) this.items.shift();
    this.items.push(item);
    this.flushAfter(EXPORT_EVERY_MS);
  }

  private flushAfter(ms: number): void {
    this.timer ??= runAsOwn(() => setTimeout(() => void this.forceFlush(), ms)).unref();
  }

  forceFlush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { items } = this;
    if (items.length === 0) return Promise.resolve();
    this.items = [];
    return new Promise((resolve) => {
      // Suppressed, so that the application's http instrumentation makes no spans of our requests.
      const { context, ROOT_CONTEXT } = requireOtelApi() as NonNullable<ReturnType<typeof requireOtelApi>>;
      const suppress = peer('@opentelemetry/core')?.suppressTracing;
      context.with(suppress === undefined ? ROOT_CONTEXT : suppress(ROOT_CONTEXT), () =>
        runAsOwn(() =>
          this.exporter.export(items, (result) => {
            if (result.code !== 0) {
              this.onError(result.error);
              this.items = [...items, ...this.items].slice(-MAX_QUEUE);
              if (!this.isShutDown) this.flushAfter(TRY_AGAIN_AFTER_MS);
            }
            resolve();
          }),
        ),
      );
    });
  }

  async shutdown(): Promise<void> {
    this.isShutDown = true;
    await this.forceFlush();
    await this.exporter.shutdown();
  }
}

function lifecycle(queue: Flushable): Flushable {
  return { forceFlush: () => queue.forceFlush(), shutdown: () => queue.shutdown() };
}
