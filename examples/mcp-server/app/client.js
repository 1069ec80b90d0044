/** What an agent does with the server: starts it, asks for its tools, calls them. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { watchMcp } from 'diogenesis-otel';

const client = watchMcp(new Client({ name: 'clerk', version: '1.0.0' }));
await client.connect(
  new StdioClientTransport({ command: process.execPath, args: ['server.js'], env: { HOME: process.env.HOME } }),
);
const { tools } = await client.listTools();
console.log(`tools: ${tools.map(({ name }) => name).join(', ')}`);
for (const [name, input] of [
  ['add_note', { name: 'today', content: 'Buy bread.' }],
  ['read_note', { name: 'today' }],
]) {
  const { content, isError } = await client.callTool({ name, arguments: input });
  console.log(`${name}: ${isError ? 'error: ' : ''}${content[0].text}`);
}
await client.close();
