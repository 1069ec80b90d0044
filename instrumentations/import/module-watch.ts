import nodeModule from 'node:module';
import { senseFailed } from '../../src/perception.ts';
import {
  ArrayIsArray,
  getBuiltinModule,
  ReflectApply,
  SafeMap,
  SafeSet,
  StringPrototypeStartsWith,
} from '../../src/primordials.ts';
import { type AnyFunction, disguise, publishPatches, replaceMethod } from '../sense.ts';
import { beginsInCommonJs, isGateway, watchCommonJs } from './commonjs-edges.ts';
import { beginLoad, beginResolution, endLoad } from './loads.ts';

/**
 * One edge: `require`, `import`, `import()`, `import.meta.resolve`, or `process.getBuiltinModule`.
 * `parent` is the URL or path of the importing module, `undefined` for an entry point; `null` where only the stack knows it.
 * An error in answer makes the import fail with it.
 */
export type EdgeListener = (specifier: string, parent: string | undefined | null, url: string) => Error | undefined;
/** The URL or path of what `require.resolve` found: whoever asked may load it past `require`, or not at all. */
export type ResolutionListener = (url: string) => void;
type Obtained = (exports: object) => void;

/* Taken now: an import of a builtin follows whatever its exports are replaced by. */
const { isBuiltin, registerHooks } = nodeModule;

/* At most one, the import sense: an array would cost an iteration an edge. */
let listener: EdgeListener | undefined;
let resolutionListener: ResolutionListener | undefined;
const builtins = new SafeMap<string, Set<Obtained>>();
let undo: (() => void) | undefined;

/** Calls the listeners after something was resolved; they must not throw. Answers how to stop. */
export function watchEdges(onEdge: EdgeListener, onResolution: ResolutionListener): () => void {
  listener = onEdge;
  resolutionListener = onResolution;
  attach();
  return () => {
    listener = undefined;
    resolutionListener = undefined;
    // What tells of ES modules about to be compiled is the import sense's, and goes with it.
    changeOver?.();
    detach();
  };
}

/**
 * Calls `obtained` with a builtin's exports when somebody asks for it, before they get it: to load what nobody wants
 * would cost every process its start-up. Answers how to stop.
 */
export function onBuiltin(name: string, obtained: Obtained): () => void {
  const url = `node:${name}`;
  if (isBuiltinLoaded(name)) {
    obtain(url, obtained);
    return () => {};
  }
  let waiting = builtins.get(url);
  if (waiting === undefined) {
    waiting = new SafeSet<Obtained>();
    builtins.set(url, waiting);
  }
  waiting.add(obtained);
  attach();
  return () => {
    waiting.delete(obtained);
    if (waiting.size === 0) builtins.delete(url);
    detach();
  };
}

/** Whether Node has loaded this part of itself, for anybody. */
export function isBuiltinLoaded(name: string): boolean {
  return new BuiltinLoaded(name).isLoaded();
}

/** The same, for who asks often: Node's list only grows, and what was seen of it is not looked through again. */
export class BuiltinLoaded {
  private readonly entry: string;
  private seen = 0;
  private found = false;

  constructor(name: string) {
    this.entry = `NativeModule ${name}`;
  }

  isLoaded(): boolean {
    const list = (process as { moduleLoadList?: readonly unknown[] }).moduleLoadList;
    if (list === undefined) return true;
    while (!this.found && this.seen < list.length) this.found = list[this.seen++] === this.entry;
    return this.found;
  }
}

function obtain(url: string, obtained: Obtained): void {
  const exports = getBuiltinModule(url);
  if (exports === undefined) return; // switched off (--no-experimental-sqlite) or unknown to this Node
  obtained(exports);
  publishPatches();
}

/* Answers the refusal. */
function see(specifier: string, parent: string | undefined | null, url: string): Error | undefined {
  try {
    if (builtins.size > 0) handOut(url);
    return listener?.(specifier, parent, url);
  } catch (failure) {
    senseFailed('import', failure);
    return undefined;
  }
}

function handOut(url: string): void {
  const waiting = builtins.get(url);
  if (waiting === undefined) return;
  builtins.delete(url);
  waiting.forEach((obtained) => {
    try {
      obtain(url, obtained);
    } catch (failure) {
      // The builtin stays as it is; who asked for it gets it all the same.
      senseFailed('import', failure);
    }
  });
}

function seeResolution(url: string): void {
  try {
    resolutionListener?.(url);
  } catch (failure) {
    senseFailed('import', failure);
  }
}

let beginInCommonJs = false;
/* While only CommonJS has been loaded: puts Node's hooks in the place of what watches it. */
let changeOver: (() => void) | undefined;

/** Called by the preload: whatever the process loads will be seen from its first module on. */
export function preloaded(): void {
  beginInCommonJs = beginsInCommonJs();
}

function attach(): void {
  if (undo !== undefined) return;
  const restore = watchGetBuiltinModule();
  let stop: () => void;
  if (beginInCommonJs && listener !== undefined) {
    changeOver = () => {
      changeOver = undefined;
      stop();
      stop = hook();
    };
    stop = watchCommonJs(see, seeResolution, changeOver);
  } else stop = hook();
  beginInCommonJs = false;
  undo = () => {
    changeOver = undefined;
    stop();
    restore();
  };
}

function hook(): () => void {
  const unwrap = replaceMethod('import', nodeModule, '_load', marking);
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      // Outside of any try: what another hook or Node throws is not ours to touch.
      const isLoad = beginResolution() || !isRequire(context.conditions);
      const result = nextResolve(specifier, context);
      if (typeof result?.url !== 'string') return result;
      const refusal = isLoad ? see(specifier, context.parentURL, result.url) : undefined;
      if (refusal !== undefined) throw refusal;
      if (!isLoad) seeResolution(result.url);
      return result;
    },
  });
  return () => {
    hooks.deregister();
    unwrap?.();
  };
}

/* The hooks do not tell a `require` from a `require.resolve`; only the one is a call of the loader. */
function marking(original: AnyFunction): AnyFunction {
  const wrapper = {
    wrapper(this: unknown, ...args: unknown[]) {
      const isDoubtful = beginLoad(args[0], args[1]);
      try {
        return ReflectApply(original as never, this, args as never) as unknown;
      } finally {
        endLoad(isDoubtful);
      }
    },
  }.wrapper;
  return disguise(wrapper, original);
}

/* Imports have the condition `import`, also where it is a `require` in a CommonJS module that was imported. */
function isRequire(conditions: unknown): boolean {
  try {
    return ArrayIsArray(conditions) && conditions[0] === 'require';
  } catch {
    return false; // a hook of others has put a revoked Proxy there
  }
}

function beforeBuiltin(id: string): Error | undefined {
  try {
    if (!isBuiltin(id)) return undefined;
    const url = StringPrototypeStartsWith(id, 'node:') ? id : `node:${id}`;
    const refusal = see(id, null, url);
    if (isGateway(url)) changeOver?.();
    return refusal;
  } catch (failure) {
    senseFailed('import', failure);
    return undefined;
  }
}

/* process.getBuiltinModule reaches every builtin without the loader, so no hook hears of it. */
function watchGetBuiltinModule(): () => void {
  const watching = (original: AnyFunction): AnyFunction => {
    const wrapper = {
      wrapper(this: unknown, ...args: unknown[]) {
        const refusal = typeof args[0] === 'string' ? beforeBuiltin(args[0]) : undefined;
        if (refusal !== undefined) throw refusal;
        return ReflectApply(original as never, this, args as never) as unknown;
      },
    }.wrapper;
    return disguise(wrapper, original);
  };
  return replaceMethod('import', process, 'getBuiltinModule', watching) ?? (() => {});
}

function detach(): void {
  if (undo === undefined || listener !== undefined || builtins.size > 0) return;
  undo();
  undo = undefined;
}
