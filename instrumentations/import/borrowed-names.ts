import { SafeSet } from '../../src/primordials.ts';

/* Files in whose name somebody else made a `require`, or compiled text: a parent of that name does not tell who imports. */
const borrowed = new SafeSet<string>();
const MAX_BORROWED = 1024;
/* More names than are kept were borrowed: none is believed any more, or the first thousand would hide the next. */
let isNoneBelieved = false;

/** From now on edges from this file are attributed by the stack. */
export function distrust(file: string): void {
  if (borrowed.size < MAX_BORROWED) borrowed.add(file);
  else if (!borrowed.has(file)) isNoneBelieved = true;
}

/** Whether any name at all has been borrowed. */
export function isAnyBorrowed(): boolean {
  return borrowed.size > 0;
}

/** Whether edges from this file may be somebody else's. */
export function isBorrowed(file: string): boolean {
  return isNoneBelieved || (borrowed.size > 0 && borrowed.has(file));
}
