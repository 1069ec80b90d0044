import { ArrayIsArray } from '../primordials.ts';
import { forgetRun, noteRun } from './frameworks.ts';

/** The callbacks of LangChain.js that are used, in the shape that its callback managers take. */
export interface LangChainCallbacks {
  handleChainStart(...args: unknown[]): void;
  handleChainEnd(outputs: unknown, runId: string): void;
  handleChainError(error: unknown, runId: string): void;
  handleToolStart(...args: unknown[]): void;
  handleToolEnd(output: unknown, runId: string): void;
  handleToolError(error: unknown, runId: string): void;
}

/**
 * Callbacks for LangChain.js and LangGraph, by which the tool and the agent at work are known:
 * `agent.invoke(input, { callbacks: [langChainCallbacks()] })`. Not needed beside the OpenInference instrumentation or
 * a LangChain tracer. They keep names, and hashed marks of a tool's input until it ends; nothing is sent anywhere.
 */
export function langChainCallbacks(): LangChainCallbacks {
  return {
    handleChainStart(chain, _inputs, runId, parentRunId, _tags, _metadata, _type, runName) {
      start(runId, parentRunId, runName ?? nameOf(chain), 'chain', undefined);
    },
    handleChainEnd: (_outputs, runId) => forgetRun(runId),
    handleChainError: (_error, runId) => forgetRun(runId),
    handleToolStart(tool, input, runId, parentRunId, _tags, metadata, runName) {
      const { thread_id: thread } = (metadata ?? {}) as { thread_id?: unknown };
      start(runId, parentRunId, runName ?? nameOf(tool), 'tool', input, thread);
    },
    handleToolEnd: (output, runId) => forgetRun(runId, output),
    handleToolError: (_error, runId) => forgetRun(runId),
  };
}

function start(id: unknown, parent: unknown, name: unknown, type: string, inputs: unknown, thread?: unknown): void {
  if (typeof id !== 'string') return;
  noteRun(id, {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    type,
    parent: typeof parent === 'string' ? parent : undefined,
    given: type === 'tool' ? { value: inputs } : undefined,
    span: undefined,
    thread: typeof thread === 'string' ? thread : undefined,
  });
}

/* `{ id: ['langchain', 'tools', 'NAME'], name }`, as runnables serialise themselves, or whatever somebody passed on. */
function nameOf(serialized: unknown): unknown {
  const { id, name } = (serialized ?? {}) as { id?: unknown; name?: unknown };
  return name ?? (ArrayIsArray(id) ? (id[id.length - 1] as unknown) : undefined);
}
