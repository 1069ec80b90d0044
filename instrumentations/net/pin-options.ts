import { types } from 'node:util';
import { ReflectGetOwnPropertyDescriptor, ReflectGetPrototypeOf } from '../../src/primordials.ts';

const { isProxy } = types;
const ReflectGet = Reflect.get;
const ProxyConstructor = Proxy;

/**
 * Answers `options` itself when reading `keys` twice must give the same answer, and otherwise a stand-in whose `keys`
 * are fixed now. A getter that says `localhost` to us and another host to Node a moment later would hide an act.
 */
export function pinOptions<T extends object>(options: T, keys: readonly (keyof T & string)[]): T {
  let stable = !isProxy(options);
  for (let i = 0; stable && i < keys.length; i++) stable = isPlain(options, keys[i] as string);
  if (stable) return options;

  const pinned: Record<string, unknown> = { __proto__: null } as never;
  for (let i = 0; i < keys.length; i++) pinned[keys[i] as string] = options[keys[i] as keyof T];
  return new ProxyConstructor(options, {
    // What the handler inherits would be traps as well.
    __proto__: null,
    // The receiver stays the caller's object: its other getters may rely on private fields.
    get: (target, key) => (typeof key === 'string' && key in pinned ? pinned[key] : ReflectGet(target, key)),
  } as ProxyHandler<T>);
}

function isPlain(options: object, key: string): boolean {
  for (let owner: object | null = options; owner !== null; owner = ReflectGetPrototypeOf(owner)) {
    if (isProxy(owner)) return false;
    const descriptor = ReflectGetOwnPropertyDescriptor(owner, key);
    if (descriptor !== undefined) return descriptor.get === undefined;
  }
  return true;
}
