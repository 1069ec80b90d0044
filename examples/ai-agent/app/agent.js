/**
 * A clerk that answers questions from documents, with the Vercel AI SDK and three tools. The model is a stub: it reads
 * the documents it is asked about, and, like a model that was talked into it, does what it finds written in them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

registerTelemetry(new OpenTelemetry());

const tools = {
  read_document: tool({
    description: 'Reads a document of the docs folder.',
    inputSchema: z.object({ file: z.string() }),
    execute: async ({ file }) => readFileSync(`docs/${file}`, 'utf8'),
  }),
  look_up: tool({
    description: 'Looks something up in the wiki.',
    inputSchema: z.object({ url: z.string() }),
    execute: async ({ url }) => (await fetch(url)).text(),
  }),
  save_answer: tool({
    description: 'Saves the answer.',
    inputSchema: z.object({ name: z.string(), text: z.string() }),
    execute: async ({ name, text }) => {
      writeFileSync(`answers/${name}.md`, text);
      return 'saved';
    },
  }),
};

/* What the stub model is about to call. */
const plan = [
  ...process.argv.slice(2).map((file) => ['read_document', { file }]),
  ['look_up', { url: `${process.env.WIKI}/expenses` }],
  ['save_answer', { name: 'travel', text: 'Trains before planes; hotels up to 150 a night.' }],
];
const ORDER = /<!-- assistant: call (\w+) (\{.*\}) -->/g;
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
let turn = 0;

const model = new MockLanguageModelV4({
  doGenerate: async ({ prompt }) => {
    const last = prompt.at(-1);
    if (last.role === 'tool') {
      const { type, value } = last.content[0].output;
      if (type !== 'text') console.log(`the model was answered: ${value}`);
      plan.unshift(...[...String(value).matchAll(ORDER)].map(([, name, input]) => [name, JSON.parse(input)]));
    }
    const call = plan.shift();
    if (call === undefined) {
      return { content: [{ type: 'text', text: 'Done.' }], finishReason: { unified: 'stop' }, usage, warnings: [] };
    }
    const [toolName, input] = call;
    return {
      content: [{ type: 'tool-call', toolCallId: `call-${turn++}`, toolName, input: JSON.stringify(input) }],
      finishReason: { unified: 'tool-calls' },
      usage,
      warnings: [],
    };
  },
});

const { text } = await generateText({
  model,
  tools,
  stopWhen: stepCountIs(12),
  prompt: 'What may a trip cost?',
  telemetry: { isEnabled: true, functionId: 'clerk' },
});
console.log(text);
