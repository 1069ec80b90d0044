import dgram from 'node:dgram';
import type { Act } from '../../src/behavior.ts';
import { Habituation } from '../../src/habituation.ts';
import { awaited, type Perception, perceive, senseFailed } from '../../src/perception.ts';
import { ArrayIsArray, ReflectApply, SafeWeakMap, uncurryThis } from '../../src/primordials.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { type Endpoint, endpointAttributes, hostEndpoint, listenAttributes } from './endpoint.ts';
import type { NetFlow } from './flow.ts';

type Socket = dgram.Socket & { readonly type?: unknown };
type Fail = (socket: Socket, args: unknown[], refusal: Error) => unknown;
type Read = (socket: Socket, args: unknown[]) => Endpoint | undefined;

const { nextTick } = process;
const address = uncurryThis<Socket, () => unknown>(dgram.Socket.prototype.address);
const SEND = 1;
/** Packets queued until the socket is bound that are recognised when Node sends them; more are told of twice. */
const MAX_REPLAYS = 256;

interface Queue {
  bound: boolean;
  readonly targets: string[];
}

/** UDP. A send is a connect to where it goes, a bind is a listen. */
export function senseDatagrams(patch: Patcher, flow: NetFlow): void {
  const habits = new Habituation('net', 1024);
  const queues = new SafeWeakMap<Socket, Queue>();
  const { prototype } = dgram.Socket;
  /** Node binds and resolves inside connect and send; that is implied. */
  let inside: Socket | undefined;

  const wrap = (name: string, operation: 'connect' | 'listen', read: Read, fail: Fail): void =>
    patch.method(prototype, name, (original: AnyFunction) =>
      disguise(function (this: Socket, ...args: unknown[]) {
        let endpoint: Endpoint | undefined;
        let perception: Perception | undefined;
        if (flow.live && inside !== this) {
          try {
            endpoint = read(this, args);
            const sends = name === 'send';
            if (
              endpoint !== undefined &&
              !(sends && (isReplay(this, args, endpoint) || habits.met(endpoint.target, SEND)))
            ) {
              perception = perceive(actOf(operation, endpoint));
              flow.hosts.add(endpoint.host);
              const refusal = perception?.refusal;
              if (refusal !== undefined) {
                perception?.end(refusal);
                return fail(this, args, refusal);
              }
              if (sends && perception?.habituated === true) habits.admit(endpoint.target, SEND);
            }
          } catch (error) {
            senseFailed('net', error);
          }
        }
        if (endpoint === undefined) return ReflectApply(original as never, this, args);

        const outer = flow.resolving;
        flow.resolving = endpoint.host;
        const outerSocket = inside;
        inside = this;
        const told = awaited(perception);
        let hasReturned = false;
        try {
          const result =
            told === undefined
              ? ReflectApply(original as never, this, args)
              : callTelling(told, () => ReflectApply(original as never, this, args));
          hasReturned = true;
          return result;
        } finally {
          inside = outerSocket;
          flow.resolving = outer;
          if (hasReturned) told?.end();
          if (name === 'send' && hasReturned) noteQueued(this, args, endpoint);
        }
      }, original),
    );

  wrap('bind', 'listen', readBind, emitError);
  wrap('bindSync', 'listen', readBind, throwError);
  wrap('connect', 'connect', readConnect, (socket, args, refusal) => {
    const callback = typeof args[1] === 'function' ? args[1] : args[2];
    if (typeof callback === 'function') nextTick(callback as () => void, refusal);
    else emitError(socket, args, refusal);
  });
  wrap('connectSync', 'connect', readConnect, throwError);
  wrap('send', 'connect', readSend, (socket, args, refusal) => {
    const callback = args[args.length - 1];
    if (typeof callback === 'function') nextTick(callback as () => void, refusal);
    else emitError(socket, args, refusal);
  });

  /* Node queues what is sent before the socket is bound and then calls send again, with (list, port, address, cb). */
  function isReplay(socket: Socket, args: unknown[], endpoint: Endpoint): boolean {
    const targets = queues.get(socket)?.targets;
    if (targets === undefined || targets.length === 0) return false;
    if (args.length !== 4 || !ArrayIsArray(args[0]) || targets[0] !== endpoint.target) return false;
    for (let i = 1; i < targets.length; i++) targets[i - 1] = targets[i] as string;
    targets.length--;
    return true;
  }

  function noteQueued(socket: Socket, args: unknown[], endpoint: Endpoint): void {
    try {
      let queue = queues.get(socket);
      if (queue?.bound === true) return;
      if (queue === undefined) {
        queue = { bound: false, targets: [] };
        queues.set(socket, queue);
      }
      queue.bound = isBound(socket);
      if (!queue.bound && queue.targets.length < MAX_REPLAYS && args.length > 0) {
        queue.targets[queue.targets.length] = endpoint.target;
      }
    } catch (error) {
      senseFailed('net', error);
    }
  }
}

function isBound(socket: Socket): boolean {
  try {
    address(socket);
    return true;
  } catch {
    return false;
  }
}

function actOf(operation: 'connect' | 'listen', endpoint: Endpoint): Act {
  return {
    sense: 'net',
    operation,
    target: endpoint.target,
    attributes: operation === 'listen' ? listenAttributes(endpoint, 'udp') : endpointAttributes(endpoint, 'udp'),
  };
}

function emitError(socket: Socket, _args: unknown[], refusal: Error): Socket {
  nextTick(() => socket.emit('error', refusal));
  return socket;
}

function throwError(_socket: Socket, _args: unknown[], refusal: Error): never {
  throw refusal;
}

function loopbackOf(socket: Socket): string {
  return socket.type === 'udp6' ? '::1' : '127.0.0.1';
}

function readBind(_socket: Socket, args: unknown[]): Endpoint | undefined {
  const first = args[0];
  let port = first;
  let host: unknown = args[1];
  if (typeof first === 'object' && first !== null) {
    const options = first as { port?: unknown; address?: unknown; fd?: unknown; recvStart?: unknown };
    if (typeof options.recvStart === 'function') return { target: 'fd:handle', host: '', port: -1 };
    if (typeof options.fd === 'number' && options.fd > 0) return { target: `fd:${options.fd}`, host: '', port: -1 };
    port = options.port;
    host = options.address;
  }
  if (typeof port === 'function' || !port) port = 0;
  return hostEndpoint(typeof host === 'string' && host !== '' ? host : '*', port);
}

function readConnect(socket: Socket, args: unknown[]): Endpoint | undefined {
  const host = args[1];
  return hostEndpoint(typeof host === 'string' && host !== '' ? host : loopbackOf(socket), args[0]);
}

/* send(msg[, offset, length][, port][, address][, callback]); on a connected socket neither port nor address. */
function readSend(socket: Socket, args: unknown[]): Endpoint | undefined {
  let port = args[3];
  let host = args[4];
  if (!(host || (port && typeof port !== 'function'))) {
    port = args[1];
    host = args[2];
    // A connected socket: send(msg, offset, length); where it leads was told of by connect().
    if (typeof host === 'number') return undefined;
  }
  if (typeof port !== 'number' && typeof port !== 'string') return undefined;
  return hostEndpoint(typeof host === 'string' && host !== '' ? host : loopbackOf(socket), port);
}
