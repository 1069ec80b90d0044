import net from 'node:net';
import { perceive, senseFailed } from '../../src/perception.ts';
import { ArrayIsArray, ReflectApply, ReflectOwnKeys } from '../../src/primordials.ts';
import { type AnyFunction, disguise, type Patcher, watchWays } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { type Endpoint, endpointAttributes, hostEndpoint, listenAttributes, pathEndpoint } from './endpoint.ts';
import type { NetFlow } from './flow.ts';
import { endWithEvent, OpenAct } from './open-act.ts';
import { pinOptions } from './pin-options.ts';
import { ATTR_NETWORK_LOCAL_PORT } from './semconv.ts';

interface ConnectOptions {
  host?: unknown;
  port?: unknown;
  path?: unknown;
}
interface Connect {
  endpoint: Endpoint;
  act: OpenAct;
  refusal: Error | undefined;
}

const { nextTick } = process;
const { BoundSocket } = net as { BoundSocket?: abstract new () => object };
// net.connect hands its arguments to Socket.prototype.connect as one array under this symbol; it has to stay there.
const normalizedArgs = ReflectOwnKeys(
  (net as unknown as { _normalizeArgs(args: unknown[]): unknown[] })._normalizeArgs([]),
).find((key) => typeof key === 'symbol');

/** `net.Socket.prototype.connect`: the one place where TCP, TLS, pipes, http, http2 and undici open connections. */
export function senseSockets(patch: Patcher, flow: NetFlow): void {
  watchWays(patch, net.Socket.prototype, ['write', 'end', '_write', '_writev', 'push', 'emit']);
  patch.method(net.Socket.prototype, 'connect', (original: AnyFunction) =>
    disguise(function connect(this: net.Socket, ...args: unknown[]) {
      let call: Connect | undefined;
      if (flow.live) {
        try {
          call = beginConnect(flow, args);
        } catch (error) {
          senseFailed('net', error);
        }
      }
      if (call === undefined) return ReflectApply(original as never, this, args);
      if (call.refusal !== undefined) return refuseConnect(this, args, call);

      const outer = flow.resolving;
      flow.resolving = call.endpoint.host;
      try {
        if (!call.act.open) return ReflectApply(original as never, this, args);
        return callTelling(call.act, () => ReflectApply(original as never, this, args));
      } finally {
        flow.resolving = outer;
        watch(this, call.act);
      }
    }, original),
  );
}

function watch(socket: net.Socket, act: OpenAct): void {
  try {
    endWithEvent(socket, 'connect', act, (connected) => act.peer(connected as net.Socket));
  } catch (error) {
    senseFailed('net', error);
  }
}

function beginConnect(flow: NetFlow, args: unknown[]): Connect | undefined {
  const endpoint = endpointOfCall(args);
  if (endpoint === undefined) return undefined;
  flow.hosts.add(endpoint.host);

  const request = flow.request?.target === endpoint.target ? flow.request : flow.connecting;
  if (request !== undefined && request.target === endpoint.target) {
    flow.connecting = undefined;
    const first = !request.claimed;
    request.claimed = true;
    return { endpoint, act: first ? request.act : new OpenAct(undefined), refusal: request.refusal };
  }
  const perception = perceive({
    sense: 'net',
    operation: 'connect',
    target: endpoint.target,
    attributes: endpointAttributes(endpoint, 'tcp'),
  });
  return { endpoint, act: new OpenAct(perception), refusal: perception?.refusal };
}

/* Reads the arguments as Node will; replaces options that would answer otherwise the second time. */
function endpointOfCall(args: unknown[]): Endpoint | undefined {
  const first = args[0];
  if (typeof first === 'object' && first !== null) {
    let options = first as ConnectOptions;
    const normalized = ArrayIsArray(first) && normalizedArgs !== undefined && normalizedArgs in first;
    if (normalized) options = (first as unknown[])[0] as ConnectOptions;
    if (typeof options !== 'object' || options === null) return undefined;
    const pinned = pinOptions(options, ['path', 'host', 'port']);
    if (pinned !== options) {
      if (normalized) (first as unknown[])[0] = pinned;
      else args[0] = pinned;
    }
    if (pinned.path) return pathEndpoint(pinned.path);
    return hostEndpoint(pinned.host || 'localhost', pinned.port);
  }
  if (typeof first === 'string' && !(+first >= 0)) return pathEndpoint(first);
  return hostEndpoint(typeof args[1] === 'string' && args[1] !== '' ? args[1] : 'localhost', first);
}

/* A refused connection ends as one that the other side refused: `error`, then `close`, never a synchronous throw. */
function refuseConnect(socket: net.Socket, args: unknown[], call: Connect): net.Socket {
  const first = args[0];
  const callback = ArrayIsArray(first) ? first[1] : args[args.length - 1];
  if (typeof callback === 'function') socket.once('connect', callback as () => void);
  call.act.end(call.refusal);
  socket.destroy(call.refusal);
  return socket;
}

/** `net.Server.prototype.listen`: also http, https, tls and http2 servers. */
export function senseServers(patch: Patcher, flow: NetFlow): void {
  patch.method(net.Server.prototype, 'listen', (original: AnyFunction) =>
    disguise(function listen(this: net.Server, ...args: unknown[]) {
      let act: OpenAct | undefined;
      let host: string | undefined;
      if (flow.live) {
        try {
          const endpoint = endpointOfListen(args);
          if (endpoint !== undefined) {
            if (endpoint.port >= 0 && endpoint.host !== '*') host = endpoint.host;
            const perception = perceive({
              sense: 'net',
              operation: 'listen',
              target: endpoint.target,
              attributes: listenAttributes(endpoint, 'tcp'),
              impliedByNode: isClusterServer(this),
            });
            act = new OpenAct(perception);
            const refusal = perception?.refusal;
            if (refusal !== undefined) {
              act.end(refusal);
              const callback = args[args.length - 1];
              if (typeof callback === 'function') this.once('listening', callback as () => void);
              nextTick(() => this.emit('error', refusal));
              return this;
            }
          }
        } catch (error) {
          senseFailed('net', error);
        }
      }
      if (act === undefined) return ReflectApply(original as never, this, args);

      const outer = flow.resolving;
      flow.resolving = host;
      try {
        if (!act.open) return ReflectApply(original as never, this, args);
        return callTelling(act, () => ReflectApply(original as never, this, args));
      } finally {
        flow.resolving = outer;
        try {
          endWithEvent(this, 'listening', act, (server) => noteLocalPort(act, server as net.Server));
        } catch (error) {
          senseFailed('net', error);
        }
      }
    }, original),
  );
}

/* The port that 0 became. */
function noteLocalPort(act: OpenAct, server: net.Server): void {
  const address = server.address();
  if (typeof address === 'object' && address !== null) act.setAttribute(ATTR_NETWORK_LOCAL_PORT, address.port);
}

/*
 * In a cluster's primary, Node opens the port that a worker asked for (and reported) with a server of its own, whose
 * only listener is assert.fail. Whether Node itself calls is checked by whoever attributes the act.
 */
function isClusterServer(server: net.Server): boolean {
  const listeners = server.listeners('connection');
  return listeners.length === 1 && listeners[0]?.name === 'fail';
}

/* Port -1: a handle or descriptor that is bound already. */
function endpointOfListen(args: unknown[]): Endpoint | undefined {
  const first = args[0];
  if (first === undefined || first === null || typeof first === 'function') return anyHost(0);
  if (typeof first === 'object') {
    let options = first as Record<string, unknown>;
    const bound = boundEndpoint(options) ?? boundEndpoint(options.handle);
    if (bound !== undefined) return bound;
    if (options._handle || options.handle) {
      options = (options._handle || options.handle) as Record<string, unknown>;
      const fd = typeof options.fd === 'number' && options.fd >= 0 ? options.fd : 'handle';
      return { target: `fd:${fd}`, host: '', port: -1 };
    }
    if (typeof options.fd === 'number' && options.fd >= 0) return { target: `fd:${options.fd}`, host: '', port: -1 };
    const { port, host, path } = options;
    if (port === null || (port === undefined && 'port' in options)) return anyHost(0, host);
    if (typeof port === 'number' || typeof port === 'string') return anyHost(port, host);
    return pathEndpoint(path);
  }
  if (typeof first === 'string' && !(+first >= 0)) return pathEndpoint(first);
  return anyHost(first, args[1]);
}

/* net.BoundSocket (Node 24.21): bound already, so it says itself where; unspecified addresses are any host. */
function boundEndpoint(value: unknown): Endpoint | undefined {
  if (BoundSocket === undefined || !(value instanceof BoundSocket)) return undefined;
  const address = (value as { address(): { address: string; port: number } | string }).address();
  if (typeof address === 'string') return pathEndpoint(address);
  const any = address.address === '0.0.0.0' || address.address === '::';
  return anyHost(address.port, any ? undefined : address.address);
}

function anyHost(port: unknown, host?: unknown): Endpoint | undefined {
  return hostEndpoint(typeof host === 'string' && host !== '' ? host : '*', port);
}
