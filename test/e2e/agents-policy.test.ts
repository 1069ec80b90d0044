import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { AgentApp, assertNothingLeaves, CANARY } from '../support/agent-app.ts';
import { agentFrameworks } from '../support/registry-packages.ts';

const frameworks = await agentFrameworks();
const skip = 'missing' in frameworks ? `skipped, because ${frameworks.missing}` : false;
const modules = 'modules' in frameworks ? frameworks.modules : '';

/* A model that calls every tool of a list, one a turn, and keeps what it was answered. */
const AGENT = (calls: readonly (readonly [tool: string, input: object])[]) => `
import { readFileSync, writeFileSync } from 'node:fs';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
registerTelemetry(new OpenTelemetry());
const calls = ${JSON.stringify(calls)};
const answers = [];
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
const model = new MockLanguageModelV4({
  doGenerate: async ({ prompt }) => {
    const last = prompt.at(-1);
    if (last.role === 'tool') answers.push(last.content[0].output);
    const next = calls.shift();
    return next === undefined
      ? { content: [{ type: 'text', text: 'done' }], finishReason: { unified: 'stop' }, usage, warnings: [] }
      : { content: [{ type: 'tool-call', toolCallId: 'c' + calls.length, toolName: next[0], input: JSON.stringify(next[1]) }],
          finishReason: { unified: 'tool-calls' }, usage, warnings: [] };
  },
});
for (let i = 0; i < 40; i++) { writeFileSync('notes.txt', 'mine'); readFileSync('notes.txt'); }
const tools = {
  write: tool({ inputSchema: z.object({ file: z.string(), text: z.string() }), execute: async ({ file, text }) => { writeFileSync(file, text); return 'written'; } }),
  read: tool({ inputSchema: z.object({ file: z.string() }), execute: async ({ file }) => readFileSync(file, 'utf8') }),
  shell: tool({ inputSchema: z.object({ command: z.string() }), execute: async ({ command }) => (await promisify(exec)(command)).stdout }),
};
const { text } = await generateText({ model, tools, stopWhen: stepCountIs(9), prompt: '${CANARY.prompt}',
  telemetry: { isEnabled: true, functionId: 'writer', recordInputs: false, recordOutputs: false } });
console.log(JSON.stringify({ text, answers }));
`;

interface Answer {
  readonly type: string;
  readonly value: unknown;
}

const BLOCKS = {
  block: {
    tools: [
      { tool: 'write', trait: 'fs.write:*', reason: 'it only drafts' },
      { tool: 'shell', trait: 'process.spawn:*', reason: 'no programs here' },
    ],
  },
};

describe('a policy for a tool', { skip }, () => {
  it('refuses the act; the model gets an ordinary tool error and the agent goes on', async () => {
    await using agent = await AgentApp.create(modules);
    agent.app.write('diogenesis.config.json', JSON.stringify(BLOCKS));
    const { stdout } = await agent.run(
      AGENT([
        // Known by now to the application, which may write it: the tool may not.
        ['write', { file: 'notes.txt', text: CANARY.argument }],
        ['shell', { command: `echo ${CANARY.argument} > made.txt` }],
        ['read', { file: 'notes.txt' }],
      ]),
    );
    const { text, answers } = JSON.parse(stdout) as { text: string; answers: Answer[] };
    assert.equal(text, 'done');
    assert.deepEqual(
      answers.map(({ type }) => type),
      ['error-text', 'error-text', 'text'],
    );
    assert.match(String(answers[0]?.value), /Diogenesis blocked fs\.write:<app>\/\*\.txt by tool:write/);
    assert.match(String(answers[1]?.value), /Diogenesis blocked process\.spawn:sh \[shell\] by tool:shell/);
    assert.equal(answers[2]?.value, 'mine');
    const folder = agent.app.folder;
    assert.equal(readFileSync(folder.path('app/notes.txt'), 'utf8'), 'mine');
    assert.equal(existsSync(folder.path('app/made.txt')), false);
    const told = agent.app.findings().filter(({ rule }) => rule.name === 'tool_policy');
    assert.deepEqual(
      told.map(({ tool, level }) => [tool, level]),
      [
        ['write', 'WARN'],
        ['shell', 'WARN'],
      ],
    );
    assertNothingLeaves(agent);
  });

  it('leaves alone who is not meant, and nothing of a command line that a model wrote leaves', async () => {
    await using agent = await AgentApp.create(modules);
    const { stdout } = await agent.run(
      AGENT([
        ['write', { file: 'notes.txt', text: CANARY.argument }],
        ['shell', { command: `cat notes.txt; echo "${CANARY.result}" | cat` }],
      ]),
    );
    const { answers } = JSON.parse(stdout) as { answers: Answer[] };
    assert.deepEqual(
      answers.map(({ type }) => type),
      ['text', 'text'],
    );
    const spawn = agent.receiver.spans().find(({ name }) => name === 'process.spawn');
    assert.deepEqual(spawn?.attributes['process.command_args'], ['sh', '[redacted]']);
    assert.equal(spawn?.attributes['gen_ai.tool.name'], 'shell');
    assertNothingLeaves(agent);
  });
});

const DO = `
import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync('notes.txt', 'mine');
const write = async ({ text }) => { writeFileSync('notes.txt', text); return 'written'; };
const read = async () => readFileSync('notes.txt', 'utf8');
const calls = [['write', { text: '${CANARY.argument}' }], ['read', {}]];
const answers = [];`;
const DONE = 'console.log(JSON.stringify({ text, answers }));';

/* The same two calls by a model of each framework. */
const FRAMEWORKS = {
  'the OpenAI Agents SDK': `${DO}
    import { Agent, run, setTraceProcessors, tool, Usage } from '@openai/agents';
    setTraceProcessors([]);
    const model = { getResponse: async ({ input }) => {
      const last = Array.isArray(input) ? input.at(-1) : undefined;
      if (last?.type === 'function_call_result') answers.push(last.output?.text ?? last.output);
      const next = calls.shift();
      return { usage: new Usage({}), output: [next === undefined
        ? { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'done' }] }
        : { type: 'function_call', callId: 'c' + calls.length, name: next[0], status: 'completed', arguments: JSON.stringify(next[1]) }] };
    } };
    const parameters = { type: 'object', properties: {}, required: [], additionalProperties: true };
    const tools = Object.entries({ write, read }).map(([name, execute]) => tool({ name, description: name, parameters, strict: false, execute }));
    const { finalOutput: text } = await run(new Agent({ name: 'writer', instructions: '', model, tools }), 'go');
    ${DONE}`,
  'LangGraph with callbacks': `${DO}
    import { AIMessage } from '@langchain/core/messages';
    import { tool } from '@langchain/core/tools';
    import { MessagesAnnotation, StateGraph } from '@langchain/langgraph';
    import { ToolNode } from '@langchain/langgraph/prebuilt';
    import { z } from 'zod';
    import { langChainCallbacks } from 'diogenesis-otel';
    const schema = z.object({ text: z.string().optional() });
    const tools = [tool(write, { name: 'write', description: 'writes', schema }), tool(read, { name: 'read', description: 'reads', schema })];
    const model = ({ messages }) => {
      const last = messages.at(-1);
      if (last.getType() === 'tool') answers.push(last.content);
      const next = calls.shift();
      return { messages: [next === undefined ? new AIMessage('done')
        : new AIMessage({ content: '', tool_calls: [{ id: 'c' + calls.length, name: next[0], args: next[1] }] })] };
    };
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', model).addNode('tools', new ToolNode(tools))
      .addEdge('__start__', 'model').addEdge('tools', 'model')
      .addConditionalEdges('model', ({ messages }) => messages.at(-1).tool_calls?.length > 0 ? 'tools' : '__end__')
      .compile({ name: 'writer' });
    const { messages } = await graph.invoke({ messages: [{ role: 'user', content: 'go' }] }, { callbacks: [langChainCallbacks()] });
    const text = messages.at(-1).content;
    ${DONE}`,
  'an MCP server': `
    import { Client } from '@modelcontextprotocol/sdk/client/index.js';
    import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
    import { watchMcp } from 'diogenesis-otel';
    const client = watchMcp(new Client({ name: 'writer', version: '1.0.0' }));
    await client.connect(new StdioClientTransport({ command: process.execPath, args: ['server.mjs'], env: { HOME: process.env.HOME } }));
    const answers = [];
    const first = await client.callTool({ name: 'write', arguments: { text: '${CANARY.argument}' } });
    if (first.isError !== true) throw new Error('no tool error');
    answers.push(first.content[0].text);
    answers.push((await client.callTool({ name: 'read', arguments: {} })).content[0].text);
    const text = 'done';
    await client.close();
    ${DONE}`,
  'withTool, to which the error is thrown': `${DO}
    import { withTool } from 'diogenesis-otel';
    answers.push(await withTool('write', () => write(calls[0][1]).catch((error) => error.code + ' ' + error.message)));
    answers.push(await withTool('read', read));
    const text = 'done';
    ${DONE}`,
} as const;

const SERVER = `${DO}
  import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
  import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
  import { z } from 'zod';
  import { watchMcp } from 'diogenesis-otel';
  const server = watchMcp(new McpServer({ name: 'notes', version: '1.0.0' }));
  for (const [name, run] of Object.entries({ write, read })) {
    server.registerTool(name, { description: name, inputSchema: { text: z.string().optional() } },
      async (given) => ({ content: [{ type: 'text', text: await run(given) }] }));
  }
  await server.connect(new StdioServerTransport());`;

const SHOWS_NO_MESSAGE = new Set<string>(['the OpenAI Agents SDK']);
const MESSAGE = /Diogenesis blocked fs\.write:<app>\/\*\.txt by tool:write \(finding \S+\)/;

describe('a policy for a tool, where an error of a tool is', { skip }, () => {
  for (const [name, main] of Object.entries(FRAMEWORKS)) {
    it(`that of ${name}: the agent goes on`, async () => {
      await using agent = await AgentApp.create(modules);
      agent.app.write('server.mjs', SERVER);
      agent.app.write('diogenesis.config.json', JSON.stringify(BLOCKS));
      const { stdout } = await agent.run(main);
      const { text, answers } = JSON.parse(stdout) as { text: string; answers: string[] };
      assert.equal(text, 'done');
      // What a model is shown of an error is up to the framework.
      const error = SHOWS_NO_MESSAGE.has(name) ? /^An error occurred while running the tool/ : MESSAGE;
      assert.match(answers[0] ?? '', error);
      assert.deepEqual(answers.slice(1), ['mine']);
      assert.equal(readFileSync(agent.app.folder.path('app/notes.txt'), 'utf8'), 'mine');
      const told = agent.app.findings().filter(({ rule }) => rule.name === 'tool_policy');
      assert.deepEqual(
        told.map(({ tool, level }) => [tool, level]),
        [['write', 'WARN']],
      );
      assertNothingLeaves(agent);
    });
  }
});
