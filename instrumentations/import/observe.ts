import type { Act } from '../../src/behavior.ts';
import { awaited, type Perception, perceive, senseFailed } from '../../src/perception.ts';
import { ReflectApply, ReflectConstruct } from '../../src/primordials.ts';
import { type AnyFunction, disguise } from '../sense.ts';
import { callTelling } from '../telling.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
/** Which act a call is; `undefined` when it is none. */
export type ActOf = (args: unknown[], self: unknown) => Act | undefined;

/** Wraps a synchronous function whose every call is worth a look. */
export function observeCall<T extends AnyFunction>(original: T, actOf: ActOf): T {
  const wrapper = {
    wrapper(this: unknown, ...args: unknown[]) {
      const perception = look(actOf, args, this);
      if (perception === undefined) return ReflectApply(original as unknown as Call, this, args);
      return observe(perception, () => ReflectApply(original as unknown as Call, this, args));
    },
  }.wrapper;
  return disguise(wrapper as unknown as T, original);
}

/** Wraps a class whose every construction is worth a look; subclasses and `instanceof` go on working. */
export function observeClass<T extends AnyFunction>(original: T, actOf: ActOf): T {
  const wrapper = disguise(
    function (this: unknown, ...args: unknown[]) {
      const target = new.target as AnyFunction | undefined;
      // Without `new` a class throws, and says so in its own words.
      if (target === undefined) return ReflectApply(original as unknown as Call, this, args);
      const construct = () =>
        ReflectConstruct(
          original as never,
          args as never,
          (target === wrapper ? original : target) as never,
        ) as unknown;
      const perception = look(actOf, args, this);
      return perception === undefined ? construct() : observe(perception, construct);
    } as unknown as T,
    original,
  );
  return wrapper;
}

function look(actOf: ActOf, args: unknown[], self: unknown): Perception | undefined {
  try {
    const act = actOf(args, self);
    const perception = act === undefined ? undefined : perceive(act);
    return perception?.refusal === undefined ? awaited(perception) : perception;
  } catch (failure) {
    senseFailed('import', failure);
    return undefined;
  }
}

function observe(perception: Perception, original: () => unknown): unknown {
  if (perception.refusal !== undefined) {
    perception.end(perception.refusal);
    throw perception.refusal;
  }
  const result = callTelling(perception, original);
  perception.end();
  return result;
}
