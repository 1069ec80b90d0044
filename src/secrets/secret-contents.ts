import { isNeverSent, namesSecret } from '../classification/secret-values.ts';
import {
  ArrayIsArray,
  JSONParse,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeTrim,
} from '../primordials.ts';
import { eachShapeOfKey, eachShapeOfKeyBytes, eachShapeOfText, textOf } from './encodings.ts';
import { MIN_LENGTH, type SecretMarks, type SecretSource } from './secret-marks.ts';

/* What of a secret's file, or of a variable, is the secret: all of it, and its parts. */

/** Values taken from one file. */
const MAX_VALUES = 48;
const MAX_DEPTH = 6;
const Bytes = Uint8Array;

const SETTING = /^\s*(?:export\s+)?["']?([\w./:@-]{1,128}?)["']?\s*[=:]\s*(.*)$/;
const SCHEME = /^[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^/?#\s:@]*:([^/?#\s@]+)@)?/i;
const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----([^-]+)-----END/g;

/** Marks the content of a file. */
export function markContent(marks: SecretMarks, content: Uint8Array, source: SecretSource): void {
  for (let i = 0; i < content.length; i++) {
    if (content[i] !== 0) continue;
    eachShapeOfKeyBytes(content, (shape) => marks.mark(shape, source));
    return;
  }
  const text = StringPrototypeTrim(textOf(content));
  if (StringPrototypeIncludes(text, '-----BEGIN ')) {
    markPem(marks, text, source);
    return;
  }
  markText(marks, text, source);
  let left = MAX_VALUES;
  const take = (value: string, setting: string): void => {
    if (left-- > 0) markValue(marks, value, { ...source, setting });
  };
  const first = text[0];
  if (first === '{' || first === '[' || first === '"') {
    const parsed = parse(text);
    if (parsed !== undefined) {
      eachLeaf(marks, parsed, '', source, take, 0);
      return;
    }
  }
  const lines = StringPrototypeSplit(text, '\n');
  for (let i = 0; i < lines.length; i++) {
    const line = StringPrototypeTrim(lines[i] as string);
    if (line[0] === '#' || line[0] === ';') continue;
    const setting = RegExpPrototypeExec(SETTING, line);
    if (setting === null) take(line, '');
    else if (namesSecret(setting[1] as string)) take(unquoted(setting[2] as string), setting[1] as string);
  }
}

/** Marks a value that is a secret by its name. */
export function markValue(marks: SecretMarks, value: string, source: SecretSource): void {
  if (value.length < MIN_LENGTH) return;
  const url = RegExpPrototypeExec(SCHEME, value);
  if (url === null) markText(marks, value, source);
  else if (url[1] !== undefined) {
    // An address is no secret; the password in it is.
    marks.mark(value, source);
    if (url[1].length >= MIN_LENGTH) markText(marks, url[1], source);
  }
}

function markText(marks: SecretMarks, text: string, source: SecretSource): void {
  if (text.length < MIN_LENGTH) return;
  const { family, setting } = source;
  marks.markStart(text, source);
  const mark = (shape: string) => marks.mark(shape, source);
  // The key of a service is text and nothing else.
  if (setting === '' || isNeverSent(family, setting)) eachShapeOfKey(text, mark);
  else eachShapeOfText(text, mark);
}

/* Certificates and public keys are shown to everybody. */
function markPem(marks: SecretMarks, text: string, source: SecretSource): void {
  PEM.lastIndex = 0;
  let left = MAX_VALUES;
  let found = RegExpPrototypeExec(PEM, text);
  if (found !== null) markText(marks, text, source);
  for (; found !== null && left-- > 0; found = RegExpPrototypeExec(PEM, text)) {
    const lines = StringPrototypeSplit(found[1] as string, '\n');
    let body = '';
    for (let i = 0; i < lines.length; i++) body += StringPrototypeTrim(lines[i] as string);
    markText(marks, body, source);
  }
}

function parse(text: string): unknown {
  try {
    return JSONParse(text) as unknown;
  } catch {
    return undefined; // a file of another kind
  }
}

/* Just parsed: there are no getters and no proxies in it. */
function eachLeaf(
  marks: SecretMarks,
  value: unknown,
  name: string,
  source: SecretSource,
  take: (value: string, name: string) => void,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return;
  if (typeof value === 'string') {
    if (name === '' || namesSecret(name)) take(value, name);
  } else if (ArrayIsArray(value)) {
    const bytes = bytesOf(value);
    if (bytes !== undefined) eachShapeOfKeyBytes(bytes, (shape) => marks.mark(shape, source));
    for (let i = 0; bytes === undefined && i < value.length && i < MAX_VALUES; i++) {
      eachLeaf(marks, value[i], name, source, take, depth + 1);
    }
  } else if (typeof value === 'object' && value !== null) {
    const keys = ReflectOwnKeys(value);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      eachLeaf(marks, ReflectGetOwnPropertyDescriptor(value, key)?.value, key, source, take, depth + 1);
    }
  }
}

/* How wallets write a key: `[12,203,…]`. */
function bytesOf(values: readonly unknown[]): Uint8Array | undefined {
  const { length } = values;
  if (length < MIN_LENGTH || length > 256) return undefined;
  const bytes = new Bytes(length);
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || value < 0 || value > 255 || value % 1 !== 0) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

function unquoted(text: string): string {
  const value = StringPrototypeTrim(text);
  const quote = value[0];
  if (quote !== '"' && quote !== "'" && quote !== '`') return value;
  for (let i = 1; i < value.length; i++) if (value[i] === quote) return StringPrototypeSlice(value, 1, i);
  return value;
}
