/**
 * An agent as an application: the OpenAI Agents SDK with tools of the scenario and a stub model. The model follows a
 * plan, and, like one that was talked into it, does what it finds written in what a tool answers:
 * `[[call TOOL {"argument": …}]]`. What it finds written there by its users' documents it cannot tell from its plan.
 */
import type { Host } from './types.ts';

/** The agent's modules. `tools` is the body of a module with `export const tools`, `plan` that of a function of `n`. */
export function agentFiles(tools: string, plan: string): Record<string, string> {
  return {
    'package.json': '{"type":"module"}',
    'tools.js': tools,
    'main.js': `import { Agent, run, setTraceProcessors, tool, Usage, withTrace } from '@openai/agents';
import { tools } from './tools.js';
setTraceProcessors([]);
const n = Number(process.argv[2]);
const plan = await (async () => {
${plan}
})();
const ORDER = /\\[\\[call (\\w+) (\\{.*?\\})\\]\\]/g;
let turn = 0;
const model = {
  async getResponse({ input }) {
    const last = Array.isArray(input) ? input.at(-1) : undefined;
    if (last?.type === 'function_call_result') {
      const said = typeof last.output === 'string' ? last.output : last.output?.text ?? '';
      plan.unshift(...[...said.matchAll(ORDER)].map(([, name, given]) => [name, JSON.parse(given)]));
    }
    const next = plan.shift();
    const output = next === undefined
      ? [{ type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'finished' }] }]
      : [{ type: 'function_call', callId: 'call-' + turn++, name: next[0], status: 'completed', arguments: JSON.stringify(next[1]) }];
    return { usage: new Usage({}), output };
  },
};
const parameters = { type: 'object', properties: {}, required: [], additionalProperties: true };
const agent = new Agent({
  name: 'assistant', instructions: 'Help.', model,
  tools: Object.entries(tools).map(([name, execute]) =>
    tool({ name, description: name, parameters, strict: false, execute: async (given) => String((await execute(given)) ?? 'ok') })),
});
const { finalOutput } = await withTrace('conversation', () => run(agent, 'Do it.', { maxTurns: 400 }), { groupId: 'conversation-' + n });
console.log(finalOutput === 'finished' ? 'done' : finalOutput);
`,
  };
}

/** The same for an incident: `setup` are the tools, `use` the plan. */
export function stageAgent(host: Host) {
  return {
    needs: ['@openai/agents', 'zod'],
    files: agentFiles(host.setup, host.use),
    command: (n: number) => ['node', 'main.js', String(n)],
  };
}
