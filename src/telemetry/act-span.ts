import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { Behavior, Sense } from '../behavior.ts';
import type { SensedBehavior } from '../immune-system.ts';
import { ArrayIsArray } from '../primordials.ts';
import { agentOf, keysOf } from '../response/response.ts';
import { agentAttributes } from './findings.ts';
import { currentTracer } from './providers.ts';
import * as semconv from './semconv.ts';

/* Not `createContextKey`: its keys are global symbols, and anybody could start a span with a behavior of their own. */
const BEHAVIOR = Symbol('diogenesis-otel behavior');

const ATTR_PROCESS_COMMAND_ARGS = 'process.command_args';

/* SpanKind and SpanStatusCode of the API, which is loaded only when somebody uses it. */
const INTERNAL = 0;
const CLIENT = 2;
const STATUS_ERROR = 2;

/** The behavior that a span is being started for; `undefined` for everybody else's spans. */
export function behaviorOf(parent: Context): SensedBehavior | undefined {
  return parent.getValue(BEHAVIOR) as SensedBehavior | undefined;
}

const NAMES: { readonly [sense in Sense]: string | undefined } = {
  import: 'import',
  fs: undefined, // fs.OPERATION
  net: undefined,
  process: 'process.spawn',
  worker: 'worker.start',
  native: 'native.dlopen',
  code: 'code.eval',
  env: 'env.read',
  audit: undefined, // the acts that it tells of are the other senses'
};

export function spanNameOf(behavior: Behavior): string {
  const { sense, operation } = behavior.act;
  if (sense === 'net' && operation === 'dns') return 'dns.lookup';
  return NAMES[sense] ?? `${sense}.${operation}`;
}

export function attributesOf(behavior: SensedBehavior): Attributes {
  const { act, principal, chain, site } = behavior;
  const attributes: Attributes = {
    ...act.attributes,
    ...agentAttributes(agentOf(behavior.call)),
    [semconv.ATTR_TRAIT]: behavior.trait ?? `${act.sense}.${act.operation}`,
    [semconv.ATTR_PACKAGE_NAME]: principal.name,
    [semconv.ATTR_PACKAGE_VERSION]: principal.version,
    [semconv.ATTR_PACKAGE_CHAIN]: keysOf(chain.members),
  };
  // What a model wrote may stand anywhere in a command line: beneath a tool only the program is told.
  const words = attributes[ATTR_PROCESS_COMMAND_ARGS];
  if (behavior.call?.tool !== undefined && ArrayIsArray(words)) {
    attributes[ATTR_PROCESS_COMMAND_ARGS] = words.length > 1 ? [words[0] as string, '[redacted]'] : [...words];
  }
  if (site !== undefined) {
    attributes[semconv.ATTR_CODE_FUNCTION_NAME] = site.functionName || '<anonymous>';
    attributes[semconv.ATTR_CODE_FILE_PATH] = site.file;
    attributes[semconv.ATTR_CODE_LINE_NUMBER] = site.line;
    attributes[semconv.ATTR_CODE_COLUMN_NUMBER] = site.column;
  }
  return attributes;
}

/**
 * Starts the span of an act, with the behavior in its parent context: there the sampler and the span processor find it.
 * `startTime` for an act told later than it happened.
 */
export function startActSpan(behavior: SensedBehavior, parent: Context, startTime?: number): Span | undefined {
  const isClient = behavior.act.sense === 'net' && behavior.act.operation === 'connect';
  return currentTracer()?.startSpan(
    spanNameOf(behavior),
    { kind: isClient ? CLIENT : INTERNAL, attributes: attributesOf(behavior), startTime },
    parent.setValue(BEHAVIOR, behavior),
  );
}

/** Ends the span of an act; an error becomes its status and `error.type`, never its message (it may hold a secret). */
export function endActSpan(span: Span, error: unknown): void {
  if (error !== undefined && error !== null) {
    const type = errorType(error);
    span.setAttribute(semconv.ATTR_ERROR_TYPE, type);
    span.setStatus({ code: STATUS_ERROR, message: type });
  }
  span.end();
}

function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER';
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : '_OTHER';
}
