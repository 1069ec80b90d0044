import { perceive, senseFailed } from '../../src/perception.ts';
import { getCallSites, ReflectApply, SafeMap, SafeWeakMap, StringPrototypeStartsWith } from '../../src/primordials.ts';
import type { Patcher } from '../sense.ts';
import { endpointAttributes, hostEndpoint, urlEndpoint, urlText } from './endpoint.ts';
import type { NetFlow, RequestAct } from './flow.ts';
import { OpenAct, type PeerSocket } from './open-act.ts';
import { ATTR_HTTP_REQUEST_METHOD } from './semconv.ts';
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
 * at `fetch()` already, where the caller is still on the stack: here only where it leads somewhere else (a redirect),
 * or was called in a way that nobody could read.
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
    const origin = urlText(request.origin);
    const endpoint = origin === undefined ? undefined : urlEndpoint(origin);
    if (endpoint === undefined) return;
    flow.requested.add(endpoint.target);
    flow.hosts.add(endpoint.host);

    let refusal: Error | undefined;
    const call = webCallNow();
    const beneathCall = call?.target === endpoint.target;
    if (beneathCall && call !== undefined && !call.claimed) {
      refusal = call.refusal;
      call.claimed = true;
      acts.set(request, call.act);
    } else if (beneathCall && publishedByNode()) {
      return; // a redirect within the host, or an EventSource that connects again
    } else {
      const perception = perceive({
        sense: 'net',
        operation: 'connect',
        target: endpoint.target,
        attributes: { ...endpointAttributes(endpoint, 'tcp'), ...methodOf(request) },
      });
      refusal = perception?.refusal;
      acts.set(request, new OpenAct(perception));
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

/* Node's own undici, not the npm package called by a WebSocket's handler, which runs beneath the same call. */
function publishedByNode(): boolean {
  const sites = getCallSites(24);
  let published = false;
  for (let i = 0; i < sites.length; i++) {
    const name = (sites[i] as { scriptName: string }).scriptName;
    if (name === 'node:diagnostics_channel') published = true;
    else if (published) return StringPrototypeStartsWith(name, 'node:');
  }
  return false;
}

function methodOf(request: UndiciRequest): { [ATTR_HTTP_REQUEST_METHOD]?: string } {
  return typeof request.method === 'string' ? { [ATTR_HTTP_REQUEST_METHOD]: request.method } : {};
}
