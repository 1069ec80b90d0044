import { types } from 'node:util';
import { ReflectGetOwnPropertyDescriptor } from '../../src/primordials.ts';

const { isProxy } = types;

/** Requests of this method have a body as a rule: something is sent, not only asked for. */
export function carriesBody(method: unknown): boolean {
  switch (method) {
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'post':
    case 'put':
    case 'patch':
      return true;
    default:
      return false;
  }
}

/** The method that the options of `fetch` name, where that can be seen without running anything of the caller's. */
export function methodOfInit(init: unknown): unknown {
  if (typeof init !== 'object' || init === null || isProxy(init)) return undefined;
  return ReflectGetOwnPropertyDescriptor(init, 'method')?.value;
}
