import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentApp } from '../support/agent-app.ts';
import { agentFrameworks } from '../support/registry-packages.ts';

const frameworks = await agentFrameworks();
const skip = 'missing' in frameworks ? `skipped, because ${frameworks.missing}` : false;
const modules = 'modules' in frameworks ? frameworks.modules : '';

/* Forty times the same call, of a tool that touches nothing, or what is known by then. */
const LOOPS = {
  'the OpenAI Agents SDK': `
    import { readFileSync } from 'node:fs';
    import { Agent, run, setTraceProcessors, tool, Usage, withTrace } from '@openai/agents';
    setTraceProcessors([]);
    let turn = 0;
    const model = { getResponse: async () => ({ usage: new Usage({}), output: turn++ < 40
      ? [{ type: 'function_call', callId: 'c' + turn, name: 'ask', status: 'completed', arguments: '{"q":"again"}' }]
      : [{ type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'done' }] }] }) };
    const parameters = { type: 'object', properties: {}, required: [], additionalProperties: true };
    const ask = tool({ name: 'ask', description: 'asks', parameters, strict: false, execute: async () => readFileSync('package.json', 'utf8') });
    const agent = new Agent({ name: 'looper', instructions: '', model, tools: [ask] });
    await withTrace('turn', () => run(agent, 'go', { maxTurns: 50 }), { groupId: 'loop-1' });`,
  'LangChain.js with callbacks': `
    import { tool } from '@langchain/core/tools';
    import { langChainCallbacks } from 'diogenesis-otel';
    const ask = tool(async () => 'no', { name: 'ask', schema: { type: 'object', properties: { q: { type: 'string' } } } });
    for (let i = 0; i < 40; i++) await ask.invoke({ q: 'again' }, { callbacks: [langChainCallbacks()], metadata: { thread_id: 'loop-1' } });`,
  spans: `
    import { createRequire } from 'node:module';
    const { trace } = createRequire(import.meta.url)('@opentelemetry/api');
    for (let i = 0; i < 40; i++) trace.getTracer('mine').startSpan('execute_tool ask', { attributes: {
      'gen_ai.tool.name': 'ask', 'gen_ai.conversation.id': 'loop-1', 'gen_ai.tool.call.arguments': '{"q":"again"}' } }).end();`,
} as const;

describe('a runaway loop is told, once', { skip }, () => {
  for (const [name, main] of Object.entries(LOOPS)) {
    it(`of ${name}`, async () => {
      await using agent = await AgentApp.create(modules);
      await agent.run(main);
      const told = agent.app.findings().filter(({ rule }) => rule.name === 'runaway_loop');
      assert.deepEqual(
        told.map(({ level, tool, conversation }) => [level, tool, conversation]),
        [['WARN', 'ask', 'loop-1']],
      );
    });
  }
});
