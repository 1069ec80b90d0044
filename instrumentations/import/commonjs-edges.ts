import diagnosticsChannel from 'node:diagnostics_channel';
import nodeModule from 'node:module';
import vm from 'node:vm';
import { holdSubscription } from '../../src/canary.ts';
import { senseFailed } from '../../src/perception.ts';
import {
  ArrayPrototypeJoin,
  ReflectApply,
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeStartsWith,
  uncurryThis,
} from '../../src/primordials.ts';
import { type AnyFunction, disguise, replaceMethod } from '../sense.ts';
import { beginLoad, beginResolution, endLoad } from './loads.ts';

/*
 * Node's own hooks make every `require` a tenth of a bare start dearer: they turn each path into a URL and back. As long
 * as a process has loaded nothing but CommonJS, two functions of the loader tell the same edges for next to nothing.
 * Whatever could make an edge that they would not see is a reason to change over to the hooks, before it happens:
 *
 * - `import()`, an ES module as entry point or preload: announced by Node on a diagnostics channel
 * - `require` of an ES module: known when it is compiled
 * - somebody else's hooks, or their own way of resolving
 * - builtins by which the two functions or the channel could be got at
 */

/** An edge as `EdgeListener` has it, except that files are named by path. Answers the refusal. */
type See = (specifier: string, parent: string | undefined, location: string) => Error | undefined;
/** The path of a file that was asked for, and is not loaded by who asked. */
type SeeResolution = (location: string) => void;

const GATEWAYS: ReadonlySet<string> = new SafeSet<string>([
  'node:diagnostics_channel',
  'node:inspector',
  'node:inspector/promises',
  'node:repl',
  'node:test',
]);
/** Whether this builtin would let somebody blind the two functions or the channel. */
export function isGateway(url: string): boolean {
  return GATEWAYS.has(url);
}

const IMPORT_STARTS = 'tracing:module.import:start';
/* Also where V8 ends the process at an exception that we catch: to compile is how ES modules are told from CommonJS. */
const NO_COMMONJS_OPTION =
  /(^|\s)(-e|-p|-pe|-i|--eval|--print|--interactive|--import|--input-type|--test|--(experimental-)?loader|--abort[-_]on[-_]uncaught[-_]exception)\b/;

const loader = nodeModule as unknown as Record<string, AnyFunction>;
/* Taken now, before anybody could replace them. */
const { isBuiltin } = nodeModule;
const { compileFunction } = vm;
const { channel, subscribe, unsubscribe } = diagnosticsChannel;

/* Two calls a module: without the array of arguments that Reflect.apply needs, and without a descriptor each. */
const callable = uncurryThis as unknown as (method: AnyFunction) => (self: unknown, ...args: unknown[]) => unknown;
const getterOf = callable((Object.prototype as unknown as Record<string, AnyFunction>).__lookupGetter__ as AnyFunction);

let see: See | undefined;
let seeResolution: SeeResolution;
let useHooks: () => void;
let resolveWrapper: AnyFunction | undefined;

/**
 * Whether this process seems to begin with CommonJS; called by the preload, before any code of the application. When it
 * begins otherwise after all, the channel tells.
 */
export function beginsInCommonJs(): boolean {
  const main = process.argv[1];
  if (main === undefined || RegExpPrototypeExec(/\.(m[jt]s|ts)$/, main) !== null) return false;
  const options = `${ArrayPrototypeJoin(process.execArgv, ' ')} ${process.env.NODE_OPTIONS ?? ''}`;
  return RegExpPrototypeExec(NO_COMMONJS_OPTION, options) === null;
}

/** Calls `seeEdge` for every edge until it calls `changeOver`. Answers how to stop, which `changeOver` must do. */
export function watchCommonJs(seeEdge: See, seeFile: SeeResolution, changeOver: () => void): () => void {
  see = seeEdge;
  seeResolution = seeFile;
  useHooks = changeOver;
  const undo = [
    replace('_resolveFilename', (original) => {
      const resolve = callable(original);
      resolveWrapper = {
        wrapper(this: unknown, request: unknown, parent: unknown, isMain: unknown, options: unknown) {
          const isOfLoad = beginResolution();
          const location = resolve(this, request, parent, isMain, options);
          if (see !== undefined && typeof request === 'string' && typeof location === 'string') {
            const refusal = isOfLoad ? afterResolution(see, request, parent, location) : undefined;
            if (refusal !== undefined) throw refusal;
            if (!isOfLoad && location !== request) seeResolution(location);
          }
          return location;
        },
      }.wrapper;
      return resolveWrapper;
    }),
    replace('_load', (original) => {
      const load = callable(original);
      return {
        wrapper(this: unknown, request: unknown, parent: unknown, isMain: unknown, options: unknown) {
          if (see === undefined) return load(this, request, parent, isMain, options);
          const refusal = beforeLoad(see, request, parent);
          if (refusal !== undefined) throw refusal;
          const isDoubtful = beginLoad(request, parent);
          try {
            return load(this, request, parent, isMain, options);
          } finally {
            endLoad(isDoubtful);
          }
        },
      }.wrapper;
    }),
    replace('registerHooks', changingOver),
    replace('register', changingOver),
  ];
  const onImport = (): void => {
    try {
      if (see !== undefined) useHooks();
    } catch (failure) {
      senseFailed('import', failure);
    }
  };
  subscribe(IMPORT_STARTS, onImport);
  const release = holdSubscription('import', IMPORT_STARTS, channel(IMPORT_STARTS), onImport);
  return () => {
    see = undefined;
    release();
    unsubscribe(IMPORT_STARTS, onImport);
    for (let i = undo.length - 1; i >= 0; i--) undo[i]?.();
  };
}

function replace(name: string, wrap: (original: AnyFunction) => AnyFunction): () => void {
  return replaceMethod('import', loader, name, (original) => disguise(wrap(original), original)) ?? (() => {});
}

function changingOver(original: AnyFunction): AnyFunction {
  return {
    wrapper(this: unknown, ...args: unknown[]) {
      try {
        if (see !== undefined) useHooks();
      } catch (failure) {
        senseFailed('import', failure);
      }
      return ReflectApply(original as never, this, args as never) as unknown;
    },
  }.wrapper;
}

function beforeLoad(tell: See, request: unknown, parent: unknown): Error | undefined {
  try {
    // A replacement may answer with a builtin's name or a file that ours never hears of; only the hooks see its answer.
    if (getterOf(loader, '_resolveFilename') !== undefined || loader._resolveFilename !== resolveWrapper) {
      useHooks();
      return undefined;
    }
    // All other requests are resolved by the function above.
    if (typeof request !== 'string' || !StringPrototypeStartsWith(request, 'node:') || !isBuiltin(request))
      return undefined;
    if (!isGateway(request)) return tell(request, fileOfParent(parent), request);
    useHooks();
  } catch (failure) {
    senseFailed('import', failure);
  }
  return undefined;
}

function afterResolution(tell: See, request: string, parent: unknown, location: string): Error | undefined {
  try {
    if (location !== request || !isBuiltin(location)) return tell(request, fileOfParent(parent), location);
    const url = StringPrototypeStartsWith(location, 'node:') ? location : `node:${location}`;
    const refusal = tell(request, fileOfParent(parent), url);
    if (isGateway(url)) useHooks();
    return refusal;
  } catch (failure) {
    senseFailed('import', failure);
    return undefined;
  }
}

function fileOfParent(parent: unknown): string | undefined {
  const file = (parent as { filename?: unknown } | null | undefined)?.filename;
  return typeof file === 'string' ? file : undefined;
}

/** A module is about to be compiled: if it is an ES module, what it imports is seen by the hooks only. */
export function beforeCompile(code: unknown, format: unknown): void {
  try {
    if (see === undefined || format === 'commonjs') return;
    if (typeof code === 'string' && (format === undefined || format === null) && isCommonJs(code)) return;
    useHooks();
  } catch (failure) {
    senseFailed('import', failure);
  }
}

const WORDS_OF_ES_MODULES = /\b(?:import|export)\b/;
/* At the beginning of a statement, or `import.meta`; what looks like it may stand in a string or a comment all the same. */
const SYNTAX_OF_ES_MODULES =
  /(?:^|[;}]|\*\/)[^\S\n]*(?:import|export)\b(?!\s*\()|\bimport(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*\./m;
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/* As Node decides where no package.json says it: what cannot be compiled as CommonJS may be an ES module. */
function isCommonJs(code: string): boolean {
  if (RegExpPrototypeExec(WORDS_OF_ES_MODULES, code) === null) return true;
  // To compile a large file twice costs more than to look for what cannot be in CommonJS.
  if (RegExpPrototypeExec(SYNTAX_OF_ES_MODULES, code) === null) return true;
  try {
    compileFunction(code, PARAMETERS);
    return true;
  } catch {
    return false;
  }
}
