import type { Attributes, Context, Span } from '@opentelemetry/api';
import { agentPrincipal, toolPrincipal } from '../attribution/packages.ts';
import type { ToolCall } from '../attribution/tool-call.ts';
import { RegExpPrototypeExec, SafeWeakMap } from '../primordials.ts';
import { otelApi } from './otel-api.ts';
import * as semconv from './semconv.ts';

/*
 * Names under which spans say which tool of which agent is at work: the GenAI conventions first, then what was written
 * before them and is still in use. Only what a span has when it starts is seen.
 */
const TOOL = [
  semconv.ATTR_GEN_AI_TOOL_NAME,
  'ai.toolCall.name', // Vercel AI SDK, LegacyOpenTelemetry
  'tool.name', // OpenInference
];
const AGENT = [
  semconv.ATTR_GEN_AI_AGENT_NAME,
  'ai.telemetry.functionId', // Vercel AI SDK, LegacyOpenTelemetry
  'agent.name', // OpenInference
];
const CONVERSATION = [
  semconv.ATTR_GEN_AI_CONVERSATION_ID,
  'session.id', // OpenInference, general conventions
];
const ARGUMENTS = [semconv.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS, 'ai.toolCall.args', 'tool.parameters'];

const RESULT = [semconv.ATTR_GEN_AI_TOOL_CALL_RESULT, 'ai.toolCall.result', 'output.value'];

/*
 * Spans that get their attributes only when they end, but say in their name what they are: those of Mastra's bridge.
 */
const TOOL_BY_NAME = /^(?:mcp_)?tool: '([^']{1,256})'/;
const AGENT_BY_NAME = /^agent run: '([^']{1,256})'/;

/* The call that a span, or a span above it, stands for. */
const callOf = new SafeWeakMap<Span, ToolCall>();
let onToolStart: (call: ToolCall) => void = () => {};

/** Who is told of every execution of a tool as its span starts. */
export function watchToolSpans(listener: (call: ToolCall) => void): void {
  onToolStart = listener;
}

/** Remembers on whose behalf of an agent a started span, and whatever runs in it, works. Called for every span. */
export function followToolSpan(span: Span, parent: Context): void {
  const parentSpan = otelApi()?.trace.getSpan(parent);
  const above = parentSpan === undefined ? undefined : callOf.get(parentSpan);
  const { attributes, name } = span as { attributes?: Attributes; name?: unknown };
  const call = attributes === undefined ? above : callWith(attributes, name, above, span);
  if (call === undefined) return;
  callOf.set(span, call);
  if (call.tool !== undefined && call.span === span) onToolStart(call);
}

function callWith(
  attributes: Attributes,
  name: unknown,
  above: ToolCall | undefined,
  span: Span,
): ToolCall | undefined {
  const tool = textOf(attributes, TOOL) ?? namedIn(name, TOOL_BY_NAME);
  const agent = textOf(attributes, AGENT) ?? namedIn(name, AGENT_BY_NAME);
  const conversation = textOf(attributes, CONVERSATION);
  // A session alone is anybody's: a browser has one too.
  if (tool === undefined && agent === undefined && above === undefined) {
    if (attributes[semconv.ATTR_GEN_AI_CONVERSATION_ID] === undefined) return undefined;
  }
  if (
    tool === undefined &&
    agent === undefined &&
    (conversation === undefined || conversation === above?.conversation)
  ) {
    return above;
  }
  return {
    tool: tool === undefined ? above?.tool : toolPrincipal(tool),
    agent: agent === undefined ? above?.agent : agentPrincipal(agent),
    conversation: conversation ?? above?.conversation,
    group: above?.group ?? span.spanContext().traceId,
    given: tool === undefined ? above?.given : { value: textOf(attributes, ARGUMENTS) },
    returned: tool === undefined ? above?.returned : () => resultOf(span, attributes),
    span: tool === undefined ? above?.span : span,
  };
}

/* Recorded before the span ends, or never. */
function resultOf(span: Span, attributes: Attributes): string | null | undefined {
  return textOf(attributes, RESULT) ?? ((span as { ended?: unknown }).ended === true ? null : undefined);
}

function textOf(attributes: Attributes, names: readonly string[]): string | undefined {
  for (let i = 0; i < names.length; i++) {
    const value = attributes[names[i] as string];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function namedIn(name: unknown, pattern: RegExp): string | undefined {
  return typeof name === 'string' ? RegExpPrototypeExec(pattern, name)?.[1] : undefined;
}

/** A span that is about to start belongs to an agent: by its attributes, its name, or the span above it. */
export function isOfAgent(attributes: Attributes, name: string, parent: Context): boolean {
  const parentSpan = otelApi()?.trace.getSpan(parent);
  if (parentSpan !== undefined && callOf.has(parentSpan)) return true;
  if (textOf(attributes, TOOL) !== undefined || textOf(attributes, AGENT) !== undefined) return true;
  return namedIn(name, TOOL_BY_NAME) !== undefined || namedIn(name, AGENT_BY_NAME) !== undefined;
}

/** The call that the active span belongs to, however deep beneath it the current code runs. */
export function callOfActiveSpan(): ToolCall | undefined {
  const api = otelApi();
  const span = api?.trace.getSpan(api.context.active());
  return span === undefined ? undefined : callOf.get(span);
}
