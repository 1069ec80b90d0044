import type dns from 'node:dns';
import net from 'node:net';
import { perceive, senseFailed } from '../../src/perception.ts';
import { ArrayIsArray, ReflectApply, uncurryThis } from '../../src/primordials.ts';
import { carriedByName } from '../carried-secrets.ts';
import { isBuiltinLoaded, onBuiltin } from '../import/module-watch.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { callTelling } from '../telling.ts';
import type { NetFlow } from './flow.ts';
import { OpenAct } from './open-act.ts';
import { ATTR_DNS_ANSWERS, ATTR_DNS_QUESTION_NAME } from './semconv.ts';

const { isIP } = net;
const { nextTick } = process;
const PromiseReject = Promise.reject.bind(Promise);
const PromisePrototypeThen = uncurryThis<
  Promise<unknown>,
  (ok: (value: unknown) => unknown, failed: (error: unknown) => never) => Promise<unknown>
>(Promise.prototype.then as never);

/** Methods that both resolvers and the module have; `reverse` asks about an address. */
const RESOLVER_METHODS = [
  'resolve',
  'resolve4',
  'resolve6',
  'resolveAny',
  'resolveCaa',
  'resolveCname',
  'resolveMx',
  'resolveNaptr',
  'resolveNs',
  'resolvePtr',
  'resolveSoa',
  'resolveSrv',
  'resolveTlsa',
  'resolveTxt',
  'reverse',
] as const;
const MODULE_METHODS = ['lookup', 'lookupService', ...RESOLVER_METHODS] as const;

interface Question {
  act: OpenAct;
  refusal: Error | undefined;
}

/**
 * Name resolution, in its callback and promise forms, of the module and of resolver objects. Only once somebody asks for
 * the module: what Node resolves without being asked follows from a connect or listen that was told of.
 */
export function senseDns(patch: Patcher, flow: NetFlow): void {
  let arePromisesPatched = false;
  const patchPromises = (promises: object): void => {
    if (arePromisesPatched) return;
    arePromisesPatched = true;
    const { prototype } = (promises as typeof dns.promises).Resolver;
    for (const name of MODULE_METHODS) patch.method(promises, name, (original) => promiseForm(flow, name, original));
    for (const name of RESOLVER_METHODS) patch.method(prototype, name, (original) => promiseForm(flow, name, original));
  };
  const patchModule = (module: object): void => {
    const { prototype } = (module as typeof dns).Resolver;
    for (const name of MODULE_METHODS) patch.method(module, name, (original) => callbackForm(flow, name, original));
    for (const name of RESOLVER_METHODS)
      patch.method(prototype, name, (original) => callbackForm(flow, name, original));
    if (isBuiltinLoaded('internal/dns/promises')) patchPromises((module as typeof dns).promises);
    else patch.whenRead(module, 'promises', patchPromises);
  };
  patch.onDisable(onBuiltin('dns', patchModule));
  patch.onDisable(onBuiltin('dns/promises', patchPromises));
}

function ask(flow: NetFlow, name: string, host: unknown): Question | undefined {
  if (typeof host !== 'string' || host === '') return undefined;
  if (name === 'lookup') {
    // A literal address is answered without asking anybody; the host of a connect was told of with the connect.
    if (host === flow.resolving || isIP(host) !== 0) return undefined;
  }
  const perception = perceive({
    sense: 'net',
    operation: 'dns',
    target: host,
    attributes: { [ATTR_DNS_QUESTION_NAME]: host },
    // Only for hosts told of lately: otherwise Node could be made to ask on somebody's behalf (a timer, promisify).
    impliedByNode: name === 'lookup' && flow.hosts.has(host),
    carries: () => carriedByName(host),
  });
  return { act: new OpenAct(perception), refusal: perception?.refusal };
}

function callbackForm(flow: NetFlow, name: string, original: AnyFunction): AnyFunction {
  const { sensed } = {
    // A method: the functions of the module are bound and have no prototype either.
    sensed(this: unknown, ...args: unknown[]) {
      let question: Question | undefined;
      if (flow.live) {
        try {
          const last = args.length - 1;
          const callback = args[last];
          // Without a callback the call throws; nothing is asked.
          if (typeof callback === 'function') question = ask(flow, name, args[0]);
          if (question !== undefined) {
            const { act, refusal } = question;
            if (refusal !== undefined) {
              act.end(refusal);
              nextTick(callback as () => void, refusal);
              return {};
            }
            if (act.open) {
              args[last] = function (this: unknown, ...results: unknown[]) {
                answered(act, results[0], results[1]);
                return ReflectApply(callback as never, this, results);
              };
            }
          }
        } catch (error) {
          senseFailed('net', error);
        }
      }
      const act = question?.act;
      if (act === undefined || !act.open) return ReflectApply(original as never, this, args);
      return callTelling(act, () => ReflectApply(original as never, this, args));
    },
  };
  return disguise(sensed, original);
}

function promiseForm(flow: NetFlow, name: string, original: AnyFunction): AnyFunction {
  const { sensed } = {
    // A method: the functions of the module are bound and have no prototype either.
    sensed(this: unknown, ...args: unknown[]) {
      let question: Question | undefined;
      if (flow.live) {
        try {
          question = ask(flow, name, args[0]);
          if (question?.refusal !== undefined) {
            question.act.end(question.refusal);
            return PromiseReject(question.refusal);
          }
        } catch (error) {
          senseFailed('net', error);
        }
      }
      const act = question?.act;
      if (act === undefined || !act.open) return ReflectApply(original as never, this, args) as unknown;
      const promise = callTelling(act, () => ReflectApply(original as never, this, args) as Promise<unknown>);
      // The derived promise is the caller's: a reaction on the side would make an unhandled rejection a handled one.
      return PromisePrototypeThen(
        promise,
        (value) => {
          answered(act, null, value);
          return value;
        },
        (error) => {
          answered(act, error, undefined);
          throw error;
        },
      );
    },
  };
  return disguise(sensed, original);
}

function answered(act: OpenAct, error: unknown, value: unknown): void {
  try {
    const addresses = addressesIn(value);
    if (addresses.length > 0) act.setAttribute(ATTR_DNS_ANSWERS, addresses);
    act.end(error ?? undefined);
  } catch (failure) {
    senseFailed('net', failure);
  }
}

/* Addresses only: other records (TXT) carry payload. */
function addressesIn(value: unknown): string[] {
  const addresses: string[] = [];
  const list = ArrayIsArray(value) ? value : [value];
  for (let i = 0; i < list.length && addresses.length < 8; i++) {
    const item = list[i] as unknown;
    const address = typeof item === 'object' && item !== null ? (item as { address?: unknown }).address : item;
    if (typeof address === 'string' && isIP(address) !== 0) addresses[addresses.length] = address;
  }
  return addresses;
}
