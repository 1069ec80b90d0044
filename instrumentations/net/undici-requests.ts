import type { Attributes } from '@opentelemetry/api';
import { BoundedCache } from '../../src/classification/bounded-cache.ts';
import { perceive, senseFailed } from '../../src/perception.ts';
import { getCallSites, ReflectApply, SafeMap, SafeWeakMap, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { carriedByUndici, mayCarrySecrets } from '../carried-secrets.ts';
import { BuiltinLoaded } from '../import/module-watch.ts';
import type { Patcher } from '../sense.ts';
import { type Endpoint, hostEndpoint, requestAttributes, urlEndpoint, urlText } from './endpoint.ts';
import type { NetFlow, RequestAct } from './flow.ts';
import { OpenAct, type PeerSocket } from './open-act.ts';
import { carriesBody } from './sends.ts';
import { webCallNow } from './web-calls.ts';

interface UndiciRequest {
  readonly origin?: unknown;
  readonly method?: unknown;
  onError?(error: Error): void;
  onResponseError?(error: Error): void;
}
interface ConnectParams {
  readonly hostname: unknown;
  readonly port: unknown;
  readonly protocol: unknown;
}

const scheduleMicrotask = queueMicrotask;

/**
 * Requests of undici, Node's own and the npm package alike, through its diagnostics channels. Node's own is reported
 * at `fetch()` already: here only where it leads somewhere else (a redirect), or was given something that only undici
 * reads. The first request of a `WebSocket` or an `EventSource` is created in its constructor, on the caller's stack.
 */
export function senseUndiciRequests(patch: Patcher, flow: NetFlow): void {
  const acts = new SafeWeakMap<object, OpenAct>();
  const refused = new SafeMap<string, RequestAct>();

  const listen = <T>(name: string, onMessage: (message: T) => void): void =>
    patch.channel(name, (message) => {
      try {
        if (flow.live) onMessage(message as T);
      } catch (error) {
        senseFailed('net', error);
      }
    });

  listen<{ request: UndiciRequest }>('undici:request:create', ({ request }) => {
    const endpoint = endpointOf(urlText(request.origin));
    if (endpoint === undefined) return;
    const requestedBefore = flow.requested.has(endpoint.target);
    flow.requested.add(endpoint.target);
    flow.hosts.add(endpoint.host);

    let refusal: Error | undefined;
    const call = webCallNow();
    if (call?.target === endpoint.target && !call.claimed) {
      call.claimed = true;
      acts.set(request, call.act);
      call.refusal ??= refusalOfSecret(request, endpoint, call);
      refusal = call.refusal;
    } else if (requestedBefore && ownUndici.isLoaded() && repeatedByNode(call?.target === endpoint.target)) {
      return;
    } else {
      const perception = perceive({
        sense: 'net',
        operation: 'connect',
        target: endpoint.target,
        sends: carriesBody(request.method),
        attributes: attributesOf(endpoint, request.method),
        carries: () => carriedByUndici(request),
      });
      refusal = perception?.refusal;
      const act = new OpenAct(perception);
      acts.set(request, act);
      if (call !== undefined && call.target === undefined) {
        call.target = endpoint.target;
        call.act = act;
        call.refusal = refusal;
        call.claimed = true;
      }
    }
    if (refusal === undefined) return;
    acts.get(request)?.end(refusal);
    refuse(endpoint.target, request, refusal);
  });

  // Published right before undici calls net.connect or tls.connect, in the same tick.
  listen<{ connectParams: ConnectParams }>('undici:client:beforeConnect', ({ connectParams }) => {
    const { hostname, port, protocol } = connectParams;
    const endpoint = hostEndpoint(hostname, port || (protocol === 'https:' ? 443 : 80));
    if (endpoint === undefined) return;
    const block = refused.get(endpoint.target);
    if (block === undefined && !flow.requested.has(endpoint.target)) return;
    // Its act ends with the headers, which say which connection the request really took.
    const expected = block ?? {
      target: endpoint.target,
      act: new OpenAct(undefined),
      refusal: undefined,
      claimed: true,
    };
    flow.connecting = expected;
    scheduleMicrotask(() => {
      if (flow.connecting === expected) flow.connecting = undefined;
    });
  });

  listen<{ request: object; socket: PeerSocket }>('undici:client:sendHeaders', ({ request, socket }) => {
    const act = acts.get(request);
    if (act === undefined) return;
    act.peer(socket);
    act.end();
  });

  listen<{ request: object; error: unknown }>('undici:request:error', ({ request, error }) => {
    acts.get(request)?.end(error);
  });

  function refuse(target: string, request: UndiciRequest, refusal: Error): void {
    // undici connects even for a request that has failed already; the connection is refused as well.
    const entry: RequestAct = { target, act: new OpenAct(undefined), refusal, claimed: true };
    refused.set(target, entry);
    scheduleMicrotask(() =>
      scheduleMicrotask(() => {
        if (refused.get(target) === entry) refused.delete(target);
      }),
    );
    const fail = request.onError ?? request.onResponseError;
    if (typeof fail === 'function') ReflectApply(fail, request, [refusal]);
  }
}

/* What a fetch carries is known when undici has made its request: its own headers, and the caller's in whatever form. */
function refusalOfSecret(request: UndiciRequest, endpoint: Endpoint, { chain }: RequestAct): Error | undefined {
  const carried = chain !== undefined && mayCarrySecrets(chain) ? carriedByUndici(request) : undefined;
  if (carried === undefined) return undefined;
  const perception = perceive({
    sense: 'net',
    operation: 'connect',
    target: endpoint.target,
    sends: carriesBody(request.method),
    attributes: attributesOf(endpoint, request.method),
    carries: () => carried,
    chain,
  });
  perception?.end(perception.refusal);
  return perception?.refusal;
}

const endpoints = new BoundedCache<Endpoint>(256);
/** A longer one may be anything. */
const MAX_ORIGIN = 256;

/* A client has one origin, and to take a URL apart costs more than to find it. */
function endpointOf(origin: string | undefined): Endpoint | undefined {
  if (origin === undefined) return undefined;
  let endpoint = endpoints.get(origin);
  if (endpoint === undefined) {
    endpoint = urlEndpoint(origin);
    if (endpoint !== undefined && origin.length <= MAX_ORIGIN) endpoints.set(origin, endpoint);
  }
  return endpoint;
}

/* To look at the stack costs more than all the rest of what a request costs here. */
const ownUndici = new BuiltinLoaded('internal/deps/undici/undici');

/*
 * Node asks the same host once more by itself: a redirect within the host of a fetch, or an EventSource that connects
 * again. Not so the npm package undici, called by a WebSocket's handler (which runs beneath the fetch or socket that
 * caused it), and not a new WebSocket, whose caller is on the stack.
 */
function repeatedByNode(beneathCall: boolean): boolean {
  // Few frames tell Node's undici from the package; only where Node's runs without a fetch are all of them needed.
  const publisher = publishedBy(getCallSites(8));
  if (publisher < 0 || beneathCall) return publisher >= 0;
  const sites = getCallSites(200);
  for (let i = publisher; i < sites.length; i++) {
    if (!StringPrototypeStartsWith((sites[i] as { scriptName: string }).scriptName, 'node:')) return false;
  }
  return true;
}

/* Index of the frame that published, when that is Node's own code, otherwise -1. */
function publishedBy(sites: readonly { scriptName: string }[]): number {
  let i = 0;
  while (i < sites.length && sites[i]?.scriptName !== 'node:diagnostics_channel') i++;
  while (i < sites.length && sites[i]?.scriptName === 'node:diagnostics_channel') i++;
  return i < sites.length && StringPrototypeStartsWith((sites[i] as { scriptName: string }).scriptName, 'node:')
    ? i
    : -1;
}

/* The endpoint of a client and the method of its last request: nearly always those of the next. */
const lastAttributes = new SafeWeakMap<Endpoint, { readonly method: unknown; readonly attributes: Attributes }>();

function attributesOf(endpoint: Endpoint, method: unknown): Attributes {
  let last = lastAttributes.get(endpoint);
  if (last === undefined || last.method !== method) {
    last = { method, attributes: requestAttributes(endpoint, method) };
    lastAttributes.set(endpoint, last);
  }
  return last.attributes;
}
