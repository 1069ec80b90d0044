import type { Act } from '../../src/behavior.ts';
import { lazily } from '../../src/lazily.ts';
import {
  processCwd,
  resolvePath,
  SafeMap,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../../src/primordials.ts';
import { describeProgram } from '../child-process/command-line.ts';
import {
  FS_FUNCTIONS,
  type FsFunction,
  LOAD_ENV_FILE,
  READ_STREAM,
  WRITE_HEAP_SNAPSHOT,
  WRITE_REPORT,
  WRITE_STREAM,
} from '../fs/functions.ts';
import type { FsOperation } from '../fs/operations.ts';
import type { Frame } from './gaps.ts';

/* The operations of a function by the permission that Node asks for. */
interface Operations {
  looking: FsOperation | undefined;
  changing: FsOperation | undefined;
}
const FUNCTIONS: readonly FsFunction[] = [
  ...FS_FUNCTIONS,
  LOAD_ENV_FILE,
  READ_STREAM,
  WRITE_HEAP_SNAPSHOT,
  WRITE_REPORT,
  WRITE_STREAM,
];
const operations = lazily(() => {
  const made = new SafeMap<string, Operations>();
  for (let i = 0; i < FUNCTIONS.length; i++) {
    const { name, paths } = FUNCTIONS[i] as FsFunction;
    const of: Operations = { looking: undefined, changing: undefined };
    for (let j = 0; j < paths.length; j++) {
      const { operation } = paths[j] as FsFunction['paths'][number];
      if (operation === 'write' || operation === 'delete' || operation === 'chmod') of.changing ??= operation;
      else of.looking ??= operation;
    }
    made.set(name, of);
  }
  return made;
});

const SYNC = 'Sync';
function operationsOf(functionName: string): Operations | undefined {
  return operations().get(
    StringPrototypeEndsWith(functionName, SYNC) ? StringPrototypeSlice(functionName, 0, -SYNC.length) : functionName,
  );
}

/** Whether a function of this name is one that everybody may call, and not one of Node's own. */
export function isPublicFunction(functionName: string): boolean {
  return functionName === 'spawn' || functionName === 'lookup' || operationsOf(functionName) !== undefined;
}

/**
 * The act behind a check of Node's permissions, as far as Node tells: of a program not its arguments, of a connection not
 * its port, of a worker not its file. `undefined` for what is none.
 */
export function actOfCheck(permission: string, resource: string, called: Frame): Act | undefined {
  const { functionName, scriptName } = called;
  switch (permission) {
    case 'FileSystemRead':
    case 'FileSystemWrite': {
      const known = operationsOf(functionName);
      const isFile =
        StringPrototypeStartsWith(scriptName, 'node:fs') || StringPrototypeStartsWith(scriptName, 'node:internal/fs/');
      // Other parts of Node that look at a path (`process.chdir`) do not read it.
      const operation =
        permission === 'FileSystemWrite'
          ? (known?.changing ?? 'write')
          : (known?.looking ?? (isFile ? 'read' : 'stat'));
      return { sense: 'fs', operation, target: resolvePath(processCwd(), resource) };
    }
    case 'ChildProcess': {
      const { program, shell } = describeProgram(resource, []);
      return { sense: 'process', operation: 'spawn', target: program, shell };
    }
    case 'Net':
      if (resource === '') return undefined;
      return StringPrototypeIncludes(scriptName, 'dns')
        ? { sense: 'net', operation: 'dns', target: resource }
        : { sense: 'net', operation: 'connect', target: resource };
    case 'WorkerThreads':
      // Which file it runs is not told.
      return { sense: 'worker', operation: 'start', target: 'eval:' };
    case 'Inspector':
      // Of every worker Node asks whether it may be inspected.
      return resource === '' ? undefined : using('node:inspector');
    case 'WASI':
      return using('node:wasi');
    case 'FFI':
      return using('node:ffi');
    case 'Addon':
      // Nor which one it is.
      return { sense: 'native', operation: 'dlopen', target: resolvePath(processCwd(), 'unknown.node') };
    default:
      return undefined;
  }
}

/* That it is used was told when it was imported. */
function using(target: string): Act {
  return { sense: 'import', operation: 'load', target, onlyIfNovel: true };
}
