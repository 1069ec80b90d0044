import { join } from '../../src/primordials.ts';
import type { FsOperation } from './operations.ts';

/**
 * How a function tells that it is done:
 * `callback` fs.NAME, ending when its last function argument is called · `sync` fs.NAMESync · `promise` fs.promises.NAME ·
 * `returns` fs.NAME, ending when it returned · `iterates` fs.promises.NAME, whose errors come from the iteration ·
 * `blob` fs.NAME, answering a promise · `stream` fs.NAME, whose file Node opens later, with fs.open.
 */
export type Form = 'callback' | 'sync' | 'promise' | 'returns' | 'iterates' | 'blob' | 'stream';

export interface PathArgument {
  readonly at: number;
  readonly operation: FsOperation;
  /**
   * How the argument becomes the path of the act: `symlink` is relative to the link, `prefix` gets six random
   * characters, `glob` is one or more patterns.
   */
  readonly as?: 'symlink' | 'prefix' | 'glob';
}

/** One row: a function that takes paths, in all its forms. */
export interface FsFunction {
  readonly name: string;
  readonly paths: readonly PathArgument[];
  readonly forms: readonly Form[];
  /** What decides between reading and writing besides the row: the second argument, or `flag` / `flags` in it. */
  readonly access?: 'flags' | 'option.flag' | 'option.flags';
  /** The path where none is given. */
  readonly otherwise?: () => string;
  /** Node implements it with other functions of fs on the same path (writeFile opens its file with fs.open). */
  readonly through?: true;
  /** Node implements it with other functions of fs on paths above and below (rm removes what the folder holds). */
  readonly walks?: true | 'when recursive';
}

const ALL: readonly Form[] = ['callback', 'sync', 'promise'];
const one = (operation: FsOperation, at = 0): readonly PathArgument[] => [{ at, operation }];
const two = (source: FsOperation, destination: FsOperation): readonly PathArgument[] => [
  { at: 0, operation: source },
  { at: 1, operation: destination },
];

/**
 * Every function of fs and fs/promises that takes a path. Wrappers, tests and documentation are made from these rows; a
 * test walks the real exports of Node and fails when one is missing here.
 */
export const FS_FUNCTIONS: readonly FsFunction[] = [
  { name: 'open', paths: one('read'), forms: ALL, access: 'flags' },
  { name: 'openAsBlob', paths: one('read'), forms: ['blob', 'sync'] },
  { name: 'readFile', paths: one('read'), forms: ALL, access: 'option.flag', through: true },
  { name: 'writeFile', paths: one('write'), forms: ALL, through: true },
  { name: 'appendFile', paths: one('write'), forms: ALL, through: true },
  { name: 'truncate', paths: one('write'), forms: ALL, through: true },
  { name: 'createReadStream', paths: one('read'), forms: ['stream'], access: 'option.flags' },
  { name: 'createWriteStream', paths: one('write'), forms: ['stream'] },

  // A copy and a rename take from the source what a read would, and give it to the destination.
  { name: 'copyFile', paths: two('read', 'write'), forms: ALL },
  { name: 'cp', paths: two('read', 'write'), forms: ALL, walks: true },
  { name: 'rename', paths: two('read', 'write'), forms: ALL },

  // A link makes the content of its target reachable under another name: both ends count.
  { name: 'link', paths: two('link', 'write'), forms: ALL },
  {
    name: 'symlink',
    paths: [
      { at: 0, operation: 'link', as: 'symlink' },
      { at: 1, operation: 'write' },
    ],
    forms: ALL,
  },

  { name: 'access', paths: one('stat'), forms: ALL },
  { name: 'exists', paths: one('stat'), forms: ALL, through: true },
  { name: 'stat', paths: one('stat'), forms: ALL },
  { name: 'lstat', paths: one('stat'), forms: ALL },
  { name: 'statfs', paths: one('stat'), forms: ALL },
  { name: 'readlink', paths: one('stat'), forms: ALL },
  { name: 'realpath', paths: one('stat'), forms: ALL, walks: true },

  { name: 'readdir', paths: one('list'), forms: ALL },
  { name: 'opendir', paths: one('list'), forms: ALL },
  {
    name: 'glob',
    paths: [{ at: 0, operation: 'list', as: 'glob' }],
    forms: ['callback', 'sync', 'iterates'],
    walks: true,
  },

  { name: 'mkdir', paths: one('write'), forms: ALL },
  { name: 'mkdtemp', paths: [{ at: 0, operation: 'write', as: 'prefix' }], forms: ALL },
  { name: 'mkdtempDisposable', paths: [{ at: 0, operation: 'write', as: 'prefix' }], forms: ['sync', 'promise'] },
  { name: 'rm', paths: one('delete'), forms: ALL, walks: true },
  { name: 'rmdir', paths: one('delete'), forms: ALL, walks: 'when recursive' },
  { name: 'unlink', paths: one('delete'), forms: ALL },

  // Owner and times are metadata like the mode.
  { name: 'chmod', paths: one('chmod'), forms: ALL },
  { name: 'lchmod', paths: one('chmod'), forms: ALL },
  { name: 'chown', paths: one('chmod'), forms: ALL },
  { name: 'lchown', paths: one('chmod'), forms: ALL },
  { name: 'utimes', paths: one('chmod'), forms: ALL },
  { name: 'lutimes', paths: one('chmod'), forms: ALL },

  { name: 'watch', paths: one('watch'), forms: ['returns', 'iterates'], walks: 'when recursive' },
  { name: 'watchFile', paths: one('watch'), forms: ['returns'] },
];

/** Rows for what hangs from another object than fs; same rules. */
export const REALPATH_NATIVE: FsFunction = { name: 'realpath.native', paths: one('stat'), forms: ['callback', 'sync'] };
export const LOAD_ENV_FILE: FsFunction = { name: 'loadEnvFile', paths: one('read'), forms: ['returns'] };
export const WRITE_HEAP_SNAPSHOT: FsFunction = {
  name: 'writeHeapSnapshot',
  paths: one('write'),
  forms: ['returns'],
  otherwise: () => 'Heap.heapsnapshot',
};
/* A report holds the environment. */
export const WRITE_REPORT: FsFunction = {
  name: 'writeReport',
  paths: one('write'),
  forms: ['returns'],
  otherwise: () => join(process.report.directory || '.', process.report.filename || 'report.json'),
};
export const READ_STREAM: FsFunction = {
  name: 'ReadStream',
  paths: one('read'),
  forms: ['stream'],
  access: 'option.flags',
};
export const WRITE_STREAM: FsFunction = { name: 'WriteStream', paths: one('write'), forms: ['stream'] };
