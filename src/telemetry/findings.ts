import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { Assessment } from '../behavior.ts';
import { ArrayPrototypeJoin, SafeWeakMap } from '../primordials.ts';
import { type Finding, type Level, severityOf } from '../response/finding.ts';
import { otelApi } from './otel-api.ts';
import { currentLogger } from './providers.ts';
import * as semconv from './semconv.ts';

/** The local root of a trace, and the worst that happened beneath it. */
interface RequestState {
  readonly span: Span;
  level: Level | undefined;
  findings: number;
}

const requests = new SafeWeakMap<Span, RequestState>();

/* Names of the tool that a span, or a span above it, executes. */
const tools = new SafeWeakMap<Span, string>();

function requestOf(span: Span): RequestState {
  let request = requests.get(span);
  if (request === undefined) {
    request = { span, level: undefined, findings: 0 };
    requests.set(span, request);
  }
  return request;
}

/**
 * Remembers to which request (local root span) and to which tool of an agent a started span belongs. Called for every
 * span of the application.
 */
export function followSpan(span: Span, parent: Context): void {
  const parentSpan = otelApi()?.trace.getSpan(parent);
  // A root is its own request and needs no entry until something happens; a weak entry a span is felt by the collector.
  if (parentSpan?.isRecording() === true) requests.set(span, requestOf(parentSpan));
  const own = (span as { attributes?: Attributes }).attributes?.[semconv.ATTR_GEN_AI_TOOL_NAME];
  const tool = typeof own === 'string' ? own : parentSpan === undefined ? undefined : tools.get(parentSpan);
  if (tool !== undefined) tools.set(span, tool);
}

/** The tool that the active span executes (GenAI conventions), however deep beneath it the current code runs. */
export function toolOfActiveSpan(): string | undefined {
  const api = otelApi();
  const span = api?.trace.getSpan(api.context.active());
  return span === undefined ? undefined : tools.get(span);
}

export function findingAttributes(finding: Finding): Attributes {
  return {
    [semconv.ATTR_FINDING_ID]: finding.id,
    [semconv.ATTR_FINDING_LEVEL]: finding.level,
    [semconv.ATTR_FINDING_PATTERN]: finding.pattern,
    [semconv.ATTR_FINDING_REASON]: finding.reason,
    [semconv.ATTR_PACKAGE_NAME]: finding.principal.name,
    [semconv.ATTR_PACKAGE_VERSION]: finding.principal.version,
    [semconv.ATTR_PACKAGE_CHAIN]: [...finding.chain],
    [semconv.ATTR_TRAIT]: finding.trait,
    [semconv.ATTR_VOLTAGE]: finding.voltage,
    [semconv.ATTR_SECURITY_RULE_NAME]: finding.rule.name,
    [semconv.ATTR_SECURITY_RULE_CATEGORY]: finding.pattern,
    [semconv.ATTR_SECURITY_RULE_REFERENCE]: ArrayPrototypeJoin(finding.rule.reference, ', '),
  };
}

/** Writes voltage and findings of an act onto its own span. */
export function markActSpan(span: Span, assessment: Assessment): void {
  span.setAttribute(semconv.ATTR_VOLTAGE, assessment.voltage);
  const { findings } = assessment;
  if (findings.length === 0) return;
  for (const finding of findings) span.addEvent(semconv.EVENT_FINDING, findingAttributes(finding), finding.time);
  span.setAttribute(semconv.ATTR_THREAT_LEVEL, worst(findings));
  span.setAttribute(semconv.ATTR_FINDING_COUNT, findings.length);
}

/** Writes findings onto the request during which they happened: its active span, and the local root above that. */
export function markRequest(parent: Context, findings: readonly Finding[]): void {
  const active = otelApi()?.trace.getSpan(parent);
  if (active === undefined || findings.length === 0) return;
  const request = requestOf(active);
  for (const finding of findings) {
    const attributes = findingAttributes(finding);
    active.addEvent(semconv.EVENT_FINDING, attributes, finding.time);
    if (request.span !== active) request.span.addEvent(semconv.EVENT_FINDING, attributes, finding.time);
    if (request.level === undefined || severityOf(finding.level) > severityOf(request.level))
      request.level = finding.level;
    request.findings++;
  }
  if (request.level !== undefined) request.span.setAttribute(semconv.ATTR_THREAT_LEVEL, request.level);
  request.span.setAttribute(semconv.ATTR_FINDING_COUNT, request.findings);
}

function worst(findings: readonly Finding[]): Level {
  let level: Level = 'LOG';
  for (const finding of findings) if (severityOf(finding.level) > severityOf(level)) level = finding.level;
  return level;
}

/* SeverityNumber of the Logs data model: INFO, WARN, ERROR. */
const SEVERITY = { LOG: 9, WARN: 13, ALERT: 17 } as const;
const SEVERITY_TEXT = { LOG: 'INFO', WARN: 'WARN', ALERT: 'ERROR' } as const;

type Emit = (record: object) => void;

/** A finding as a log record: unlike a span event it survives a trace that was not sampled. */
export function logFinding(finding: Finding, at: Context | undefined, emit?: Emit): void {
  const record = {
    eventName: semconv.EVENT_FINDING,
    timestamp: finding.time,
    severityNumber: SEVERITY[finding.level],
    severityText: SEVERITY_TEXT[finding.level],
    body: `${finding.level} ${finding.pattern} ${finding.principal.key}: ${finding.reason}`,
    attributes: findingAttributes(finding),
    context: at,
  };
  if (emit !== undefined) emit(record);
  else currentLogger()?.emit(record);
}
