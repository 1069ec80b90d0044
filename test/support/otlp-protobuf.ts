/**
 * Reads OTLP requests in protobuf into the shape they have in JSON, for the receiver of the tests.
 * The tables follow opentelemetry-proto 1.9; fields that no test looks at are skipped.
 */

type Kind =
  | 'string'
  | 'bytes'
  | 'hex'
  | 'varint'
  | 'int64'
  | 'bool'
  | 'double'
  | 'fixed64'
  | 'sfixed64'
  | 'fixed32'
  | Message;
type Field = readonly [name: string, kind: Kind, repeated?: 'repeated'];
interface Message {
  readonly fields: () => Readonly<Record<number, Field>>;
}
const message = (fields: () => Readonly<Record<number, Field>>): Message => ({ fields });

const anyValue: Message = message(() => ({
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', message(() => ({ 1: ['values', anyValue, 'repeated'] }))],
  6: ['kvlistValue', message(() => ({ 1: ['values', keyValue, 'repeated'] }))],
  7: ['bytesValue', 'bytes'],
}));
const keyValue: Message = message(() => ({ 1: ['key', 'string'], 2: ['value', anyValue] }));
const resource = message(() => ({ 1: ['attributes', keyValue, 'repeated'] }));
const scope = message(() => ({
  1: ['name', 'string'],
  2: ['version', 'string'],
  3: ['attributes', keyValue, 'repeated'],
}));

const spanEvent = message(() => ({
  1: ['timeUnixNano', 'fixed64'],
  2: ['name', 'string'],
  3: ['attributes', keyValue, 'repeated'],
  4: ['droppedAttributesCount', 'varint'],
}));
const spanLink = message(() => ({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['attributes', keyValue, 'repeated'],
}));
const span = message(() => ({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'string'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'string'],
  6: ['kind', 'varint'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', keyValue, 'repeated'],
  11: ['events', spanEvent, 'repeated'],
  12: ['droppedEventsCount', 'varint'],
  13: ['links', spanLink, 'repeated'],
  15: ['status', message(() => ({ 2: ['message', 'string'], 3: ['code', 'varint'] }))],
}));
const logRecord = message(() => ({
  1: ['timeUnixNano', 'fixed64'],
  2: ['severityNumber', 'varint'],
  3: ['severityText', 'string'],
  5: ['body', anyValue],
  6: ['attributes', keyValue, 'repeated'],
  9: ['traceId', 'hex'],
  10: ['spanId', 'hex'],
  11: ['observedTimeUnixNano', 'fixed64'],
  12: ['eventName', 'string'],
}));

const numberPoint = message(() => ({
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['asDouble', 'double'],
  6: ['asInt', 'sfixed64'],
  7: ['attributes', keyValue, 'repeated'],
}));
const histogramPoint = message(() => ({
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  9: ['attributes', keyValue, 'repeated'],
  11: ['min', 'double'],
  12: ['max', 'double'],
}));
const metric = message(() => ({
  1: ['name', 'string'],
  2: ['description', 'string'],
  3: ['unit', 'string'],
  5: ['gauge', message(() => ({ 1: ['dataPoints', numberPoint, 'repeated'] }))],
  7: [
    'sum',
    message(() => ({
      1: ['dataPoints', numberPoint, 'repeated'],
      2: ['aggregationTemporality', 'varint'],
      3: ['isMonotonic', 'bool'],
    })),
  ],
  9: [
    'histogram',
    message(() => ({ 1: ['dataPoints', histogramPoint, 'repeated'], 2: ['aggregationTemporality', 'varint'] })),
  ],
}));

const request = (resources: string, scopes: string, items: string, item: Message): Message =>
  message(() => ({
    1: [
      resources,
      message(() => ({
        1: ['resource', resource],
        2: [scopes, message(() => ({ 1: ['scope', scope], 2: [items, item, 'repeated'] })), 'repeated'],
      })),
      'repeated',
    ],
  }));

/** The request message of each signal, by the last part of its path. */
export const REQUESTS = {
  traces: request('resourceSpans', 'scopeSpans', 'spans', span),
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', metric),
};

const text = new TextDecoder();

/** Reads one protobuf message. Throws a RangeError on truncated input. */
export function decodeProtobuf(bytes: Uint8Array, type: Message): Record<string, unknown> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = type.fields();
  const result: Record<string, unknown> = {};
  let at = 0;

  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const slice = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('truncated protobuf message');
    at += length;
    return bytes.subarray(at - length, at);
  };

  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    let raw: bigint | Uint8Array;
    if (wire === 0) raw = varint();
    else if (wire === 1) raw = slice(8);
    else if (wire === 2) raw = slice(Number(varint()));
    else if (wire === 5) raw = slice(4);
    else throw new RangeError(`unknown protobuf wire type ${wire}`);

    const field = fields[tag >>> 3];
    if (field === undefined) continue;
    const [name, kind, repeated] = field;
    const value = read(raw, kind);
    if (!repeated) result[name] = value;
    else if (Array.isArray(result[name])) result[name].push(value);
    else result[name] = [value];
  }
  return result;
}

function read(raw: bigint | Uint8Array, kind: Kind): unknown {
  if (typeof raw === 'bigint') {
    if (kind === 'bool') return raw !== 0n;
    return kind === 'int64' ? String(BigInt.asIntN(64, raw)) : Number(raw);
  }
  if (typeof kind === 'object') return decodeProtobuf(raw, kind);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (kind) {
    case 'string':
      return text.decode(raw);
    case 'hex':
      return Buffer.from(raw).toString('hex');
    case 'double':
      return view.getFloat64(0, true);
    case 'fixed64':
      return String(view.getBigUint64(0, true));
    case 'sfixed64':
      return String(view.getBigInt64(0, true));
    case 'fixed32':
      return view.getUint32(0, true);
    default:
      return Buffer.from(raw).toString('base64');
  }
}
