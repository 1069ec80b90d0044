import { fileURLToPath } from 'node:url';
import workerThreads from 'node:worker_threads';
import { currentChain } from '../../src/attribution/call-sites.ts';
import { lineageOf } from '../../src/attribution/lineage.ts';
import { toolCallForChild } from '../../src/attribution/tool-call.ts';
import { awaited, type Perception, perceive, senseFailed } from '../../src/perception.ts';
import { ReflectConstruct, ReflectOwnKeys, resolvePath, StringPrototypeStartsWith } from '../../src/primordials.ts';
import { pinOptions } from '../net/pin-options.ts';
import type { Patcher } from '../sense.ts';
import { callTelling } from '../telling.ts';
import { workerOptionsWithLineage, workerOptionsWithMonitoring } from './propagate.ts';
import { ATTR_FILE_PATH } from './semconv.ts';

type WorkerClass = new (...args: unknown[]) => object;
interface WorkerOptions {
  eval?: unknown;
  env?: unknown;
  execArgv?: unknown;
}

const ProxyConstructor = Proxy;

/**
 * `new Worker()`. The class is a Proxy: subclasses, `instanceof`, statics and the error for a call without `new` stay
 * as they are.
 */
export function senseWorkers(patch: Patcher, live: { on: boolean }): void {
  patch.method(workerThreads, 'Worker', (original) => {
    const proxy: WorkerClass = new ProxyConstructor(
      original as unknown as WorkerClass,
      {
        // What the handler inherits would be traps as well.
        __proto__: null,
        construct(target, args, newTarget) {
          let perception: Perception | undefined;
          const forwarded = args.slice();
          if (live.on) {
            try {
              perception = begin(forwarded);
            } catch (error) {
              senseFailed('worker', error);
            }
          }
          if (perception?.refusal !== undefined) {
            perception.end(perception.refusal);
            throw perception.refusal;
          }
          const construct = () =>
            ReflectConstruct(target, forwarded, newTarget === proxy ? target : newTarget) as object;
          const told = awaited(perception);
          if (told === undefined) return construct();
          const worker = callTelling(told, construct);
          told.end();
          return worker;
        },
      } as ProxyHandler<WorkerClass>,
    );
    return proxy as unknown as typeof original;
  });
}

function begin(args: unknown[]): Perception | undefined {
  let options = args[1] as WorkerOptions | undefined;
  if (typeof options === 'object' && options !== null) {
    options = pinOptions(options, ['eval', 'env', 'execArgv']);
    args[1] = options;
  }
  const target = targetOf(args[0], options?.eval);
  if (target === undefined) return undefined;
  const perception = perceive({
    sense: 'worker',
    operation: 'start',
    target,
    attributes: target === 'eval:' ? {} : { [ATTR_FILE_PATH]: target },
  });
  if (perception?.refusal === undefined) {
    const monitored = workerOptionsWithLineage(
      workerOptionsWithMonitoring(options ?? {}),
      lineageOf(currentChain()),
      toolCallForChild(),
    );
    if (options !== undefined ? monitored !== options : ReflectOwnKeys(monitored).length > 0) args[1] = monitored;
  }
  return perception;
}

/* `undefined`: not a file name; the constructor throws. */
function targetOf(file: unknown, evaluated: unknown): string | undefined {
  if (evaluated) return typeof file === 'string' ? 'eval:' : undefined;
  if (typeof file === 'string') return resolvePath(file);
  if (typeof file !== 'object' || file === null) return undefined;
  const { href } = file as { href?: unknown };
  if (typeof href !== 'string') return undefined;
  if (StringPrototypeStartsWith(href, 'data:')) return 'eval:';
  try {
    return fileURLToPath(href);
  } catch {
    return undefined;
  }
}
