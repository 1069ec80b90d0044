import {
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} from '../primordials.ts';

/** Splits without looking up `Symbol.split` on a prototype that others can change; empty parts are left out. */
export function splitOn(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  while (start <= text.length) {
    let end = StringPrototypeIndexOf(text, separator, start);
    if (end === -1) end = text.length;
    if (end > start) parts[parts.length] = StringPrototypeSlice(text, start, end);
    start = end + separator.length;
  }
  return parts;
}

/** What follows the last `/`. */
export function lastPart(path: string): string {
  return StringPrototypeSlice(path, StringPrototypeLastIndexOf(path, '/') + 1);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
export function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}
export function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}
export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLower(code) || isUpper(code);
}

/* Characters that break a line, hide, or turn the text around: a reviewer must see what a trait says. */
function isUnprintable(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0xa0) ||
    code === 0xad ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code >= 0xfff0 ||
    code === 0xfeff
  );
}

/** Replaces every run of characters that a reviewer could not see, or that would end the line, by one `*`. */
export function printable(text: string): string {
  let clean = true;
  for (let i = 0; i < text.length; i++) {
    if (isUnprintable(StringPrototypeCharCodeAt(text, i))) {
      clean = false;
      break;
    }
  }
  if (clean) return text;
  let out = '';
  let hidden = false;
  for (let i = 0; i < text.length; i++) {
    const bad = isUnprintable(StringPrototypeCharCodeAt(text, i));
    if (!bad) out += text[i];
    else if (!hidden) out += '*';
    hidden = bad;
  }
  return out;
}

/** A table of words, written as text so that it can be read: between spaces and line feeds. */
export function words(text: string): string[] {
  const lines = splitOn(text, '\n');
  const all: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = splitOn(lines[i] as string, ' ');
    for (let j = 0; j < line.length; j++) all[all.length] = line[j] as string;
  }
  return all;
}
