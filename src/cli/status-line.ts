/**
 * What we are at, in a line of the terminal, while nobody else writes there: before the command starts or after it has
 * ended. While it runs the terminal is the command's (progress.ts).
 */
import { fit, widthOf, write } from './output.ts';

/*
 * The command may have ended in the middle of a line, which must stay as it is: ours stands below it, and the cursor
 * returns. Sequences of the VT100, which every terminal knows: one down and up again makes room at the bottom of the
 * screen without moving what stands there against the cursor.
 */
const MAKE_ROOM = '\u001bD\u001bM';
const below = (text: string) => `\u001b7\u001b[B\r${text}\u001b[K\u001b8`;

/** Work of less than this shows nothing. */
const FIRST_MS = 500;
const EVERY_MS = 100;

export interface StatusTerminal {
  readonly columns: number;
  write(text: string): void;
}

export class StatusLine {
  private readonly terminal: StatusTerminal | undefined;
  private readonly now: () => number;
  private next: number;
  private isShown = false;

  /** Without a terminal it shows nothing. */
  constructor(terminal: StatusTerminal | undefined, now: () => number = Date.now) {
    this.terminal = terminal;
    this.now = now;
    this.next = now() + FIRST_MS;
  }

  static onStderr(isQuiet: boolean): StatusLine {
    const { stderr, env } = process;
    if (isQuiet || !stderr.isTTY || env.TERM === 'dumb') return new StatusLine(undefined);
    return new StatusLine({ columns: widthOf(stderr), write: (text) => write(2, text) });
  }

  show(text: string): void {
    if (this.terminal === undefined || this.now() < this.next) return;
    this.next = this.now() + EVERY_MS;
    this.terminal.write((this.isShown ? '' : MAKE_ROOM) + below(fit(text, this.terminal.columns - 1)));
    this.isShown = true;
  }

  /** Before anybody else writes. */
  clear(): void {
    if (this.isShown) this.terminal?.write(below(''));
    this.isShown = false;
  }
}
