import childProcess from 'node:child_process';
import { currentChain } from '../../src/attribution/call-sites.ts';
import { lineageOf } from '../../src/attribution/lineage.ts';
import { toolCallForChild } from '../../src/attribution/tool-call.ts';
import { awaited, type Perception, senseFailed } from '../../src/perception.ts';
import {
  ArrayIsArray,
  ArrayPrototypeJoin,
  ArrayPrototypeSlice,
  ReflectApply,
  StringPrototypeIncludes,
} from '../../src/primordials.ts';
import { pinOptions } from '../net/pin-options.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { describeCommand, describeProgram, type Run, startsNode } from './command-line.ts';
import { argumentsCarryPreload, argumentsWithPreload, preloadFor, withLineage, withMonitoring } from './propagate.ts';
import { ATTR_PROCESS_PID } from './semconv.ts';
import { mayStartNode, perceiveRun } from './spawn.ts';

type Environment = Record<string, string | undefined>;
interface SyncOptions {
  shell?: unknown;
  cwd?: unknown;
  env?: unknown;
}
interface Call {
  run: Run;
  perception: Perception | undefined;
}

/** The functions that start a program and wait for it. They do not share an entrance that could be watched. */
export function senseSpawnSync(patch: Patcher, live: { on: boolean }): void {
  wrap(patch, live, 'spawnSync', readFile, (refusal) => ({
    error: refusal,
    status: null,
    signal: null,
    output: null,
    pid: 0,
    stdout: null,
    stderr: null,
  }));
  wrap(patch, live, 'execFileSync', readFile, rethrow);
  wrap(patch, live, 'execSync', readCommand, rethrow);
  senseExecve(patch, live);
}

function rethrow(refusal: Error): never {
  throw refusal;
}

function wrap(
  patch: Patcher,
  live: { on: boolean },
  name: 'spawnSync' | 'execFileSync' | 'execSync',
  read: (args: unknown[]) => { run: Run; options: SyncOptions; at: number } | undefined,
  fail: (refusal: Error) => unknown,
): void {
  patch.method(childProcess, name, (original: AnyFunction) =>
    disguise(function (this: unknown, ...args: unknown[]) {
      let call: Call | undefined;
      if (live.on) {
        let unsaid: { readonly error: unknown } | undefined;
        try {
          if (name !== 'execSync' && ArrayIsArray(args[1])) {
            const words: unknown[] = [];
            unsaid = askWords(args[1], words);
            args[1] = words;
          }
        } catch (error) {
          senseFailed('process', error);
        }
        if (unsaid !== undefined) throw unsaid.error;
        try {
          const seen = read(args);
          if (seen !== undefined) {
            call = { run: seen.run, perception: perceiveRun(seen.run, seen.options.cwd) };
            if (call.perception?.refusal === undefined) monitorChild(args, seen);
          }
        } catch (error) {
          senseFailed('process', error);
        }
      }
      const perception = call?.perception;
      if (perception?.refusal !== undefined) {
        perception.end(perception.refusal);
        return fail(perception.refusal);
      }
      const told = awaited(perception);
      if (told === undefined) return ReflectApply(original as never, this, args);
      const result = callTelling({ end: (error) => end(told, error, error) }, () =>
        ReflectApply(original as never, this, args),
      );
      end(told, result, (result as { error?: unknown } | null)?.error);
      return result;
    }, original),
  );
}

function end(perception: Perception, result: unknown, error: unknown): void {
  try {
    const pid = typeof result === 'object' && result !== null ? (result as { pid?: unknown }).pid : undefined;
    if (typeof pid === 'number' && pid > 0) perception.setAttribute(ATTR_PROCESS_PID, pid);
    perception.end(error);
  } catch (failure) {
    senseFailed('process', failure);
  }
}

/* (file[, args][, options]) */
function readFile(args: unknown[]): { run: Run; options: SyncOptions; at: number } | undefined {
  const file = args[0];
  if (typeof file !== 'string' || file === '') return undefined;
  let argv: string[] = [];
  let at = 2;
  const second = args[1];
  if (ArrayIsArray(second)) argv = second as string[];
  else if (typeof second === 'object' && second !== null) at = 1;
  const options = optionsAt(args, at);
  if (options.shell) {
    return {
      run: describeCommand(argv.length > 0 ? `${file} ${ArrayPrototypeJoin(argv, ' ')}` : file, options.shell),
      options,
      at,
    };
  }
  return { run: describeProgram(file, argv), options, at };
}

/*
 * Each argument is turned into a string once, as Node does: one that is an object could run code each time, and tell us
 * another word than Node. What is no object is left to Node. Answers what an argument throws: Node would have met it too.
 */
function askWords(given: readonly unknown[], words: unknown[]): { readonly error: unknown } | undefined {
  const { length } = given;
  for (let i = 0; i < length; i++) {
    try {
      const word: unknown = given[i];
      words[i] = (typeof word === 'object' && word !== null) || typeof word === 'function' ? `${word}` : word;
    } catch (error) {
      return { error };
    }
  }
  return undefined;
}

/* (command[, options]) */
function readCommand(args: unknown[]): { run: Run; options: SyncOptions; at: number } | undefined {
  const command = args[0];
  if (typeof command !== 'string' || command === '') return undefined;
  const options = optionsAt(args, 1);
  return { run: describeCommand(command, options.shell), options, at: 1 };
}

function optionsAt(args: unknown[], at: number): SyncOptions {
  const options = args[at];
  if (typeof options !== 'object' || options === null) return {};
  const pinned = pinOptions(options as SyncOptions, ['shell', 'cwd', 'env']);
  if (pinned !== options) args[at] = pinned;
  return pinned;
}

function monitorChild(args: unknown[], seen: { run: Run; options: SyncOptions; at: number }): void {
  if (!mayStartNode(seen.run)) return;
  const given = (seen.options.env || process.env) as Environment;
  if (typeof given !== 'object') return;
  const isPreloaded = argumentsCarryPreload(seen.run.argv) || preloadByArgument(args, seen, given.NODE_OPTIONS);
  const monitored = isPreloaded ? given : withMonitoring(given, preloadFor(seen.run.argv, given.NODE_OPTIONS));
  const env = withLineage(monitored, lineageOf(currentChain()), toolCallForChild());
  if (env === given) return;
  const position = args[seen.at];
  // Options of the wrong type make the call throw; leave that to Node.
  if (position !== undefined && position !== null && typeof position !== 'object') return;
  while (args.length < seen.at) args[args.length] = undefined;
  args[seen.at] = { ...seen.options, env };
}

function preloadByArgument(args: unknown[], seen: { run: Run; at: number }, nodeOptions: string | undefined): boolean {
  const given = args[1];
  if (seen.at !== 2 || seen.run.shell || !ArrayIsArray(given) || !startsNode(seen.run.program, [])) return false;
  const argv = argumentsWithPreload(seen.run.argv, nodeOptions);
  if (argv === undefined || argv.length !== given.length + 1) return false;
  args[1] = argv;
  return true;
}

/* What execve does not take makes it throw, and says what it was given. */
function isValidEnvironment(env: Environment): boolean {
  for (const name in env) if (typeof env[name] !== 'string' || StringPrototypeIncludes(env[name], '\0')) return false;
  return true;
}

function areStrings(words: readonly unknown[]): boolean {
  for (let i = 0; i < words.length; i++) if (typeof words[i] !== 'string') return false;
  return true;
}

/* Replaces this process by another program: a spawn after which nothing of ours is left. */
function senseExecve(patch: Patcher, live: { on: boolean }): void {
  patch.method(process, 'execve', (original: AnyFunction) =>
    disguise(function execve(this: unknown, ...args: unknown[]) {
      let perception: Perception | undefined;
      if (live.on) {
        try {
          const file = args[0];
          const argv = ArrayIsArray(args[1]) ? ArrayPrototypeSlice(args[1] as string[], 1) : [];
          // Node takes nothing but strings here.
          if (typeof file === 'string' && areStrings(argv)) {
            const run = describeProgram(file, argv);
            perception = perceiveRun(run, undefined);
            const given = (args[2] ?? process.env) as Environment;
            if (perception?.refusal === undefined && typeof given === 'object' && mayStartNode(run)) {
              const env =
                argumentsCarryPreload(argv) || !isValidEnvironment(given)
                  ? given
                  : withMonitoring(given, preloadFor(argv, given.NODE_OPTIONS));
              if (env !== given) {
                while (args.length < 2) args[args.length] = undefined;
                args[2] = env;
              }
            }
          }
        } catch (error) {
          senseFailed('process', error);
        }
      }
      if (perception?.refusal !== undefined) {
        perception.end(perception.refusal);
        throw perception.refusal;
      }
      // It does not come back: the span has to end, and be exported if it can, before.
      perception?.end();
      return ReflectApply(original as never, this, args);
    }, original),
  );
}
