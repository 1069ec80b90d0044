/** An MCP server with two tools, over stdio. */
import { readFileSync, writeFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { watchMcp } from 'diogenesis-otel';
import { z } from 'zod';

const server = watchMcp(new McpServer({ name: 'notebook', version: '1.0.0' }));
const text = (said) => ({ content: [{ type: 'text', text: said }] });

server.registerTool(
  'read_note',
  { description: 'Reads a note.', inputSchema: { name: z.string() } },
  async ({ name }) => text(readFileSync(`notes/${name}.md`, 'utf8')),
);
server.registerTool(
  'add_note',
  { description: 'Adds a note.', inputSchema: { name: z.string(), content: z.string() } },
  async ({ name, content }) => {
    writeFileSync(`notes/${name}.md`, content);
    return text('added');
  },
);

await server.connect(new StdioServerTransport());
