import type { Agent, ClientRequest } from 'node:http';
import type { CarriedSecret, Chain } from '../../src/behavior.ts';
import { type Perception, perceive, senseFailed } from '../../src/perception.ts';
import {
  getBuiltinModule,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  ReflectGetPrototypeOf,
  SafeWeakMap,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} from '../../src/primordials.ts';
import { carriedByHttp, carriedByHttpBody, mayCarrySecrets } from '../carried-secrets.ts';
import { onBuiltin } from '../import/module-watch.ts';
import { type AnyFunction, disguise, type Patcher, watchWays } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { type Endpoint, hostEndpoint, pathEndpoint, requestAttributes } from './endpoint.ts';
import type { NetFlow, RequestAct } from './flow.ts';
import { OpenAct } from './open-act.ts';
import { carriesBody } from './sends.ts';

type AgentInternals = Agent & { defaultPort?: unknown };
type RequestInternals = ClientRequest & {
  agent?: unknown;
  socketPath?: unknown;
  onSocket(socket: undefined, error: Error): void;
};
interface RequestOptions {
  host?: unknown;
  port?: unknown;
  socketPath?: unknown;
}

const { nextTick } = process;
/** Builtins by which somebody gets hold of an agent. */
const AGENT_MODULES = ['http', 'https', '_http_agent', '_http_client'] as const;

/**
 * http and https requests. Every request is an act, also one that reuses a connection which somebody else opened, so
 * the agent is where they are seen: `addRequest` runs in the constructor of the request, on the caller's stack, before
 * anything is resolved or connected, and knows host and port. Requests that bypass Node's agent are seen when the
 * constructor ends (`http.client.request.created`).
 */
export function senseHttpRequests(patch: Patcher, flow: NetFlow): void {
  const requests = new SafeWeakMap<ClientRequest, RequestAct>();
  let isPatched = false;
  const patchOnce = (module: object): void => {
    watchWays(patch, module, ['request', 'get']);
    for (const name of ['OutgoingMessage', 'ClientRequest', 'Server']) {
      const type = ReflectGetOwnPropertyDescriptor(module, name)?.value as { prototype?: object } | undefined;
      if (type?.prototype !== undefined) watchWays(patch, type.prototype, ['write', 'end', 'setHeader', 'emit']);
    }
    const prototype = isPatched ? undefined : agentPrototype(module);
    if (prototype !== undefined) {
      isPatched = true;
      patchAgent(prototype);
    }
    // The agent that all share opens everybody's connections. What it inherits is ours by now.
    const { globalAgent: agent } = module as { globalAgent?: object };
    if (agent !== undefined) watchWays(patch, agent, ['addRequest', 'createConnection', 'createSocket']);
  };
  // Most processes make no request; and Node's own http must be what it is when somebody loads it, not when we do.
  for (const name of AGENT_MODULES) patch.onDisable(onBuiltin(name, patchOnce));

  patch.channel('http.client.request.created', (message) => {
    try {
      const { request } = message as { request: RequestInternals };
      if (!flow.live || requests.has(request)) return;
      const entry = begin(request, endpointOfRequest(request));
      if (entry.refusal !== undefined) request.destroy(entry.refusal);
      entry.act.end(entry.refusal);
    } catch (error) {
      senseFailed('net', error);
    }
  });

  // Only when it has been ended are all headers of a request set. That is on the caller's stack, and before anything has
  // left; what has a body may leave earlier, so that its headers are looked at when it is made as well.
  patch.channel('http.client.request.start', (message) => {
    try {
      const { request } = message as { request: RequestInternals };
      const entry = flow.live ? requests.get(request) : undefined;
      if (entry !== undefined) lookAgain(request, entry, carriedByHttp);
    } catch (error) {
      senseFailed('net', error);
    }
  });

  function patchAgent(prototype: object): void {
    patch.method(prototype, 'addRequest', (original: AnyFunction) =>
      disguise(function addRequest(this: AgentInternals, request: RequestInternals, ...rest: unknown[]) {
        let entry: RequestAct | undefined;
        if (flow.live) {
          try {
            entry = begin(request, endpointOfOptions(rest[0], rest[1]));
            // Before Node writes to a connection, which it does a tick later as well.
            if (mayHaveBody(request, entry)) nextTick(lookAtBody, request, entry);
            if (entry.refusal !== undefined) {
              // The way in which an agent tells a request that no connection could be made.
              request.onSocket(undefined, entry.refusal);
              entry.act.end(entry.refusal);
              return undefined;
            }
          } catch (error) {
            senseFailed('net', error);
          }
        }
        if (entry === undefined) return ReflectApply(original as never, this, [request, ...rest]);
        const outer = flow.request;
        flow.request = entry;
        try {
          if (!entry.act.open) return ReflectApply(original as never, this, [request, ...rest]);
          return callTelling(entry.act, () => ReflectApply(original as never, this, [request, ...rest]));
        } finally {
          flow.request = outer;
          // A pooled connection is assigned on the next tick, before ours; a queued request has none yet.
          if (!entry.claimed && entry.act.open) nextTick(endReused, request, entry.act);
        }
      }, original),
    );

    // Also called later, for requests that waited for a free connection; then there is no user code on the stack.
    patch.method(prototype, 'createSocket', (original: AnyFunction) =>
      disguise(function createSocket(this: AgentInternals, request: RequestInternals, ...rest: unknown[]) {
        const outer = flow.request;
        if (flow.live) flow.request = requests.get(request);
        try {
          return ReflectApply(original as never, this, [request, ...rest]);
        } finally {
          flow.request = outer;
        }
      }, original),
    );
  }

  function begin(request: RequestInternals, endpoint: Endpoint | undefined): RequestAct {
    let entry: RequestAct = { target: undefined, act: new OpenAct(undefined), refusal: undefined, claimed: false };
    if (endpoint !== undefined) {
      let carries = false;
      const look = (): CarriedSecret | undefined => {
        const carried = carriedByHttp(request);
        carries = carried !== undefined;
        return carried;
      };
      const perception = tell(request, endpoint, carriesBody(request.method) ? look : undefined);
      flow.hosts.add(endpoint.host);
      const act = new OpenAct(perception);
      const { refusal, chain } = perception ?? {};
      entry = { target: endpoint.target, act, refusal, chain, carries, claimed: false };
    }
    requests.set(request, entry);
    return entry;
  }
}

function mayHaveBody(request: RequestInternals, { chain, refusal }: RequestAct): boolean {
  return chain !== undefined && refusal === undefined && carriesBody(request.method) && mayCarrySecrets(chain);
}

function lookAtBody(request: RequestInternals, entry: RequestAct): void {
  try {
    lookAgain(request, entry, carriedByHttpBody);
  } catch (error) {
    senseFailed('net', error);
  }
}

/* What was not there when the request was made: the same request, told once more where it carries a secret. */
function lookAgain(
  request: RequestInternals,
  entry: RequestAct,
  find: (request: object) => CarriedSecret | undefined,
): void {
  if (entry.chain === undefined || entry.refusal !== undefined || entry.carries === true) return;
  if (!mayCarrySecrets(entry.chain)) return;
  const carried = find(request);
  if (carried === undefined) return;
  const endpoint = endpointOfRequest(request);
  if (endpoint === undefined) return;
  entry.carries = true;
  const perception = tell(request, endpoint, () => carried, entry.chain);
  perception?.end(perception.refusal);
  if (perception?.refusal === undefined) return;
  entry.refusal = perception.refusal;
  request.destroy(perception.refusal);
}

function tell(
  request: RequestInternals,
  endpoint: Endpoint,
  carries: (() => CarriedSecret | undefined) | undefined,
  chain?: Chain,
): Perception | undefined {
  return perceive({
    sense: 'net',
    operation: 'connect',
    target: endpoint.target,
    sends: carriesBody(request.method),
    attributes: requestAttributes(endpoint, request.method),
    carries,
    chain,
  });
}

/* `https.Agent` extends the agent of http, which is where both methods are. */
function agentPrototype(module: object): object | undefined {
  const { Agent } = ('Agent' in module ? module : getBuiltinModule('node:http')) as typeof import('node:http');
  for (let owner: object | null = Agent.prototype; owner !== null; owner = ReflectGetPrototypeOf(owner)) {
    if (ReflectGetOwnPropertyDescriptor(owner, 'addRequest') !== undefined) return owner;
  }
  return undefined;
}

function endReused(request: ClientRequest, act: OpenAct): void {
  try {
    act.peer(request.socket);
    act.end();
  } catch (error) {
    senseFailed('net', error);
  }
}

/* As http.Agent receives them: normalised by the request, or the legacy form (host, port). */
function endpointOfOptions(options: unknown, legacyPort: unknown): Endpoint | undefined {
  if (typeof options === 'string') return hostEndpoint(options, legacyPort);
  const { host, port, socketPath } = options as RequestOptions;
  if (socketPath) return pathEndpoint(socketPath);
  return hostEndpoint(host || 'localhost', port || 80);
}

/* The request keeps its host, but its port only in the Host header that Node wrote, unless the caller wrote it. */
function endpointOfRequest(request: RequestInternals): Endpoint | undefined {
  if (request.socketPath) return pathEndpoint(request.socketPath);
  const { host } = request;
  let port: unknown = (request.agent as AgentInternals | undefined)?.defaultPort;
  port ||= request.protocol === 'https:' ? 443 : 80;
  const header = request.getHeader('host');
  if (typeof header === 'string') {
    const colon = StringPrototypeLastIndexOf(header, ':');
    const name = colon < 0 ? header : StringPrototypeSlice(header, 0, colon);
    if (colon > 0 && (name === host || name === `[${host}]`)) port = StringPrototypeSlice(header, colon + 1);
  }
  return hostEndpoint(host, port);
}
