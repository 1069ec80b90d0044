/**
 * An OTLP/HTTP receiver on a free loopback port: what a collector would have got, flattened for reading.
 * Takes JSON and protobuf, plain and gzipped; can be told to misbehave the way a real backend does.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeProtobuf, REQUESTS } from './otlp-protobuf.ts';

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

interface Received {
  readonly resource: Values;
  readonly scope: string;
}
export interface ReceivedSpan extends Received {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** 1 INTERNAL, 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER. */
  readonly kind: number;
  /** Milliseconds. */
  readonly start: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly attributes: Values;
  readonly events: readonly { readonly name: string; readonly time: number; readonly attributes: Values }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
}
export interface ReceivedLog extends Received {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: Value;
  readonly attributes: Values;
  readonly traceId: string;
  readonly spanId: string;
}
export interface ReceivedPoint extends Received {
  readonly name: string;
  readonly unit: string;
  readonly type: 'gauge' | 'sum' | 'histogram';
  readonly attributes: Values;
  /** Sum of a histogram's values. */
  readonly value: number;
}

/** How the receiver answers: as a collector, as a slow one, with an HTTP status, or not at all. */
export type Behaviour =
  | 'accept'
  | 'hang'
  | 'reset'
  | { readonly until: Promise<unknown> }
  | { readonly status: number; readonly retryAfter?: number };

export interface OtlpReceiver {
  /** Base address, to be used as OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly port: number;
  /** Requests that arrived, whatever the answer. */
  readonly requests: readonly { readonly path: string; readonly contentType: string; readonly bytes: number }[];
  spans(): readonly ReceivedSpan[];
  logs(): readonly ReceivedLog[];
  /** Every point that arrived, oldest first; cumulative sums repeat themselves. */
  metrics(): readonly ReceivedPoint[];
  /** The newest point of each series of a metric. */
  metric(name: string): readonly ReceivedPoint[];
  /** Resolves with the first truthy answer of the predicate, asked now and after each arrival. */
  waitFor<T>(predicate: (receiver: OtlpReceiver) => T | undefined | false | null, timeoutMs?: number): Promise<T>;
  behave(behaviour: Behaviour): void;
  /** Forgets what arrived. */
  clear(): void;
  /** Stops listening and drops open connections: the next export is refused. */
  close(): Promise<void>;
}

/** Starts a receiver; `port` to come back where an earlier one was closed. */
export async function startOtlpReceiver(options: { port?: number; behaviour?: Behaviour } = {}): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const logs: ReceivedLog[] = [];
  const points: ReceivedPoint[] = [];
  const requests: OtlpReceiver['requests'][number][] = [];
  const waiting = new Set<() => void>();
  let behaviour: Behaviour = options.behaviour ?? 'accept';

  const server: Server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    let body: Buffer = Buffer.concat(chunks);
    const path = request.url ?? '';
    const contentType = request.headers['content-type'] ?? '';
    requests.push({ path, contentType, bytes: body.length });

    const isSlow = typeof behaviour === 'object' && 'until' in behaviour;
    if (isSlow) for (const look of [...waiting]) look();
    if (isSlow) await (behaviour as { until: Promise<unknown> }).until;
    if (isSlow || behaviour === 'accept') {
      if (request.headers['content-encoding'] === 'gzip') body = gunzipSync(body);
      const json = contentType.includes('json');
      const signal = path.slice(path.lastIndexOf('/') + 1) as keyof typeof REQUESTS;
      if (REQUESTS[signal] === undefined) {
        response.writeHead(404).end();
      } else {
        const data = json ? JSON.parse(body.toString()) : decodeProtobuf(body, REQUESTS[signal]);
        if (signal === 'traces') spans.push(...readSpans(data));
        else if (signal === 'logs') logs.push(...readLogs(data));
        else points.push(...readMetrics(data));
        response.writeHead(200, { 'content-type': json ? 'application/json' : 'application/x-protobuf' });
        response.end(json ? '{}' : '');
      }
    } else if (behaviour === 'reset') {
      request.socket.destroy();
    } else if (behaviour !== 'hang') {
      const { status, retryAfter } = behaviour as { status: number; retryAfter?: number };
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }).end();
    }
    for (const look of [...waiting]) look();
  }

  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    spans: () => spans,
    logs: () => logs,
    metrics: () => points,
    metric(name) {
      const newest = new Map<string, ReceivedPoint>();
      for (const point of points) if (point.name === name) newest.set(JSON.stringify(point.attributes), point);
      return [...newest.values()];
    },
    waitFor(predicate, timeoutMs = 30_000) {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = (): void => {
          try {
            const found = predicate(receiver);
            if (found) finish(() => resolve(found));
          } catch (error) {
            finish(() => reject(error));
          }
        };
        const timer = setTimeout(() => {
          finish(() => reject(new Error(`OTLP receiver: not seen within ${timeoutMs} ms; arrived: ${summary()}`)));
        }, timeoutMs);
        waiting.add(look);
        look();
      });
    },
    behave(next) {
      behaviour = next;
    },
    clear() {
      spans.length = logs.length = points.length = requests.length = 0;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  function summary(): string {
    const names = (list: readonly { name: string }[]): string => [...new Set(list.map(({ name }) => name))].join(', ');
    const events = logs.map(({ eventName }) => ({ name: eventName }));
    return `${requests.length} requests, spans [${names(spans)}], logs [${names(events)}], metrics [${names(points)}]`;
  }
  return receiver;
}

/** An endpoint on loopback where nobody listens. */
export async function refusedEndpoint(): Promise<string> {
  const receiver = await startOtlpReceiver();
  await receiver.close();
  return receiver.url;
}

/* OTLP's JSON shape, as far as it is read here. */
// biome-ignore lint/suspicious/noExplicitAny: foreign JSON, every field may be missing
type Json = any;

function plain(value: Json): Value {
  if (value === undefined || value === null) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue !== undefined) return attributesOf(value.kvlistValue.values);
  return value.bytesValue ?? null;
}

function attributesOf(list: Json): Values {
  return Object.fromEntries((list ?? []).map(({ key, value }: Json) => [key, plain(value)]));
}

const milliseconds = (nanoseconds: Json): number => Number(BigInt(nanoseconds ?? 0) / 1000n) / 1000;

function* records(resources: Json, scopes: string, items: string): Generator<[Received, Json]> {
  for (const group of resources ?? []) {
    const resource = attributesOf(group.resource?.attributes);
    for (const scoped of group[scopes] ?? []) {
      for (const item of scoped[items] ?? []) yield [{ resource, scope: scoped.scope?.name ?? '' }, item];
    }
  }
}

function readSpans(data: Json): ReceivedSpan[] {
  return [...records(data.resourceSpans, 'scopeSpans', 'spans')].map(([origin, span]) => ({
    ...origin,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: span.kind ?? 0,
    start: milliseconds(span.startTimeUnixNano),
    duration: milliseconds(span.endTimeUnixNano) - milliseconds(span.startTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map((event: Json) => ({
      name: event.name,
      time: milliseconds(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    status: span.status?.code ?? 0,
  }));
}

function readLogs(data: Json): ReceivedLog[] {
  return [...records(data.resourceLogs, 'scopeLogs', 'logRecords')].map(([origin, log]) => ({
    ...origin,
    eventName: log.eventName ?? '',
    severityNumber: log.severityNumber ?? 0,
    severityText: log.severityText ?? '',
    body: plain(log.body),
    attributes: attributesOf(log.attributes),
    traceId: log.traceId ?? '',
    spanId: log.spanId ?? '',
  }));
}

function readMetrics(data: Json): ReceivedPoint[] {
  const points: ReceivedPoint[] = [];
  for (const [origin, metric] of records(data.resourceMetrics, 'scopeMetrics', 'metrics')) {
    for (const type of ['gauge', 'sum', 'histogram'] as const) {
      for (const point of metric[type]?.dataPoints ?? []) {
        points.push({
          ...origin,
          name: metric.name,
          unit: metric.unit ?? '',
          type,
          attributes: attributesOf(point.attributes),
          value: Number(point.asDouble ?? point.asInt ?? point.sum ?? 0),
        });
      }
    }
  }
  return points;
}
