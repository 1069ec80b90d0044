import { perceive, senseFailed } from '../../src/perception.ts';
import { ReflectApply, uncurryThis } from '../../src/primordials.ts';
import { bodyOfInit, carriedByBody } from '../carried-secrets.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { endpointAttributes, urlEndpoint, urlText } from './endpoint.ts';
import type { NetFlow, RequestAct } from './flow.ts';
import { OpenAct } from './open-act.ts';
import { carriesBody, methodOfInit } from './sends.ts';
import { runWebCall } from './web-calls.ts';

const PromiseReject = Promise.reject.bind(Promise);
const PromisePrototypeThen = uncurryThis<Promise<unknown>, (ok: () => void, failed: () => void) => Promise<unknown>>(
  Promise.prototype.then as never,
);
const noop = (): void => {};

/**
 * The global `fetch`. What it leads to is told before it begins, where the input says so without being read twice: a
 * string or a URL. Any other input (a Request, something with `toString`) is told of by undici, still on the caller's
 * stack. Its redirects come much later: that is why everything beneath runs as a web call.
 *
 * `WebSocket` and `EventSource` need no wrapper, since undici makes their request inside the constructor; and they
 * must not be touched: merely reading their property descriptors loads undici (20 to 35 ms at start-up).
 */
export function senseFetch(patch: Patcher, flow: NetFlow): void {
  patch.method(globalThis, 'fetch', (original: AnyFunction) =>
    disguise(function fetch(this: unknown, ...args: unknown[]) {
      let call: RequestAct | undefined;
      if (flow.live) {
        try {
          call = begin(flow, args[0], args[1]);
        } catch (error) {
          senseFailed('net', error);
        }
      }
      const entry = call;
      if (entry === undefined) return ReflectApply(original as never, this, args);
      if (entry.refusal !== undefined) {
        entry.act.end(entry.refusal);
        return PromiseReject(entry.refusal);
      }
      const promise = runWebCall(entry, () => ReflectApply(original as never, this, args)) as Promise<unknown>;
      // Refused only when undici told where it leads: the caller gets the reason, not undici's wrapping of it.
      if (entry.refusal === undefined) return promise;
      PromisePrototypeThen(promise, noop, noop);
      return PromiseReject(entry.refusal);
    }, original),
  );
}

/* An input that cannot be read here still gets an entry: what happens beneath it keeps its caller. */
function begin(flow: NetFlow, input: unknown, init: unknown): RequestAct {
  const url = urlText(input);
  const endpoint = url === undefined ? undefined : urlEndpoint(url);
  if (endpoint === undefined) {
    return { target: undefined, act: new OpenAct(undefined), refusal: undefined, claimed: false };
  }
  const perception = perceive({
    sense: 'net',
    operation: 'connect',
    target: endpoint.target,
    sends: carriesBody(methodOfInit(init)),
    attributes: endpointAttributes(endpoint, 'tcp'),
    carries: () => carriedByBody(bodyOfInit(init)),
  });
  flow.hosts.add(endpoint.host);
  const { refusal, chain } = perception ?? {};
  return { target: endpoint.target, act: new OpenAct(perception), refusal, chain, claimed: false };
}
