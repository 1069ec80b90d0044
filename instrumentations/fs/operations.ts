import { constants } from 'node:fs';

/** The vocabulary of fs acts. */
export type FsOperation = 'read' | 'write' | 'stat' | 'list' | 'delete' | 'chmod' | 'link' | 'watch';

/** One bit an operation: what a path is habituated to is a set of them. */
export const BIT: Readonly<Record<FsOperation, number>> = {
  read: 1,
  write: 2,
  stat: 4,
  list: 8,
  delete: 16,
  chmod: 32,
  link: 64,
  watch: 128,
};

const READ = BIT.read;
const WRITE = BIT.write;
const { O_WRONLY, O_RDWR, O_TRUNC, O_CREAT, O_EXCL } = constants;

/**
 * What opening with these flags lets one do, as a set of `BIT`s. A file that is emptied or made by the opening holds
 * nothing to read: `w+` writes. Flags that Node will reject count as `r`.
 */
export function accessOf(flags: unknown): number {
  switch (flags) {
    case 'w':
    case 'wx':
    case 'xw':
    case 'a':
    case 'ax':
    case 'xa':
    case 'as':
    case 'sa':
    case 'w+':
    case 'wx+':
    case 'xw+':
      return WRITE;
    case 'r+':
    case 'rs+':
    case 'sr+':
    case 'a+':
    case 'ax+':
    case 'xa+':
    case 'as+':
    case 'sa+':
      return READ | WRITE;
    default:
  }
  if (typeof flags !== 'number') return READ;
  const creates = (flags & O_TRUNC) !== 0 || (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
  if ((flags & O_WRONLY) !== 0) return WRITE;
  if ((flags & O_RDWR) !== 0) return creates ? WRITE : READ | WRITE;
  // O_RDONLY|O_TRUNC empties the file on Linux.
  return (flags & O_TRUNC) !== 0 ? READ | WRITE : READ;
}
