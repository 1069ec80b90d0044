import url from 'node:url';
import { types } from 'node:util';
import { senseFailed } from '../../src/perception.ts';
import { ArrayPrototypeSlice, ReflectApply, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { urlText } from '../net/endpoint.ts';
import { pinOptions } from '../net/pin-options.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { attentive } from './attention.ts';
import type { FsFunction } from './functions.ts';
import { pathOf } from './paths.ts';

const PRIVATE_KEY: FsFunction = { name: 'privateKey', paths: [{ at: 0, operation: 'read' }], forms: ['returns'] };
/* Taken now: an import of a builtin follows whatever its exports are replaced by. */
const { fileURLToPath } = url;
const { isArrayBufferView, isKeyObject } = types;

/** Functions of node:crypto that take a private key, where they take it, and in which property of it. */
const TAKERS: readonly (readonly [name: string, at: number, property?: 'privateKey'])[] = [
  ['createPrivateKey', 0],
  ['sign', 2],
  ['privateEncrypt', 0],
  ['privateDecrypt', 0],
  ['decapsulate', 0],
  ['diffieHellman', 0, 'privateKey'],
];

/** A private key given as a `file:` URL (Node 24.21) is opened by OpenSSL, below fs. */
export function patchKeyStore(patch: Patcher, crypto: object): void {
  for (let i = 0; i < TAKERS.length; i++) {
    const [name, at, property] = TAKERS[i] as (typeof TAKERS)[number];
    patch.method(crypto, name, (original) => opening(original, at, property));
  }
  const { Sign } = crypto as { Sign?: { prototype: object } };
  if (Sign !== undefined) patch.method(Sign.prototype, 'sign', (original) => opening(original, 0));
}

function opening<T extends AnyFunction>(original: T, at: number, property?: 'privateKey'): T {
  const wrapper = {
    wrapper(this: unknown) {
      const key = arguments[at] as unknown;
      // A key in text or bytes is all there is of it, nearly always.
      if (typeof key !== 'object' || key === null || isArrayBufferView(key) || isKeyObject(key))
        return ReflectApply(original as never, this, arguments as never) as unknown;
      const args = ArrayPrototypeSlice(arguments as unknown as unknown[]);
      const file = fileOf(args, at, property);
      const call = () => ReflectApply(original as never, this, args as never) as unknown;
      return file === undefined ? call() : attentive(PRIVATE_KEY, [file], call);
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

/* Options that would answer otherwise the second time are replaced in `args`. */
function fileOf(args: unknown[], at: number, property?: 'privateKey'): string | undefined {
  try {
    let given = args[at] as Record<string, unknown>;
    if (property !== undefined) {
      given = pinOptions(given, [property]);
      args[at] = given;
      given = given[property] as Record<string, unknown>;
    }
    const own = typeof given === 'string' ? undefined : urlText(given);
    if (own !== undefined) return pathOfUrl(own);
    if (typeof given !== 'object' || given === null) return undefined;
    const options = pinOptions(given, ['key']);
    if (property === undefined) args[at] = options;
    else if (options !== given) args[at] = { ...(args[at] as object), [property]: options };
    const { key } = options;
    return typeof key === 'object' ? pathOfUrl(urlText(key)) : undefined;
  } catch (failure) {
    senseFailed('fs', failure);
    return undefined;
  }
}

function pathOfUrl(text: string | undefined): string | undefined {
  if (text === undefined || !StringPrototypeStartsWith(text, 'file:')) return undefined;
  try {
    return pathOf(fileURLToPath(text));
  } catch {
    return undefined; // another host or an encoded slash: Node rejects it
  }
}
