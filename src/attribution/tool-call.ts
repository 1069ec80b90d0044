import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '../behavior.ts';
import {
  decodeURIComponentOf,
  encodeURIComponentOf,
  SafeMap,
  SafeWeakMap,
  StringPrototypeSlice,
  StringPrototypeSplit,
} from '../primordials.ts';
import { agentPrincipal, toolPrincipal } from './packages.ts';

/*
 * On whose behalf of an AI agent the current code runs. Three kinds of sources: `withTool` and the SDKs that are watched
 * put a call into a storage of ours; a framework's own asynchronous context, or the active span, is asked when something
 * happens; a process or worker that a tool has started is told by its parent.
 */

/** One execution of a tool, or what an agent does between two of them. */
export interface ToolCall {
  /** `undefined` while the agent itself works. */
  readonly tool: Principal | undefined;
  readonly agent: Principal | undefined;
  /** `gen_ai.conversation.id`, where the framework names one. */
  readonly conversation: string | undefined;
  /** What belongs together where nobody named a conversation: the object, or the name, that all its calls share. */
  readonly group: object | string | undefined;
  /** The arguments, until they have been classified; they never leave the process. */
  readonly given?: { value: unknown } | undefined;
  /** Asks the framework for its answer: `undefined` while there is none, `null` when none will come. It never leaves either. */
  readonly returned?: (() => unknown) | undefined;
  /** The span of the framework that stands for this execution, where it has one. */
  readonly span?: object | undefined;
}

const calls = new AsyncLocalStorage<ToolCall>();
const { run, getStore } = AsyncLocalStorage.prototype;
const runIn = run.bind(calls) as <T>(call: ToolCall, fn: () => T) => T;
const callOf = getStore.bind(calls) as () => ToolCall | undefined;

/** Runs `fn`, and everything it starts asynchronously, as this execution of a tool. */
export function runAsTool<T>(call: ToolCall, fn: () => T): T {
  return runIn(call, fn);
}

type Source = () => ToolCall | undefined;
let sources: readonly Source[] = [];
let inherited: ToolCall | undefined;

/** Where else to ask: the active span, the asynchronous contexts of frameworks. The first that knows a tool answers. */
export function setToolSources(all: readonly Source[]): void {
  sources = all;
}

/** Who asked, in another process, for what this process does. */
export function setInheritedCall(call: ToolCall | undefined): void {
  inherited = call;
}

/** The execution of a tool that the current code belongs to; of an agent, when no tool is at work. */
export function toolCallNow(): ToolCall | undefined {
  let found = callOf();
  for (let i = 0; i < sources.length; i++) {
    const other = (sources[i] as Source)();
    if (other !== undefined) found = found === undefined ? other : joined(found, other);
  }
  if (inherited === undefined) return found;
  return found === undefined ? inherited : joined(found, inherited);
}

/* Two sources may know a part each: the SDK the tool, the span around it the conversation. */
const joins = new SafeWeakMap<ToolCall, { other: ToolCall; both: ToolCall }>();

function joined(first: ToolCall, other: ToolCall): ToolCall {
  const isComplete = first.tool !== undefined && first.agent !== undefined && first.conversation !== undefined;
  if (isComplete && first.span !== undefined) return first;
  const known = joins.get(first);
  if (known?.other === other) return known.both;
  const both: ToolCall = {
    tool: first.tool ?? other.tool,
    agent: first.agent ?? other.agent,
    conversation: first.conversation ?? other.conversation,
    group: other.group ?? first.group,
    given: first.tool === undefined ? other.given : first.given,
    returned: first.tool === undefined ? other.returned : first.returned,
    span: first.span ?? other.span,
  };
  joins.set(first, { other, both });
  return both;
}

const interned = new SafeMap<string, ToolCall>();
const MAX_INTERNED = 256;

/** A call of which only names are known, always the same object for the same names. */
export function namedCall(tool: string | undefined, agent: string | undefined, conversation?: string): ToolCall {
  const key = `${tool ?? ''}\n${agent ?? ''}\n${conversation ?? ''}`;
  let call = interned.get(key);
  if (call === undefined) {
    call = {
      tool: tool === undefined ? undefined : toolPrincipal(tool),
      agent: agent === undefined ? undefined : agentPrincipal(agent),
      conversation,
      group: undefined,
    };
    if (interned.size >= MAX_INTERNED) interned.clear();
    interned.set(key, call);
  }
  return call;
}

/** How a child process is told: `tool|agent|conversation`, each percent-encoded; names only. */
export const TOOL_CALL = 'DIOGENESIS_TOOL_CALL';
const MAX_NAME = 256;

/** What a process or worker started now is told; empty when nothing is to be told. */
export function toolCallForChild(): string {
  const call = toolCallNow();
  if (call === undefined) return '';
  const names = [nameOf(call.tool), nameOf(call.agent), call.conversation ?? ''];
  let text = '';
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    // A name of unreasonable length, or one that cannot be encoded, is left out.
    text += `${i === 0 ? '' : '|'}${name.length > MAX_NAME ? '' : encodeURIComponentOf(name)}`;
  }
  return text;
}

/** Reads what the parent has told. */
export function parseToolCall(value: string | undefined): ToolCall | undefined {
  if (value === undefined || value === '') return undefined;
  const [tool, agent, conversation] = StringPrototypeSplit(value, '|');
  const decoded = (text: string | undefined) =>
    text === undefined || text === '' ? undefined : decodeURIComponentOf(text);
  return namedCall(decoded(tool), decoded(agent), decoded(conversation));
}

function nameOf(principal: Principal | undefined): string {
  if (principal === undefined) return '';
  return StringPrototypeSlice(principal.key, principal.kind.length + 1);
}
