/**
 * What a long run is at, in the title of the terminal's window. Not a line of text: the command has the same terminal,
 * and whatever stands in it is the command's.
 */
import fs from 'node:fs';

/* xterm's: keep the title, set it, and put the kept one back. Other terminals leave out what they do not know. */
const KEEP = '\u001b[22;2t';
const PUT_BACK = '\u001b[23;2t';
const setTitle = (text: string) => `\u001b]2;${text}\u0007`;

/** Short runs show nothing. */
const FIRST_MS = 3_000;
const EVERY_MS = 1_000;

export interface ProgressOptions {
  readonly what: string;
  /** Where the processes of the run write what they see, a file each. */
  readonly folder: string;
  /** Undefined where there is no terminal to show it in. */
  readonly terminal: { write(text: string): unknown } | undefined;
  readonly firstMs?: number;
  readonly everyMs?: number;
}

/** Shows how a run goes on until the answer is called. */
export function showProgress(options: ProgressOptions): () => void {
  const { what, folder, terminal, firstMs = FIRST_MS, everyMs = EVERY_MS } = options;
  if (terminal === undefined) return () => {};
  const started = Date.now();
  let isShown = false;
  const show = () => {
    const title = setTitle(progressText(what, Date.now() - started, processesIn(folder)));
    terminal.write(isShown ? title : KEEP + title);
    isShown = true;
    timer = setTimeout(show, everyMs).unref();
  };
  let timer = setTimeout(show, firstMs).unref();
  return () => {
    clearTimeout(timer);
    if (isShown) terminal.write(PUT_BACK);
  };
}

export function progressText(what: string, milliseconds: number, processes: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const time = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `diogenesis ${what}: ${time}, ${processes} process${processes === 1 ? '' : 'es'} seen`;
}

function processesIn(folder: string): number {
  try {
    return fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl') && name !== 'findings.jsonl').length;
  } catch {
    return 0;
  }
}
