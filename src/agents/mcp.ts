import { agentPrincipal, toolPrincipal } from '../attribution/packages.ts';
import { namedCall, runAsTool, type ToolCall } from '../attribution/tool-call.ts';
import { DateNow, getBuiltinModule, readFileSync, SafeWeakSet, statSync } from '../primordials.ts';
import { takeState } from './conversation-state.ts';
import { noteAnswer, repliesTo, takeCall, traceOf, withCall } from './mcp-wire.ts';
import { foldersFor, noteServer, type Server } from './server-folders.ts';

/*
 * The Model Context Protocol's TypeScript SDK, by the instances that an application has: its methods are called through
 * the instance, so one of ours in front of each is enough, whichever copy and module format it is of.
 */

/** What approval of a tool or a server rests on: compared with the lock file. */
export interface McpApproval {
  /** Principal key's name: the tool, or `mcp:SERVER`. */
  readonly name: string;
  readonly server: string;
  readonly what: 'describe' | 'serve';
  /** Hash of what was approved. */
  readonly hash: string;
}

let onApproval: (approval: McpApproval) => void = () => {};
let onToolStart: (call: ToolCall) => void = () => {};

/** Who compares descriptions and programs with what was approved, and is told of every call. */
export function watchMcpServers(approval: (approval: McpApproval) => void, tool: (call: ToolCall) => void): void {
  onApproval = approval;
  onToolStart = tool;
}

// biome-ignore lint/suspicious/noExplicitAny: instances of a package that is not a dependency of ours
type Any = any;

const watched = new SafeWeakSet<object>();

/**
 * Watches an MCP server or client of `@modelcontextprotocol/sdk`: a server's tool calls become tools of this process, by
 * the name in the request; what a client calls belongs to the tool on its side too, its servers' descriptions and
 * programs are held to the lock file, and what a server process started over stdio does belongs to that server. Called
 * before `connect`. Anything else is left alone.
 * @returns what it was given.
 */
export function watchMcp<T extends object>(peer: T): T {
  const given = peer as Any;
  // McpServer keeps the protocol in `server`; Server and Client are one.
  const protocol = typeof given?.server?._onrequest === 'function' ? given.server : given;
  if (typeof protocol?._onrequest !== 'function' || watched.has(protocol)) return peer;
  watched.add(protocol);
  if (typeof protocol.callTool === 'function') watchClient(protocol);
  else watchServer(protocol);
  return peer;
}

function watchServer(server: Any): void {
  const onrequest = server._onrequest as (...args: unknown[]) => unknown;
  hide(server, '_onrequest', function (this: unknown, ...args: unknown[]) {
    const request = args[0] as Any;
    if (request?.method !== 'tools/call' || typeof request.params?.name !== 'string')
      return onrequest.apply(this, args);
    let call: ToolCall;
    try {
      const session = server._transport?.sessionId;
      const told = takeCall(request.params);
      call = {
        tool: toolPrincipal(request.params.name),
        agent: agentPrincipal(nameOfServer(server._serverInfo)),
        conversation: told?.conversation ?? (typeof session === 'string' ? session : undefined),
        // What no client of ours has told: the trace, so that the users of one server are kept apart.
        group: told?.group ?? traceOf(request.params) ?? server,
        given: { value: request.params.arguments },
      };
      if (told !== undefined) {
        takeState(call, told.state, DateNow());
        repliesTo(server._transport, request.id, call);
      }
      onToolStart(call);
    } catch {
      return onrequest.apply(this, args);
    }
    return runAsTool(call, () => onrequest.apply(this, args));
  });
}

function watchClient(client: Any): void {
  const { callTool, listTools, connect } = client as Record<string, (...args: unknown[]) => unknown>;
  const serverName = () => nameOfServer(client.getServerVersion?.());
  /** A server that this client has started, and what it was told last of which files are whose. */
  let started: Server | undefined;
  let told = '';
  hide(client, 'callTool', function (this: unknown, ...args: unknown[]) {
    const params = args[0] as Any;
    if (typeof params?.name !== 'string') return callTool?.apply(this, args);
    let call: ToolCall;
    try {
      const folders = started === undefined ? '' : foldersFor(started);
      const isNews = folders !== told;
      told = folders;
      call = {
        tool: toolPrincipal(params.name),
        agent: agentPrincipal(serverName()),
        conversation: undefined,
        group: client,
        given: { value: params.arguments },
        folders: isNews ? folders : '',
      };
      onToolStart(call);
    } catch {
      return callTool?.apply(this, args);
    }
    return runAsTool(call, () => {
      if (started === undefined) return noteAnswer(callTool?.apply(this, args));
      const [, ...rest] = args;
      return noteAnswer(callTool?.apply(this, [withCall(params), ...rest]));
    });
  });
  hide(client, 'listTools', async function (this: unknown, ...args: unknown[]) {
    const result = (await listTools?.apply(this, args)) as Any;
    try {
      for (const tool of result?.tools ?? []) {
        if (typeof tool?.name !== 'string') continue;
        const { name, title, description, inputSchema, annotations } = tool;
        const text = JSON.stringify([title, description, sorted(inputSchema), sorted(annotations)]);
        onApproval({ name, server: serverName(), what: 'describe', hash: hashOf(text) });
      }
    } catch {
      // The application gets its tools, whatever we make of them.
    }
    return result;
  });
  hide(client, 'connect', function (this: unknown, ...args: unknown[]) {
    const parameters = (args[0] as Any)?._serverParams;
    if (typeof parameters?.command !== 'string') return connect?.apply(this, args);
    let name = 'mcp';
    let folders: string | undefined;
    try {
      name = nameOfCommand(parameters.command, Array.isArray(parameters.args) ? parameters.args : []);
      started = noteServer(name, parameters);
      folders = foldersFor(started);
      told = folders;
      const file = programOf(parameters);
      if (file !== undefined) onApproval({ name: `mcp:${name}`, server: name, what: 'serve', hash: file });
    } catch {
      // The application connects, whatever we make of its parameters.
    }
    return runAsTool({ ...namedCall(`mcp:${name}`, name), folders }, () => connect?.apply(this, args));
  });
}

/* Not enumerable: who looks at the instance sees what was there before. */
function hide(owner: object, name: string, value: (...args: unknown[]) => unknown): void {
  Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: false });
}

function nameOfServer(info: Any): string {
  return typeof info?.name === 'string' && info.name !== '' ? info.name : 'mcp';
}

const RUNNERS = /^(?:npx|pnpx|bunx|uvx|node|nodejs|bun|deno|tsx|python3?|npm|pnpm|yarn|pipx)(?:\.exe|\.cmd)?$/;
const VERBS = /^(?:exec|dlx|run|x|-m)$/;

/** What a server is called before it has said its name: its package, its script, or its program. */
export function nameOfCommand(command: string, args: readonly unknown[]): string {
  const program = lastPart(command);
  if (!RUNNERS.test(program)) return program;
  for (const arg of args) {
    if (typeof arg !== 'string' || arg.startsWith('-') || VERBS.test(arg)) continue;
    if (/^@?[\w.-]+(?:\/[\w.-]+)?(?:@[\w.^~-]+)?$/.test(arg) && !/\.[cm]?[jt]s$|\.py$/.test(arg)) {
      return arg.replace(/(?!^)@[^/]*$/, '');
    }
    const parts = arg.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..');
    const last = (parts.at(-1) ?? arg).replace(/\.[cm]?[jt]s$|\.py$/, '');
    // dist/index.js says nothing; the folder above it does.
    const said = parts.slice(0, -1).filter((part) => !/^(?:dist|build|src|lib|bin|out)$/.test(part));
    return /^(?:index|main|server|cli)$/.test(last) ? (said.at(-1) ?? last) : last;
  }
  return program;
}

/* A larger one would hold up the start of the application. */
const MAX_PROGRAM = 32 * 1024 * 1024;
const FILE = /[\\/]|\.[cm]?[jt]s$|\.py$/;

/** Hash of the program that a server is: the script that a runtime is given, or a program named by its path. */
function programOf({ command, args, cwd }: Any): string | undefined {
  const words = [command, ...(Array.isArray(args) ? args : [])];
  for (const word of words) {
    if (typeof word !== 'string' || !FILE.test(word) || RUNNERS.test(lastPart(word))) continue;
    try {
      const path = word.startsWith('/') ? word : `${typeof cwd === 'string' ? cwd : process.cwd()}/${word}`;
      if (statSync(path).size <= MAX_PROGRAM) return hashOf(readFileSync(path));
    } catch {
      // Not a file, or one that cannot be read: the start itself will say so.
    }
  }
  return undefined;
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

let createHash: typeof import('node:crypto').createHash | undefined;

/* 128 bits: nobody finds a second description with the same hash. */
function hashOf(data: string | Uint8Array): string {
  // Loaded when it is needed: it costs an eighth of what we add to a start.
  createHash ??= (getBuiltinModule('node:crypto') as typeof import('node:crypto')).createHash;
  return createHash('sha256').update(data).digest('hex').slice(0, 32);
}

/* The order of keys in a schema says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
