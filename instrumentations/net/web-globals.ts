import { perceive, senseFailed } from '../../src/perception.ts';
import {
  ReflectApply,
  ReflectConstruct,
  ReflectDefineProperty,
  ReflectGetOwnPropertyDescriptor,
} from '../../src/primordials.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { type Endpoint, endpointAttributes, urlEndpoint, urlText } from './endpoint.ts';
import type { NetFlow, RequestAct } from './flow.ts';
import { OpenAct } from './open-act.ts';
import { runWebCall } from './web-calls.ts';

type Class = new (...args: unknown[]) => object;

const PromiseReject = Promise.reject.bind(Promise);
const ProxyConstructor = Proxy;

/**
 * `fetch`, `WebSocket` and `EventSource`: reported where they are called, because beneath them only frames of Node are
 * left on the stack. None of them is loaded before the application asks for it.
 */
export function senseWebGlobals(patch: Patcher, flow: NetFlow): void {
  const requestUrl = requestUrlReader();

  patch.method(globalThis, 'fetch', (original: AnyFunction) =>
    disguise(function fetch(this: unknown, ...args: unknown[]) {
      let call: RequestAct | undefined;
      if (flow.live) {
        try {
          const input = args[0];
          call = begin(flow, urlEndpointOf(urlText(input) ?? requestUrl(input)));
        } catch (error) {
          senseFailed('net', error);
        }
      }
      if (call === undefined) return ReflectApply(original as never, this, args);
      if (call.refusal !== undefined) {
        call.act.end(call.refusal);
        return PromiseReject(call.refusal);
      }
      return runWebCall(call, () => ReflectApply(original as never, this, args));
    }, original),
  );

  senseClass(patch, flow, 'WebSocket');
  senseClass(patch, flow, 'EventSource');
}

function urlEndpointOf(url: string | undefined): Endpoint | undefined {
  return url === undefined ? undefined : urlEndpoint(url);
}

/* A call that leads nowhere we can read still gets an entry: what happens beneath it keeps its caller. */
function begin(flow: NetFlow, endpoint: Endpoint | undefined): RequestAct {
  if (endpoint === undefined) {
    return { target: undefined, act: new OpenAct(undefined), refusal: undefined, claimed: false };
  }
  const perception = perceive({
    sense: 'net',
    operation: 'connect',
    target: endpoint.target,
    attributes: endpointAttributes(endpoint, 'tcp'),
  });
  flow.hosts.add(endpoint.host);
  return { target: endpoint.target, act: new OpenAct(perception), refusal: perception?.refusal, claimed: false };
}

/*
 * Reads the URL of a Request without touching the object: through the getter of Request.prototype, found the first
 * time somebody passes an object (undici is being loaded by that fetch anyway).
 */
function requestUrlReader(): (input: unknown) => string | undefined {
  const descriptor = ReflectGetOwnPropertyDescriptor(globalThis, 'Request');
  let getter: (() => unknown) | undefined;
  return (input) => {
    if (typeof input !== 'object' || input === null || descriptor === undefined) return undefined;
    if (getter === undefined) {
      const request = (
        descriptor.get === undefined ? descriptor.value : ReflectApply(descriptor.get, globalThis, [])
      ) as Class | undefined;
      getter = ReflectGetOwnPropertyDescriptor(request?.prototype ?? {}, 'url')?.get ?? (() => undefined);
    }
    try {
      const url = ReflectApply(getter, input, []) as unknown;
      return typeof url === 'string' ? url : undefined;
    } catch {
      return undefined; // not a Request: Node will turn it into a string, and undici reports where that leads
    }
  };
}

/*
 * The classes are lazy accessors on globalThis until they are first read. A Proxy keeps `instanceof`, subclassing,
 * statics and errors as they are; `prototype.constructor` leads to the Proxy too, or `new ws.constructor(url)` would
 * be a way around it.
 */
function senseClass(patch: Patcher, flow: NetFlow, name: 'WebSocket' | 'EventSource'): void {
  const descriptor = ReflectGetOwnPropertyDescriptor(globalThis, name);
  if (descriptor?.configurable !== true) return;
  let original: Class | undefined;
  let proxy: Class | undefined;

  if (descriptor.get === undefined) {
    if (typeof descriptor.value !== 'function') return;
    original = descriptor.value as Class;
    proxy = proxyOf(original, flow);
    ReflectDefineProperty(globalThis, name, { ...descriptor, value: proxy });
  } else {
    const originalGet = descriptor.get;
    const get = disguise(function (this: unknown) {
      const value = ReflectApply(originalGet, this, []) as unknown;
      if (typeof value !== 'function' || !flow.live) return value;
      if (value !== original) {
        original = value as Class;
        proxy = proxyOf(original, flow);
      }
      // Node's getter has just replaced itself by a plain property.
      const now = ReflectGetOwnPropertyDescriptor(globalThis, name);
      if (now?.value === original) ReflectDefineProperty(globalThis, name, { ...now, value: proxy });
      return proxy;
    }, originalGet);
    ReflectDefineProperty(globalThis, name, { ...descriptor, get });
    patch.onDisable(() => {
      if (ReflectGetOwnPropertyDescriptor(globalThis, name)?.get === get) {
        ReflectDefineProperty(globalThis, name, descriptor);
      }
    });
  }

  patch.onDisable(() => {
    if (original === undefined || proxy === undefined) return;
    replaceValue(original.prototype, 'constructor', proxy, original);
    replaceValue(globalThis, name, proxy, original);
  });
}

function replaceValue(owner: object, name: string, from: unknown, to: unknown): void {
  const descriptor = ReflectGetOwnPropertyDescriptor(owner, name);
  if (descriptor?.configurable === true && descriptor.value === from) {
    ReflectDefineProperty(owner, name, { ...descriptor, value: to });
  }
}

function proxyOf(original: Class, flow: NetFlow): Class {
  const proxy: Class = new ProxyConstructor(original, {
    construct(target, args, newTarget) {
      const actualTarget = newTarget === proxy ? target : newTarget;
      let call: RequestAct | undefined;
      if (flow.live) {
        try {
          call = begin(flow, urlEndpointOf(urlText(args[0])));
        } catch (error) {
          senseFailed('net', error);
        }
      }
      const act = call;
      if (act === undefined) return ReflectConstruct(target, args, actualTarget);
      // A refused call fails beneath, where its request is made: as an `error` event, the only way these can fail.
      try {
        return runWebCall(act, () => ReflectConstruct(target, args, actualTarget));
      } catch (error) {
        act.act.end(error);
        throw error;
      }
    },
  });
  replaceValue(original.prototype, 'constructor', original, proxy);
  return proxy;
}
