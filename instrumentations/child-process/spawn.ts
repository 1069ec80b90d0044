import childProcess, { type ChildProcess } from 'node:child_process';
import { EventEmitter, errorMonitor } from 'node:events';
import type { Attributes } from '@opentelemetry/api';
import { currentChain } from '../../src/attribution/call-sites.ts';
import { lineageOf } from '../../src/attribution/lineage.ts';
import { toolCallForChild } from '../../src/attribution/tool-call.ts';
import { awaited, type Perception, perceive, senseFailed } from '../../src/perception.ts';
import {
  ArrayIsArray,
  ArrayPrototypeSlice,
  basename,
  ReflectApply,
  ReflectDefineProperty,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  uncurryThis,
} from '../../src/primordials.ts';
import { carriedByCommand } from '../carried-secrets.ts';
import { pinOptions } from '../net/pin-options.ts';
import { type AnyFunction, disguise, type Patcher } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { describeCommand, describeProgram, isPath, programName, type Run, startsNode } from './command-line.ts';
import {
  argumentsCarryPreload,
  argumentsWithPreload,
  nodeOptionsIn,
  pairsWithLineage,
  pairsWithMonitoring,
  preloadFor,
} from './propagate.ts';
import { redactArguments } from './redact.ts';
import { scriptOf } from './script-file.ts';
import {
  ATTR_PROCESS_COMMAND_ARGS,
  ATTR_PROCESS_EXECUTABLE_NAME,
  ATTR_PROCESS_EXECUTABLE_PATH,
  ATTR_PROCESS_PID,
  ATTR_PROCESS_WORKING_DIRECTORY,
} from './semconv.ts';

/** Arguments of `ChildProcess.prototype.spawn`, as `spawn` and its kin have normalised them. */
interface SpawnOptions {
  file?: unknown;
  args?: unknown;
  cwd?: unknown;
  shell?: unknown;
  envPairs?: readonly string[];
  detached?: unknown;
}

const cwd = process.cwd.bind(process);
const { emit } = EventEmitter.prototype;
const once = uncurryThis<EventEmitter, (event: string | symbol, listener: (error: unknown) => void) => EventEmitter>(
  EventEmitter.prototype.once as never,
);
/** A program that nobody can have put there. */
const NOWHERE = `/diogenesis-${process.pid}-${Math.random().toString(36).slice(2)}/refused`;

/**
 * `ChildProcess.prototype.spawn`: where `spawn`, `exec`, `execFile`, `fork`, their promisified forms and cluster end,
 * whoever kept a reference to them.
 */
export function senseSpawn(patch: Patcher, live: { on: boolean }): void {
  const { prototype } = childProcess.ChildProcess as unknown as { prototype: object };
  patch.method(prototype, 'spawn', (original: AnyFunction) =>
    disguise(function spawn(this: ChildProcess, ...args: unknown[]) {
      let perception: Perception | undefined;
      let given: unknown;
      if (live.on) {
        try {
          const options = pinnedOptions(args[0]);
          if (options !== undefined) {
            args[0] = options;
            const run = runOf(options);
            perception = perceiveRun(run, options.cwd, options.detached === true, installedBy(options.envPairs));
            if (perception?.refusal !== undefined) {
              const { refusal } = perception;
              perception.end(refusal);
              return refuse(this, original, options, refusal);
            }
            const argv = monitoredArguments(run, options);
            if (argv !== undefined) given = options.args;
            const pairs = withLineageOf(run, argv === undefined ? monitoredPairs(run, options) : options.envPairs);
            if (pairs !== options.envPairs || argv !== undefined) {
              args[0] = { __proto__: null, ...options, envPairs: pairs, args: argv ?? options.args };
            }
          }
        } catch (error) {
          senseFailed('process', error);
        }
      }
      const told = awaited(perception);
      if (told === undefined && given === undefined) return ReflectApply(original as never, this, args);
      const start = () => ReflectApply(original as never, this, args) as unknown;
      const result = told === undefined ? start() : callTelling(told, start);
      if (given !== undefined) (this as { spawnargs: string[] }).spawnargs = given as string[];
      if (told !== undefined) endSpawn(this, told);
      return result;
    }, original),
  );
}

/* Options that are no object, or name no program, make the call throw. */
function pinnedOptions(options: unknown): SpawnOptions | undefined {
  if (typeof options !== 'object' || options === null) return undefined;
  const pinned = pinOptions(options as SpawnOptions, ['file', 'args', 'shell', 'cwd', 'envPairs', 'detached']);
  return typeof pinned.file === 'string' ? pinned : undefined;
}

function runOf(options: SpawnOptions): Run {
  const args = ArrayIsArray(options.args) ? (options.args as string[]) : [];
  if (options.shell && args.length > 0) {
    let command = `${args[args.length - 1]}`;
    // cmd.exe gets the line in one more pair of quotes.
    if (process.platform === 'win32' && programName(options.file as string) === 'cmd') command = command.slice(1, -1);
    return describeCommand(command, options.shell);
  }
  return describeProgram(options.file as string, ArrayPrototypeSlice(args, 1));
}

/** Tells of a run; the arguments in its attributes are redacted, those of the act are for classification only. */
export function perceiveRun(
  run: Run,
  workingDirectory: unknown,
  detached = false,
  installs?: string,
): Perception | undefined {
  const attributes: Attributes = {
    [ATTR_PROCESS_EXECUTABLE_NAME]: basename(run.executable),
    [ATTR_PROCESS_COMMAND_ARGS]: [run.executable, ...redactArguments(run.program, run.argv)],
  };
  if (isPath(run.executable)) attributes[ATTR_PROCESS_EXECUTABLE_PATH] = run.executable;
  const directory = workingDirectory instanceof URL ? workingDirectory.pathname : workingDirectory;
  attributes[ATTR_PROCESS_WORKING_DIRECTORY] = typeof directory === 'string' ? directory : cwd();
  const script = scriptOf(run, directory);
  return perceive({
    sense: 'process',
    operation: 'spawn',
    target: run.program,
    shell: run.shell,
    argv: run.argv,
    ...(script === undefined ? {} : { script }),
    ...(detached ? { detached } : {}),
    ...(installs === undefined ? {} : { installs }),
    attributes,
    carries: () => carriedByCommand(run.argv),
  });
}

/* The manifest of the package for which a package manager runs a lifecycle script. */
function installedBy(pairs: readonly string[] | undefined): string | undefined {
  if (pairs === undefined) return undefined;
  let event = false;
  let manifest: string | undefined;
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as string;
    if (StringPrototypeStartsWith(pair, 'npm_lifecycle_event=')) event = true;
    else if (StringPrototypeStartsWith(pair, 'npm_package_json=')) manifest = StringPrototypeSlice(pair, 17);
  }
  return event ? manifest : undefined;
}

/** Whether Node may run beneath: directly, or because a shell runs something we did not look into. */
export function mayStartNode(run: Run): boolean {
  if (startsNode(run.program, run.argv)) return true;
  return run.shell && programName(run.program) !== 'git';
}

/* With the name of the program in front, as Node has them here. */
function monitoredArguments(run: Run, options: SpawnOptions): string[] | undefined {
  if (run.shell || !ArrayIsArray(options.args) || run.argv.length !== options.args.length - 1) return undefined;
  if (!startsNode(run.program, []) || argumentsCarryPreload(run.argv)) return undefined;
  const argv = argumentsWithPreload(run.argv, nodeOptionsIn(options.envPairs));
  return argv === undefined ? undefined : [options.args[0] as string, ...argv];
}

function monitoredPairs(run: Run, options: SpawnOptions): readonly string[] | undefined {
  if (!mayStartNode(run) || argumentsCarryPreload(run.argv)) return options.envPairs;
  return pairsWithMonitoring(options.envPairs, preloadFor(run.argv, nodeOptionsIn(options.envPairs)));
}

function withLineageOf(run: Run, pairs: readonly string[] | undefined): readonly string[] | undefined {
  return mayStartNode(run) ? pairsWithLineage(pairs, lineageOf(currentChain()), toolCallForChild()) : pairs;
}

/* A failed start has no pid; Node tells why in an `error` event on the next tick. */
function endSpawn(child: ChildProcess, perception: Perception): void {
  try {
    if (typeof child.pid === 'number') {
      perception.setAttribute(ATTR_PROCESS_PID, child.pid);
      perception.end();
    } else once(child, errorMonitor, (error) => perception.end(error));
  } catch (error) {
    senseFailed('process', error);
  }
}

/*
 * Node's own way of failing to start a program, with everything a caller expects to find on the child (streams, pid
 * undefined, the order of events); only the error is ours.
 */
function refuse(child: ChildProcess, original: AnyFunction, options: SpawnOptions, refusal: Error): unknown {
  ReflectDefineProperty(child, 'emit', {
    configurable: true,
    writable: true,
    value: function (this: ChildProcess, event: string | symbol, ...rest: unknown[]) {
      if (event !== 'error') return ReflectApply(emit as never, this, [event, ...rest]);
      delete (this as { emit?: unknown }).emit;
      return ReflectApply(emit as never, this, [event, refusal]);
    },
  });
  const result = ReflectApply(original as never, child, [{ __proto__: null, ...options, file: NOWHERE }]) as unknown;
  (child as { spawnfile: string }).spawnfile = options.file as string;
  return result;
}
