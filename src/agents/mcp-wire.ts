import {
  forgetInheritedConversation,
  parseMoreOfCall,
  parseToolCall,
  type ToolCall,
  textOfCall,
  toolCallNow,
} from '../attribution/tool-call.ts';
import {
  DateNow,
  PromisePrototypeThen,
  RegExpPrototypeExec,
  SafeMap,
  SafeWeakMap,
  StringPrototypeSlice,
} from '../primordials.ts';
import { stateOf, takeState } from './conversation-state.ts';
import { conversationOf } from './conversations.ts';
import { takeFolders } from './server-folders.ts';

/*
 * A conversation goes on in the processes of MCP servers: what belongs to it travels in `_meta`, where the protocol has
 * room for what others do not know, to servers that the client has started itself, and back with the answer. Both sides
 * take it off again before the application sees it. A server that is not watched ignores it.
 */
const KEY = 'diogenesis-otel/call';
/** Characters of it that are read. */
const MAX_TEXT = 16_384;
const MAX_PENDING = 1_024;

// biome-ignore lint/suspicious/noExplicitAny: messages of a protocol, as a package that is not a dependency has them
type Any = any;

/** The parameters of a call with what belongs to the conversation in which it is made. */
export function withCall(params: Any): unknown {
  try {
    const call = toolCallNow();
    return call === undefined ? params : putOn(params, textOfCall(call));
  } catch {
    return params;
  }
}

/* `+`: there was a `_meta` before, which stays, however empty it is. */
function putOn(holder: Any, text: string): unknown {
  const mark = holder._meta === undefined ? '-' : '+';
  return { ...holder, _meta: { ...holder._meta, [KEY]: mark + text } };
}

/* The message has just been parsed, and is nobody's yet. */
function takeOff(holder: Any): string | undefined {
  const meta = holder?._meta;
  const text = meta?.[KEY];
  if (typeof text !== 'string') return undefined;
  delete meta[KEY];
  if (text[0] === '-') delete holder._meta;
  return text.length > MAX_TEXT ? undefined : StringPrototypeSlice(text, 1);
}

/** What a client has told of a call. */
export interface Told {
  readonly conversation: string | undefined;
  readonly group: ToolCall['group'];
  readonly state: string | undefined;
}

/** What a client has told, taken off the parameters of a request. */
export function takeCall(params: Any): Told | undefined {
  const text = takeOff(params);
  const call = parseToolCall(text);
  if (call === undefined) return undefined;
  const { state, folders } = parseMoreOfCall(text);
  takeFolders(folders);
  forgetInheritedConversation();
  return { conversation: call.conversation, group: call.group, state };
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** The trace that a request belongs to, where an instrumentation of the client has written that down. */
export function traceOf(params: Any): string | undefined {
  const text: unknown = params?._meta?.traceparent;
  return typeof text === 'string' ? RegExpPrototypeExec(TRACEPARENT, text)?.[1] : undefined;
}

const pending = new SafeWeakMap<object, Map<unknown, ToolCall>>();

/** The answer to this request will tell what the conversation then knows. */
export function repliesTo(transport: Any, id: unknown, call: ToolCall): void {
  if (typeof transport?.send !== 'function') return;
  let calls = pending.get(transport);
  if (calls === undefined) {
    calls = new SafeMap<unknown, ToolCall>();
    pending.set(transport, calls);
    watchReplies(transport, calls);
  }
  // Of requests that were cancelled: they are never answered.
  if (calls.size >= MAX_PENDING) calls.clear();
  calls.set(id, call);
}

function watchReplies(transport: Any, calls: Map<unknown, ToolCall>): void {
  const send = transport.send as (...args: unknown[]) => unknown;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    try {
      const message = args[0] as Any;
      const call = message?.method === undefined ? calls.get(message?.id) : undefined;
      if (call !== undefined) {
        calls.delete(message.id);
        const { result } = message;
        const state = stateOf(call);
        // Also when there is nothing: then nobody need guess.
        if (typeof result === 'object' && result !== null) args[0] = { ...message, result: putOn(result, state) };
      }
    } catch {
      // The answer goes out as it is.
    }
    return send.apply(this, args);
  };
  Object.defineProperty(transport, 'send', { value, configurable: true, writable: true, enumerable: false });
}

/** The answer of a server, read for what the conversation knows from now on; the application gets it without. */
export function noteAnswer(answer: unknown): unknown {
  const call = toolCallNow();
  if (call === undefined || !(answer instanceof Promise)) return answer;
  return PromisePrototypeThen(answer as Promise<Any>, (result) => {
    try {
      const told = takeOff(result);
      const conversation = conversationOf(call);
      const time = DateNow();
      if (told !== undefined) takeState(call, told, time);
      else if (conversation !== undefined) {
        // Nobody says where it had this from.
        const principal = call.tool?.key ?? '';
        conversation.untrusted ??= { time, principal, trait: 'tool.call', target: '', family: undefined };
      }
      conversation?.answered(result?.content, true);
    } catch {
      // The application gets its answer, whatever we make of it.
    }
    return result as unknown;
  });
}
