/** What the commands write: to stderr, because stdout belongs to the monitored program. */
import fs from 'node:fs';
import { styleText } from 'node:util';
import type { Level } from '../response/finding.ts';

type Format = Parameters<typeof styleText>[0];

/** Colours as the stream wants them: none in a pipe, none with NO_COLOR, some with FORCE_COLOR. */
export type Paint = (format: Format, text: string) => string;

export function painter(stream: NodeJS.WriteStream): Paint {
  return (format, text) => styleText(format, text, { stream });
}

export const plain: Paint = (_format, text) => text;

const LEVEL_FORMATS: Record<Level, Format> = { LOG: 'cyan', WARN: 'yellow', ALERT: ['red', 'bold'] };

export function paintLevel(paint: Paint, level: Level): string {
  return paint(LEVEL_FORMATS[level], level.padEnd(5));
}

/** Columns of the terminal; 100 in a pipe or a file. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return Math.max(40, stream.columns ?? 100);
}

/** Synchronous, so that nothing is lost when the process ends with a signal right after. */
export function write(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return;
      // A full pipe: wait for its reader without spinning.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

export function say(text: string): void {
  write(2, `${text}\n`);
}

/** Ends a command with one clear line. */
export class CliError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Cuts a text to a width. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

/** Fills lines up to a width; `indent` stands before every line but the first. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const limit = lines.length === 0 ? width : width - indent.length;
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}

/** Keeps a cell on one line of a table in Markdown, and out of its syntax. */
export function markdownCode(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  const pad = fence === '``' ? ' ' : '';
  return `${fence}${pad}${text.replaceAll('|', '\\|').replaceAll(/[\r\n]+/g, ' ')}${pad}${fence}`;
}

/* What a package chose (a file name, a host) must not move the cursor or hide a line of the report. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
