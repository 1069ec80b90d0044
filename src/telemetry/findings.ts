import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { Assessment } from '../behavior.ts';
import { ArrayPrototypeJoin, SafeWeakMap, StringPrototypeIncludes } from '../primordials.ts';
import { type Finding, type FindingAgent, type Level, rounded, severityOf } from '../response/finding.ts';
import { BoundedMap } from '../voltage/bounded-map.ts';
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

/*
 * OpenInference's tracer parents spans by their context alone and hands out wrappers of them, so that neither the parent
 * nor the span itself is to be had from what is known; these spans are kept by id until they end.
 */
const MAX_HANDED_ON = 1_024;
const handedOn = new BoundedMap<Span>(MAX_HANDED_ON);

/** A span has ended. */
export function forgetSpan(span: unknown): void {
  if (handedOn.size > 0) handedOn.delete((span as Span).spanContext().spanId);
}

function requestOf(span: Span): RequestState {
  let request = requests.get(span);
  if (request === undefined) {
    request = { span, level: undefined, findings: 0 };
    requests.set(span, request);
  }
  return request;
}

/** Remembers to which request (local root span) a started span belongs. Called for every span of the application. */
export function followSpan(span: Span, parent: Context): void {
  const parentSpan = otelApi()?.trace.getSpan(parent);
  if (parentSpan?.isRecording() === false) {
    const real = handedOn.get(parentSpan.spanContext().spanId);
    if (real !== undefined) requests.set(span, requestOf(real));
  }
  const scope = (span as { instrumentationScope?: { name?: unknown } }).instrumentationScope?.name;
  if (typeof scope === 'string' && StringPrototypeIncludes(scope, 'openinference')) {
    handedOn.set(span.spanContext().spanId, span);
  }
  // A root is its own request and needs no entry until something happens; a weak entry a span is felt by the collector.
  if (parentSpan?.isRecording() === true) requests.set(span, requestOf(parentSpan));
}

/** GenAI attributes of what happened on behalf of an agent; empty otherwise. */
export function agentAttributes(agent: FindingAgent | undefined): Attributes {
  if (agent === undefined) return {};
  const attributes: Attributes = {};
  if (agent.tool !== undefined) attributes[semconv.ATTR_GEN_AI_TOOL_NAME] = agent.tool;
  if (agent.name !== undefined) attributes[semconv.ATTR_GEN_AI_AGENT_NAME] = agent.name;
  if (agent.conversation !== undefined) attributes[semconv.ATTR_GEN_AI_CONVERSATION_ID] = agent.conversation;
  return attributes;
}

export function findingAttributes(finding: Finding): Attributes {
  return {
    ...agentAttributes(finding.agent),
    [semconv.ATTR_FINDING_ID]: finding.id,
    [semconv.ATTR_FINDING_LEVEL]: finding.level,
    [semconv.ATTR_FINDING_PATTERN]: finding.pattern,
    [semconv.ATTR_FINDING_REASON]: finding.reason,
    [semconv.ATTR_PACKAGE_NAME]: finding.principal.name,
    [semconv.ATTR_PACKAGE_VERSION]: finding.principal.version,
    [semconv.ATTR_PACKAGE_CHAIN]: [...finding.chain],
    [semconv.ATTR_TRAIT]: finding.trait,
    [semconv.ATTR_VOLTAGE]: rounded(finding.voltage),
    ...(finding.blocked === true ? { [semconv.ATTR_FINDING_BLOCKED]: true } : {}),
    [semconv.ATTR_SECURITY_RULE_NAME]: finding.rule.name,
    [semconv.ATTR_SECURITY_RULE_CATEGORY]: finding.pattern,
    [semconv.ATTR_SECURITY_RULE_REFERENCE]: ArrayPrototypeJoin(finding.rule.reference, ', '),
  };
}

/** Writes voltage and findings of an act onto its own span. */
export function markActSpan(span: Span, assessment: Assessment): void {
  span.setAttribute(semconv.ATTR_VOLTAGE, rounded(assessment.voltage));
  const { findings } = assessment;
  if (findings.length === 0) return;
  for (const finding of findings) span.addEvent(semconv.EVENT_FINDING, findingAttributes(finding), finding.time);
  span.setAttribute(semconv.ATTR_THREAT_LEVEL, worst(findings));
  span.setAttribute(semconv.ATTR_FINDING_COUNT, findings.length);
}

/**
 * Writes findings onto the request during which they happened: its active span, the span of the tool at work, and the
 * local root above them, which for an agent is the root of the conversation's turn.
 */
export function markRequest(parent: Context, findings: readonly Finding[], span?: Span): void {
  if (findings.length === 0) return;
  const toolSpan = span === undefined ? undefined : (handedOn.get(span.spanContext().spanId) ?? span);
  const active = otelApi()?.trace.getSpan(parent) ?? toolSpan;
  if (active === undefined) return;
  const request = requestOf(toolSpan ?? active);
  for (const finding of findings) {
    const attributes = findingAttributes(finding);
    active.addEvent(semconv.EVENT_FINDING, attributes, finding.time);
    if (toolSpan !== undefined && toolSpan !== active) {
      toolSpan.addEvent(semconv.EVENT_FINDING, attributes, finding.time);
    }
    if (request.span !== active && request.span !== toolSpan) {
      request.span.addEvent(semconv.EVENT_FINDING, attributes, finding.time);
    }
    if (request.level === undefined || severityOf(finding.level) > severityOf(request.level))
      request.level = finding.level;
    request.findings++;
  }
  if (request.level !== undefined) request.span.setAttribute(semconv.ATTR_THREAT_LEVEL, request.level);
  request.span.setAttribute(semconv.ATTR_FINDING_COUNT, request.findings);
}

/** Writes a finding about a call onto its span, or the active one, and the local root. Answers where it is. */
export function markCall(at: Context | undefined, finding: Finding, toolSpan: Span | undefined): Span | undefined {
  const span = toolSpan ?? (at === undefined ? undefined : otelApi()?.trace.getSpan(at));
  const context = at ?? otelApi()?.ROOT_CONTEXT;
  if (span !== undefined && context !== undefined) markRequest(context, [finding], span);
  return span;
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
