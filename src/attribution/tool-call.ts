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
  /** Which files belong to which MCP server, for the process that is started in this call. */
  readonly folders?: string | undefined;
}

const calls = new AsyncLocalStorage<ToolCall>();
const { run, getStore } = AsyncLocalStorage.prototype;
const runIn = run.bind(calls) as <T>(call: ToolCall, fn: () => T) => T;
const callOf = getStore.bind(calls) as () => ToolCall | undefined;

/** Runs `fn`, and everything it starts asynchronously, as this execution of a tool, in the conversation around it. */
export function runAsTool<T>(call: ToolCall, fn: () => T): T {
  const around = callOf();
  return runIn(around === undefined ? call : joined(call, around), fn);
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
  return found === undefined ? inherited : joined(found, inherited, true);
}

/** The calls that this process serves say for themselves to which conversation they belong. */
export function forgetInheritedConversation(): void {
  if (inherited === undefined) return;
  const { tool, agent, conversation, group } = inherited;
  if (conversation !== undefined || group !== undefined) inherited = namedCall(nameOf(tool), nameOf(agent));
}

/* Two sources may know a part each: the SDK the tool, the span around it the conversation. */
const joins = new SafeWeakMap<ToolCall, { other: ToolCall; both: ToolCall }>();

function joined(first: ToolCall, other: ToolCall, isInherited = false): ToolCall {
  const isComplete = first.tool !== undefined && first.agent !== undefined && first.conversation !== undefined;
  if (isComplete && first.span !== undefined) return first;
  const known = joins.get(first);
  if (known?.other === other) return known.both;
  const both: ToolCall = {
    tool: first.tool ?? other.tool,
    agent: first.agent ?? other.agent,
    conversation: first.conversation ?? other.conversation,
    // A span around it knows the whole turn; what another process has said is older than both.
    group: isInherited ? (first.group ?? other.group) : (other.group ?? first.group),
    given: first.tool === undefined ? other.given : first.given,
    returned: first.tool === undefined ? other.returned : first.returned,
    span: first.span ?? other.span,
    folders: first.folders ?? other.folders,
  };
  joins.set(first, { other, both });
  return both;
}

const interned = new SafeMap<string, ToolCall>();
const MAX_INTERNED = 256;

/** A call of which only names are known, always the same object for the same names. */
export function namedCall(
  tool: string | undefined,
  agent: string | undefined,
  conversation?: string,
  group?: string,
): ToolCall {
  const key = `${tool ?? ''}\n${agent ?? ''}\n${conversation ?? ''}\n${group ?? ''}`;
  let call = interned.get(key);
  if (call === undefined) {
    call = {
      tool: (tool ?? '') === '' ? undefined : toolPrincipal(tool as string),
      agent: (agent ?? '') === '' ? undefined : agentPrincipal(agent as string),
      conversation,
      group,
    };
    if (interned.size >= MAX_INTERNED) interned.clear();
    interned.set(key, call);
  }
  return call;
}

/**
 * How a child process, or an MCP server, is told: `tool|agent|conversation|group|state|folders`, each percent-encoded.
 * Names, and what agents/conversation-state.ts and agents/server-folders.ts write; a reader that knows three parts is
 * content with three.
 */
export const TOOL_CALL = 'DIOGENESIS_TOOL_CALL';
const MAX_NAME = 256;

/** What goes with the names: what the calls of a conversation share, what is known of it, which files are whose. */
export interface ToldOfCall {
  readonly group: string;
  readonly state: string;
  readonly folders: string;
}

let moreOf: (call: ToolCall) => ToldOfCall | undefined = () => undefined;

/** Who knows what else another process is told of a call. */
export function setMoreOfCall(ask: typeof moreOf): void {
  moreOf = ask;
}

/** What a process or worker started now is told; empty when nothing is to be told. */
export function toolCallForChild(): string {
  const call = toolCallNow();
  return call === undefined ? '' : textOfCall(call);
}

/** A call as another process is told of it. */
export function textOfCall(call: ToolCall): string {
  const more = moreOf(call);
  const names = [nameOf(call.tool), nameOf(call.agent), call.conversation ?? '', more?.group ?? ''];
  let text = '';
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    // A name of unreasonable length, or one that cannot be encoded, is left out.
    text += `${i === 0 ? '' : '|'}${name.length > MAX_NAME ? '' : encodeURIComponentOf(name)}`;
  }
  if (more !== undefined) text += `|${encodeURIComponentOf(more.state)}|${encodeURIComponentOf(more.folders)}`;
  return text;
}

/** Reads what the parent has told. */
export function parseToolCall(value: string | undefined): ToolCall | undefined {
  const parts = partsOf(value);
  return parts === undefined ? undefined : namedCall(parts[0], parts[1], parts[2], parts[3]);
}

/** Reads what goes with it. */
export function parseMoreOfCall(value: string | undefined): { readonly state?: string; readonly folders?: string } {
  const [, , , , state, folders] = partsOf(value) ?? [];
  return { ...(state === undefined ? {} : { state }), ...(folders === undefined ? {} : { folders }) };
}

function partsOf(value: string | undefined): (string | undefined)[] | undefined {
  if (value === undefined || value === '') return undefined;
  const parts = StringPrototypeSplit(value, '|') as (string | undefined)[];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    parts[i] = part === '' ? undefined : decodeURIComponentOf(part);
  }
  return parts;
}

function nameOf(principal: Principal | undefined): string {
  if (principal === undefined) return '';
  return StringPrototypeSlice(principal.key, principal.kind.length + 1);
}
