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
