import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, it } from 'node:test';
import { marksOf, namesHost } from '../../src/agents/argument-marks.ts';
import { callOfOpenAIAgents, watchFrameworkTools } from '../../src/agents/frameworks.ts';
import { langChainCallbacks } from '../../src/agents/langchain.ts';
import { OpenRuns } from '../../src/agents/open-runs.ts';
import type { ToolCall } from '../../src/attribution/tool-call.ts';

const NAME = Symbol.for('openai.agents.core.asyncLocalStorage');
const globals = globalThis as unknown as Record<symbol, unknown>;
const { run: original } = AsyncLocalStorage.prototype;
/* What the SDK keeps while a function tool runs. */
const store = (name: string) => ({
  active: true,
  trace: { groupId: 'g-1' },
  span: { spanData: { type: 'function', name, input: '{}' } },
});

describe('the storage of the OpenAI Agents SDK', () => {
  afterEach(() => {
    delete globals[NAME];
  });

  function watching() {
    const storage = new AsyncLocalStorage<unknown>();
    globals[NAME] = storage;
    const met: string[] = [];
    const stop = watchFrameworkTools((call: ToolCall) => met.push(call.tool?.key ?? ''));
    callOfOpenAIAgents();
    return { storage, met, stop };
  }

  it('tells of a tool that does nothing, and looks as before', () => {
    const { storage, met, stop } = watching();
    const { run } = storage;
    assert.notEqual(run, original);
    assert.deepEqual([run.name, run.length, Object.keys(storage)], [original.name, original.length, []]);
    const result = storage.run(store('ask'), function (this: unknown, ...given: unknown[]) {
      return [this, given];
    } as never);
    assert.deepEqual(
      result,
      new AsyncLocalStorage().run(1, (...given) => [null, given]),
    );
    assert.deepEqual(storage.run(store('ask'), ((a: number, b: number) => a + b) as never, 1, 2), 3);
    assert.throws(() => storage.run(store('ask'), null as never), TypeError);
    assert.deepEqual(met, ['tool:ask', 'tool:ask']);
    stop();
  });

  it('hands `this` on to the function and to what was there before', () => {
    const seen: unknown[] = [];
    const storage = new AsyncLocalStorage<unknown>();
    const before = {
      value: {
        execute(this: unknown, given: unknown, fn: () => unknown) {
          seen.push(this);
          return original.call(storage, given, () => Reflect.apply(fn, 'mine', []));
        },
      }.execute,
      configurable: true,
      writable: true,
      enumerable: true,
    };
    Object.defineProperty(storage, 'run', before);
    globals[NAME] = storage;
    const stop = watchFrameworkTools(() => {});
    callOfOpenAIAgents();
    assert.deepEqual([storage.run.name, storage.run.length], ['execute', 2]);
    const got = storage.run({}, function (this: unknown) {
      return this;
    });
    assert.equal(got, 'mine');
    assert.equal(seen[0], storage);
    stop();
    assert.deepEqual(Object.getOwnPropertyDescriptor(storage, 'run'), before);
  });

  it('is left as it was when nobody counts any more', () => {
    const { storage, met, stop } = watching();
    stop();
    assert.equal(Object.hasOwn(storage, 'run'), false);
    assert.equal(storage.run, original);
    callOfOpenAIAgents();
    assert.equal(Object.hasOwn(storage, 'run'), false, 'it is not followed again');
    storage.run(store('late'), () => {});
    assert.deepEqual(met, []);
  });

  it('keeps the wrapper that somebody put around ours, and says nothing through it', () => {
    const { storage, met, stop } = watching();
    const ours = storage.run;
    const theirs = ((...args: Parameters<typeof ours>) => Reflect.apply(ours, storage, args)) as typeof ours;
    storage.run = theirs;
    stop();
    assert.equal(storage.run, theirs);
    assert.equal(
      storage.run(store('late'), () => 5),
      5,
    );
    assert.deepEqual(met, []);
  });
});

describe('the callbacks of LangChain.js', () => {
  it('bear whatever they are told', () => {
    const callbacks = langChainCallbacks();
    for (const odd of [undefined, null, 1, 'x', {}, { id: 'x' }, { id: 7 }, { id: [] }, { id: [{}] }, { name: 1 }]) {
      callbacks.handleToolStart(odd, '{}', 'id');
      callbacks.handleChainStart(odd, {}, 'id', 'parent');
      callbacks.handleToolStart(odd, odd, odd, odd, odd, odd, odd);
    }
    callbacks.handleToolEnd(undefined, 'id');
  });
});

describe('runs under way', () => {
  const run = (value: unknown, parent?: string) => ({
    name: 'search',
    type: 'tool',
    parent,
    given: { value },
    span: undefined,
  });

  it('keep marks of what a tool was given, not the text', () => {
    const runs = new OpenRuns();
    runs.note('a', run('see evil.example'));
    const { given } = runs.get('a') ?? {};
    assert.equal(given?.value, undefined);
    const marks = marksOf(given);
    assert.ok(marks !== undefined && namesHost(marks, 'evil.example'));
    runs.forget('a');
    assert.equal(runs.get('a'), undefined);
  });

  it('are bounded by what they take: a few large ones count as many small ones', () => {
    const most = (value: () => unknown) => {
      const runs = new OpenRuns();
      for (let i = 0; i < 20_000; i++) runs.note(`${i}`, run(value()));
      assert.ok(runs.get('19999'), 'the newest is there');
      return runs.size;
    };
    const small = most(() => 'x');
    assert.ok(small > 1_000 && small <= 4_096, `${small} small ones`);
    let n = 0;
    const large = most(() => Array.from({ length: 64 }, () => `${n++}.example /a/${n}; curl ${n}`));
    assert.ok(large < small / 4, `${large} large ones`);
  });

  it('that have ended make room: one that goes on is not forgotten', () => {
    const runs = new OpenRuns();
    runs.note('graph', run('x'));
    for (let i = 0; i < 20_000; i++) {
      runs.note(`${i}`, run('x', 'graph'));
      runs.forget(`${i}`);
    }
    assert.equal(runs.size, 1);
    assert.equal(runs.get('graph')?.name, 'search');
  });
});
