/** A real Jaeger, asked through the API that its own pages use. */
import { freePorts, getJson, Running } from './running.ts';

export interface JaegerTag {
  readonly key: string;
  readonly value: unknown;
}
export interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly fields: readonly JaegerTag[] }[];
}
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
}

export class Jaeger implements AsyncDisposable {
  readonly otlp: string;
  readonly query: string;
  private readonly server: Running;

  private constructor(binary: string, ports: readonly number[]) {
    const at = (index: number) => `127.0.0.1:${ports[index]}`;
    this.otlp = `http://${at(0)}`;
    this.query = `http://${at(1)}`;
    this.server = new Running(
      'Jaeger',
      binary,
      [
        `--collector.otlp.http.host-port=${at(0)}`,
        `--query.http-server.host-port=${at(1)}`,
        `--collector.otlp.grpc.host-port=${at(2)}`,
        `--query.grpc-server.host-port=${at(3)}`,
        `--admin.http.host-port=${at(4)}`,
        `--collector.grpc-server.host-port=${at(5)}`,
        `--collector.http-server.host-port=${at(6)}`,
        `--http-server.host-port=${at(7)}`,
        `--reporter.grpc.host-port=${at(5)}`,
        `--processor.jaeger-binary.server-host-port=${at(8)}`,
        `--processor.jaeger-compact.server-host-port=${at(9)}`,
        `--processor.zipkin-compact.server-host-port=${at(10)}`,
      ],
      { env: { SPAN_STORAGE_TYPE: 'memory' } },
    );
  }

  static async start(binary: string): Promise<Jaeger> {
    const jaeger = new Jaeger(binary, await freePorts(11));
    await jaeger.server.answers(`${jaeger.query}/api/services`);
    return jaeger;
  }

  async traces(service: string, tags?: Record<string, string>): Promise<readonly JaegerTrace[]> {
    const url = new URL(`${this.query}/api/traces`);
    url.searchParams.set('service', service);
    url.searchParams.set('limit', '1500');
    url.searchParams.set('lookback', '1h');
    if (tags !== undefined) url.searchParams.set('tags', JSON.stringify(tags));
    return (await getJson<{ data: JaegerTrace[] }>(url)).data;
  }

  [Symbol.asyncDispose](): Promise<void> {
    // Nothing of it is kept, and it would take its time.
    return this.server.stop('SIGKILL');
  }
}

/** The findings of a trace: each span with the fields of a span event `diogenesis.finding` on it. */
export function findingsOf(trace: JaegerTrace): { span: JaegerSpan; fields: Record<string, unknown> }[] {
  return trace.spans.flatMap((span) =>
    span.logs
      .map(({ fields }) => Object.fromEntries(fields.map(({ key, value }) => [key, value])))
      .filter((fields) => fields.event === 'diogenesis.finding')
      .map((fields) => ({ span, fields })),
  );
}
