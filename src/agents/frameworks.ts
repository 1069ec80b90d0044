import { AsyncLocalStorage } from 'node:async_hooks';
import { agentPrincipal, toolPrincipal } from '../attribution/packages.ts';
import type { ToolCall } from '../attribution/tool-call.ts';
import { ReflectApply, SafeWeakMap } from '../primordials.ts';
import { conversationOf } from './conversations.ts';
import { followRuns } from './follow-runs.ts';
import { OpenRuns, type Run } from './open-runs.ts';

/*
 * Frameworks that keep the tool at work in an asynchronous context of their own, under a global symbol, so that several
 * copies of them share it. It is asked when something happens. One method is replaced while somebody counts calls: `run`
 * of the storage of the OpenAI Agents SDK (follow-runs.ts). What is read is somebody else's object: every answer is
 * checked, and an error means that no tool is at work.
 */

const { getStore } = AsyncLocalStorage.prototype;
const globals = globalThis as unknown as Record<symbol, unknown>;
/** Ancestors looked at for the name of the agent. */
const MAX_ANCESTORS = 32;

type Fields = Record<string | symbol, unknown>;

function storageUnder(name: symbol): AsyncLocalStorage<unknown> | undefined {
  const storage = globals[name];
  return storage instanceof AsyncLocalStorage ? storage : undefined;
}

function storeOf(storage: AsyncLocalStorage<unknown>): Fields | undefined {
  return fieldsOf(ReflectApply(getStore as never, storage, []));
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/* One object for an execution, so that what is found out about it is found out once. */
const known = new SafeWeakMap<object, ToolCall>();
let onToolStart: ((call: ToolCall) => void) | undefined;
let unfollow: (() => void) | undefined;

/** Who is told of an execution of a tool when it is first met. Answers how to undo it, and what came of it. */
export function watchFrameworkTools(listener: (call: ToolCall) => void): () => void {
  onToolStart = listener;
  return () => {
    if (onToolStart !== listener) return;
    onToolStart = undefined;
    unfollow?.();
    unfollow = undefined;
  };
}

function meet(key: object, call: ToolCall, isCounted = false): ToolCall {
  known.set(key, call);
  if (call.tool !== undefined && !isCounted) onToolStart?.(call);
  return call;
}

const OPENAI_AGENTS = Symbol.for('openai.agents.core.asyncLocalStorage');

/** OpenAI Agents SDK: its tracing keeps the current span; a function span is a tool, an agent span above it the agent. */
export function callOfOpenAIAgents(): ToolCall | undefined {
  try {
    const storage = storageUnder(OPENAI_AGENTS);
    if (storage === undefined) return undefined;
    // A tool that touches nothing new is never asked about; its call counts all the same.
    if (onToolStart !== undefined) unfollow ??= followRuns(storage, callOfOpenAIAgents);
    const store = storeOf(storage);
    const span = fieldsOf(store?.span);
    if (store === undefined || span === undefined || store.active !== true) return undefined;
    const call = known.get(span);
    if (call !== undefined) return call;
    let tool: Fields | undefined;
    let toolSpan: Fields | undefined;
    let agent: string | undefined;
    let above: Fields | undefined = span;
    for (let i = 0; i < MAX_ANCESTORS && above !== undefined && agent === undefined; i++) {
      const data = fieldsOf(above.spanData);
      if (data?.type === 'function') {
        tool ??= data;
        toolSpan ??= above;
      } else if (data?.type === 'agent') agent = textOf(data.name);
      above = fieldsOf(above.previousSpan);
    }
    const name = textOf(tool?.name);
    if (name === undefined && agent === undefined) return undefined;
    const trace = fieldsOf(store.trace);
    return meet(span, {
      tool: name === undefined ? undefined : toolPrincipal(name),
      agent: agent === undefined ? undefined : agentPrincipal(agent),
      conversation: textOf(trace?.groupId),
      group: textOf(trace?.traceId),
      given: { value: tool?.input },
      returned: () => tool?.output ?? (typeof toolSpan?.endedAt === 'string' ? null : undefined),
    });
  } catch {
    return undefined;
  }
}

const LANGCHAIN = Symbol.for('ls:tracing_async_local_storage');
const LANGCHAIN_CONFIG = Symbol.for('lc:child_config');

/* Runs that our own callbacks were told of. */
const runs = new OpenRuns();

/** A run has started (`langChainCallbacks`). */
export function noteRun(id: string, started: Run): void {
  runs.note(id, started);
  if (started.type !== 'tool' || started.name === undefined || started.thread === undefined) return;
  onToolStart?.({
    tool: toolPrincipal(started.name),
    agent: undefined,
    conversation: started.thread,
    group: undefined,
    given: started.given,
  });
}

/** A run has ended; a tool's with its answer, of which the call that gave it is not known here. */
export function forgetRun(id: string, answer?: unknown): void {
  const thread = runs.get(id)?.thread;
  runs.forget(id);
  if (thread === undefined || answer === undefined) return;
  conversationOf({ tool: undefined, agent: undefined, conversation: thread, group: undefined })?.answered(
    answer,
    false,
  );
}

/** LangChain.js: the tool's run is the parent of whatever it starts; a tracer, or our own callbacks, know the run. */
export function callOfLangChain(): ToolCall | undefined {
  try {
    const storage = storageUnder(LANGCHAIN);
    const store = storage === undefined ? undefined : storeOf(storage);
    const config = fieldsOf(fieldsOf(store?.extra)?.[LANGCHAIN_CONFIG]);
    const manager = fieldsOf(config?.callbacks);
    if (config === undefined || manager === undefined) return undefined;
    const call = known.get(config);
    if (call !== undefined) return call;
    let id = textOf(manager._parentRunId);
    let tool: Run | undefined;
    let agent: string | undefined;
    for (let i = 0; i < MAX_ANCESTORS && id !== undefined; i++) {
      const found: Run | undefined = runs.get(id) ?? runOfTracer(manager.handlers, id);
      if (found === undefined) break;
      if (found.type === 'tool') tool ??= found;
      // The outermost run that is no tool is the agent, or the graph that it is.
      else agent = found.name ?? agent;
      id = found.parent;
    }
    const named = textOf(fieldsOf(config.metadata)?.lc_agent_name) ?? agent;
    if (tool?.name === undefined && named === undefined) return undefined;
    const made = {
      tool: tool?.name === undefined ? undefined : toolPrincipal(tool.name),
      agent: named === undefined ? undefined : agentPrincipal(named),
      conversation: textOf(fieldsOf(config.configurable)?.thread_id) ?? textOf(fieldsOf(config.metadata)?.thread_id),
      group: undefined,
      given: tool?.given,
      returned: tool?.returned,
      span: tool?.span,
    };
    return meet(config, made, tool?.thread !== undefined);
  } catch {
    return undefined;
  }
}

/* Tracers keep the runs under way: OpenInference with the span of each, LangSmith and the console tracer by id. */
function runOfTracer(handlers: unknown, id: string): Run | undefined {
  if (!Array.isArray(handlers)) return undefined;
  for (let i = 0; i < handlers.length; i++) {
    const handler = fieldsOf(handlers[i]);
    const spanned = fieldsOf(fieldsOf(handler?.runs)?.[id]);
    const byId = handler?.getRunById;
    const run = fieldsOf(spanned?.run ?? (typeof byId === 'function' ? byId.call(handler, id) : undefined));
    if (run === undefined) continue;
    return {
      name: textOf(run.name),
      type: textOf(run.run_type),
      parent: textOf(run.parent_run_id),
      given: { value: run.inputs },
      returned: () => run.outputs ?? (run.end_time === undefined ? undefined : null),
      span: fieldsOf(spanned?.span),
    };
  }
  return undefined;
}
