import fs from 'node:fs';
import path from 'node:path';

/** How to call one function of fs, and what it does. `F` is a file, `D` a folder, `N` a name that does not exist yet. */
export interface FsCall {
  /** Arguments before the callback. */
  readonly args: (dir: string) => unknown[];
  readonly acts: readonly string[];
  /** Called with a missing file: the error must be the same with and without the sense. */
  readonly fails?: (dir: string) => unknown[];
}

const file = (dir: string) => path.join(dir, 'file.txt');
const folder = (dir: string) => path.join(dir, 'folder');
const fresh = (dir: string) => path.join(dir, 'fresh');
const link = (dir: string) => path.join(dir, 'link');
const missing = (dir: string) => path.join(dir, 'missing', 'file');

/** Fills a directory with what the calls below need. */
export function furnish(dir: string): void {
  fs.writeFileSync(file(dir), 'content');
  fs.mkdirSync(path.join(folder(dir), 'inner'), { recursive: true });
  fs.writeFileSync(path.join(folder(dir), 'inner', 'leaf.txt'), 'leaf');
  fs.mkdirSync(path.join(dir, 'empty'));
  fs.symlinkSync('file.txt', link(dir));
}

const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;
const on = (operation: string, name: string) => [`${operation} ${name}`];
const simple = (operation: string, ...more: unknown[]): FsCall => ({
  args: (dir) => [file(dir), ...more],
  acts: on(operation, 'file.txt'),
  fails: (dir) => [missing(dir), ...more],
});

/** By base name: the same call is made in every form that Node has. */
export const FS_CALLS: Readonly<Record<string, FsCall>> = {
  access: simple('stat'),
  appendFile: simple('write', 'more'),
  chmod: simple('chmod', 0o600),
  chown: simple('chmod', uid, gid),
  copyFile: {
    args: (dir) => [file(dir), fresh(dir)],
    acts: ['read file.txt', 'write fresh'],
    fails: (dir) => [missing(dir), fresh(dir)],
  },
  cp: {
    args: (dir) => [folder(dir), fresh(dir), { recursive: true }],
    acts: ['read folder', 'write fresh'],
    fails: (dir) => [missing(dir), fresh(dir)],
  },
  exists: { args: (dir) => [file(dir)], acts: on('stat', 'file.txt') },
  glob: { args: (dir) => [path.join(dir, 'folder', '**', '*.txt')], acts: on('list', 'folder') },
  lchmod: simple('chmod', 0o600),
  lchown: simple('chmod', uid, gid),
  link: {
    args: (dir) => [file(dir), fresh(dir)],
    acts: ['link file.txt', 'write fresh'],
    fails: (dir) => [missing(dir), fresh(dir)],
  },
  lstat: simple('stat'),
  lutimes: simple('chmod', 1, 2),
  mkdir: { args: (dir) => [fresh(dir)], acts: on('write', 'fresh'), fails: (dir) => [missing(dir)] },
  mkdtemp: {
    args: (dir) => [`${fresh(dir)}-`],
    acts: on('write', 'fresh-XXXXXX'),
    fails: (dir) => [missing(dir)],
  },
  mkdtempDisposable: { args: (dir) => [`${fresh(dir)}-`], acts: on('write', 'fresh-XXXXXX') },
  open: simple('read', 'r'),
  openAsBlob: simple('read'),
  opendir: { args: (dir) => [folder(dir)], acts: on('list', 'folder'), fails: (dir) => [missing(dir)] },
  readFile: simple('read', 'utf8'),
  readdir: { args: (dir) => [folder(dir)], acts: on('list', 'folder'), fails: (dir) => [missing(dir)] },
  readlink: { args: (dir) => [link(dir)], acts: on('stat', 'link'), fails: (dir) => [missing(dir)] },
  realpath: { args: (dir) => [link(dir)], acts: on('stat', 'link'), fails: (dir) => [missing(dir)] },
  rename: {
    args: (dir) => [file(dir), fresh(dir)],
    acts: ['read file.txt', 'write fresh'],
    fails: (dir) => [missing(dir), fresh(dir)],
  },
  rm: {
    args: (dir) => [folder(dir), { recursive: true }],
    acts: on('delete', 'folder'),
    fails: (dir) => [missing(dir)],
  },
  rmdir: { args: (dir) => [path.join(dir, 'empty')], acts: on('delete', 'empty'), fails: (dir) => [missing(dir)] },
  stat: simple('stat'),
  statfs: simple('stat'),
  symlink: {
    args: (dir) => ['folder/../file.txt', fresh(dir)],
    acts: ['link file.txt', 'write fresh'],
    fails: (dir) => ['file.txt', missing(dir)],
  },
  truncate: simple('write', 2),
  unlink: { args: (dir) => [file(dir)], acts: on('delete', 'file.txt'), fails: (dir) => [missing(dir)] },
  utimes: simple('chmod', 1, 2),
  writeFile: simple('write', 'text'),
};

/** Functions and classes of `fs` that take descriptors, or nothing: there is no path to sense. */
export const WITHOUT_PATH: readonly string[] = [
  ...['close', 'fchmod', 'fchown', 'fdatasync', 'fstat', 'fsync', 'ftruncate', 'futimes', 'read', 'readv', 'write'],
  ...['writev', 'unwatchFile', 'Dir', 'Dirent', 'Stats', '_toUnixTimestamp'],
  // Opens its file with fs.open or fs.openSync, which sense it.
  'Utf8Stream',
];

/** Sensed, but tested on their own: they answer streams, watchers or iterators. */
export const OTHERWISE_TESTED: readonly string[] = [
  ...['createReadStream', 'createWriteStream', 'ReadStream', 'WriteStream', 'FileReadStream', 'FileWriteStream'],
  ...['watch', 'watchFile'],
];
