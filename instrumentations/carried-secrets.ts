import { types } from 'node:util';
import { hasPackage } from '../src/attribution/chain.ts';
import type { CarriedSecret, Chain } from '../src/behavior.ts';
import { BoundedCache } from '../src/classification/bounded-cache.ts';
import { authenticates } from '../src/classification/secret-values.ts';
import {
  ArrayIsArray,
  decodeURIComponentOf,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  SymbolPrototypeDescription,
  uncurryThis,
} from '../src/primordials.ts';
import { decodedText, MIN_ENCODED, readingsOfLabel, textOf } from '../src/secrets/encodings.ts';
import { secretMarks } from '../src/secrets/known-secrets.ts';
import { MIN_LENGTH, type SecretSource } from '../src/secrets/secret-marks.ts';
import { MAX_TEXT, secretsIn } from '../src/secrets/secrets-in.ts';

/*
 * Secrets in what a request shows of itself: its path, its query and its headers, where they are not made to carry one,
 * and in its body, as far as that is there when the request is made. Only data is read, of objects that Node and undici have made: nothing of the caller's runs. Names are looked at last,
 * because hardly any value is a hit.
 */

const { isAnyArrayBuffer, isProxy, isUint8Array } = types;
const Bytes = Uint8Array;
const URLSearchParamsToString = uncurryThis<object, () => string>(URLSearchParams.prototype.toString);
/* What is told is a name, not something that has been made one. */
const PLAIN_NAME = /^(?!.*[a-z0-9]{16})[a-z0-9_.-]{1,40}$/i;

/** True when there is anything to look for in a request of this chain. */
export function mayCarrySecrets(chain: Chain): boolean {
  return !secretMarks.isEmpty && hasPackage(chain);
}

/** A secret in a request of undici, npm's or Node's own; both keep headers as a list, older ones as text. */
export function carriedByUndici(request: object): CarriedSecret | undefined {
  const headers = dataOf(request, 'headers');
  return (
    inPath(dataOf(request, 'path')) ??
    (typeof headers === 'string' ? inHeaderText(headers, 0) : undefined) ??
    inHeaderList(headers) ??
    carriedByBody(dataOf(request, 'body'))
  );
}

/** A secret in a body that is text or bytes; a stream is nobody's to read but its receiver's. */
export function carriedByBody(body: unknown): CarriedSecret | undefined {
  const text = textOfBody(body);
  return text === undefined ? undefined : inContent(text, 'the body', '');
}

/** The body that `fetch` is given. */
export function bodyOfInit(init: unknown): unknown {
  return typeof init === 'object' && init !== null && !isProxy(init) ? dataOf(init, 'body') : undefined;
}

/* `curl -u user:password`, `sshpass -p password`. */
const LOGIN_FLAG = /^(?:-[uUpP]|--user|--pass|--proxy-user)$/;
/* Words before a value that may say what it is for: `-H "Authorization: Bearer …"`. */
const WORDS_BEFORE = 2;
const MAX_WORDS = 512;

/** A secret in a command line, where nothing before it says that one belongs there. */
export function carriedByCommand(argv: readonly string[]): CarriedSecret | undefined {
  const words: string[] = [];
  for (let i = 1; i < argv.length && words.length < MAX_WORDS; i++) {
    // What is no option and no address may hold blanks: a line for a shell, a header, a text to be sent.
    const parts = StringPrototypeSplit(argv[i] as string, ' ');
    for (let j = 0; j < parts.length; j++) words[words.length] = unquoted(parts[j] as string);
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word.length < MIN_LENGTH || isExpected(words, i)) continue;
    const scheme = StringPrototypeIndexOf(word, '://');
    const path = scheme < 0 ? -1 : StringPrototypeIndexOf(word, '/', scheme + 3);
    const found =
      scheme < 0
        ? inContent(word, 'the command line', '')
        : inPath(path < 0 ? undefined : StringPrototypeSlice(word, path));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isExpected(words: readonly string[], at: number): boolean {
  for (let i = at > WORDS_BEFORE ? at - WORDS_BEFORE : 0; i < at; i++) {
    const word = words[i] as string;
    if (word.length <= MAX_KNOWN_NAME && (isMadeForSecrets(word) || RegExpPrototypeExec(LOGIN_FLAG, word) !== null)) {
      return true;
    }
  }
  return false;
}

function unquoted(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && (word[start] === '"' || word[start] === "'")) start++;
  while (end > start && (word[end - 1] === '"' || word[end - 1] === "'")) end--;
  return StringPrototypeSlice(word, start, end);
}

/** Parts of a name of which a secret is a piece of its own. */
const MIN_LABEL = 16;

/** A secret, or the beginning of one, in the labels of a host name. */
export function carriedByName(name: string): CarriedSecret | undefined {
  const labels = StringPrototypeSplit(name, '.');
  let all = '';
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as string;
    // The domain comes last, and is no data.
    if (i < labels.length - 2) all += label;
    const source = inLabel(label);
    if (source !== undefined) return carried(source, 'a DNS label', '');
  }
  const source = inLabel(all);
  return source === undefined ? undefined : carried(source, 'the DNS labels', '');
}

function inLabel(label: string): SecretSource | undefined {
  if (label.length < MIN_LABEL) return undefined;
  const readings = readingsOfLabel(label);
  for (let i = 0; i < readings.length; i++) {
    const reading = readings[i] as string;
    const source = secretMarks.findIn(reading) ?? secretMarks.startIn(reading);
    if (source !== undefined) return source;
  }
  return undefined;
}

function textOfBody(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null || isProxy(body)) return undefined;
  if (isUint8Array(body)) return textOf(body, MAX_TEXT);
  if (isAnyArrayBuffer(body)) return textOf(new Bytes(body), MAX_TEXT);
  try {
    return URLSearchParamsToString(body);
  } catch {
    return undefined; // a stream, a Blob, a FormData
  }
}

/* A text may hold several, and be JSON, a form, or either of them as base64. */
function inContent(text: string, part: string, key: string): CarriedSecret | undefined {
  const found = secretsIn(secretMarks, text);
  if (found === undefined) return undefined;
  const { source, field, count, several } = found;
  const one = { ...carried(source, part, key), several };
  if (count > 1) return { ...one, where: `${one.where}, with ${count - 1} more,` };
  return isPlain(field) ? { ...one, where: `the field ${field} of ${one.where}` } : one;
}

/** A secret in a request of node:http, as far as its headers are known. */
export function carriedByHttp(request: object): CarriedSecret | undefined {
  const text = dataOf(request, '_header');
  if (typeof text === 'string') {
    const end = StringPrototypeIndexOf(text, '\r\n');
    const start = StringPrototypeIndexOf(text, ' ');
    if (end < 0 || start < 0) return undefined;
    // `GET /path HTTP/1.1`
    return inPath(StringPrototypeSlice(text, start + 1, end - 9)) ?? inHeaderText(text, end + 2);
  }
  return inPath(pathOfHttp(request)) ?? inOutgoing(ownSymbol(request, 'kOutHeaders'));
}

/* What frames a body that is sent in chunks. */
const FRAMING = /^(?:[0-9a-f]{1,8}(?:\r\n)?|\r\n|(?:\r\n)?0\r\n\r\n)$/i;

/** A secret in the body of a request of node:http, as far as it was written and has not been sent. */
export function carriedByHttpBody(request: object): CarriedSecret | undefined {
  const queue = dataOf(request, 'outputData');
  if (!ArrayIsArray(queue)) return undefined;
  let body = '';
  let isBody = false;
  for (let i = 0; i < queue.length && body.length < MAX_TEXT; i++) {
    const data = dataOf(queue[i] as object, 'data');
    let text = typeof data === 'string' ? data : isUint8Array(data) ? textOf(data, MAX_TEXT) : '';
    if (!isBody) {
      const end = StringPrototypeIndexOf(text, '\r\n\r\n');
      if (end < 0) return undefined;
      isBody = true;
      text = StringPrototypeSlice(text, end + 4);
    }
    if (RegExpPrototypeExec(FRAMING, text) === null) body += text;
  }
  return carriedByBody(body);
}

/* A property until Node 24.20, since then a symbol behind an accessor. */
function pathOfHttp(request: object): unknown {
  return dataOf(request, 'path') ?? ownSymbol(request, 'kPath');
}

const symbols: { [description: string]: symbol | undefined } = { __proto__: null as never };

/* The symbols of a class are the same for all of its instances. */
function ownSymbol(owner: object, description: string): unknown {
  let symbol = symbols[description];
  if (symbol === undefined) {
    const keys = ReflectOwnKeys(owner);
    for (let i = 0; i < keys.length && symbol === undefined; i++) {
      const key = keys[i];
      if (typeof key === 'symbol' && SymbolPrototypeDescription(key) === description) symbol = key;
    }
    if (symbol === undefined) return undefined;
    symbols[description] = symbol;
  }
  return dataOf(owner, symbol);
}

function dataOf(owner: object, key: string | symbol): unknown {
  return ReflectGetOwnPropertyDescriptor(owner, key)?.value;
}

/* `{ name: [Name, value] }`, as Node keeps headers until they are sent. */
function inOutgoing(headers: unknown): CarriedSecret | undefined {
  if (typeof headers !== 'object' || headers === null || isProxy(headers)) return undefined;
  // An object of Node's own, without a prototype, and lists of two.
  for (const name in headers) {
    const entry = (headers as Record<string, unknown>)[name];
    const found = ArrayIsArray(entry) ? inHeader(name, entry[1]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A longer name may be a secret itself. */
const MAX_KNOWN_NAME = 28;
const madeForSecrets = new BoundedCache<boolean>(256);

/* Their values, which may be long, are not looked at. Names are few and their meaning costs to be found. */
function isMadeForSecrets(name: string): boolean {
  let answer = madeForSecrets.get(name);
  if (answer === undefined) {
    answer = authenticates(name);
    if (name.length <= MAX_KNOWN_NAME) madeForSecrets.set(name, answer);
  }
  return answer;
}

/* `[name, value, …]` */
function inHeaderList(headers: unknown): CarriedSecret | undefined {
  if (!ArrayIsArray(headers) || isProxy(headers)) return undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as unknown;
    const found = typeof name === 'string' ? inHeader(name, headers[i + 1]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function inHeader(name: string, value: unknown): CarriedSecret | undefined {
  if (typeof value === 'string') {
    if (value.length < MIN_LENGTH || isMadeForSecrets(name)) return undefined;
    const source = secretMarks.findIn(value);
    return source === undefined ? inEncoded(value, 'the header', name) : carried(source, 'the header', name);
  }
  if (!ArrayIsArray(value) || isProxy(value)) return undefined;
  for (let i = 0; i < value.length; i++) {
    const one = dataOf(value, `${i}`);
    const found = typeof one === 'string' ? inHeader(name, one) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/* `Name: value` a line, as it is sent. */
function inHeaderText(text: string, from: number): CarriedSecret | undefined {
  let at = from;
  while (at < text.length) {
    let end = StringPrototypeIndexOf(text, '\r\n', at);
    if (end < 0) end = text.length;
    if (end - at > MIN_LENGTH) {
      const colon = StringPrototypeIndexOf(text, ':', at);
      const start = text[colon + 1] === ' ' ? colon + 2 : colon + 1;
      const source = secretMarks.findIn(text, start, end);
      if (source !== undefined || end - start >= MIN_ENCODED) {
        const name = StringPrototypeSlice(text, at, colon);
        if (!isMadeForSecrets(name)) {
          if (source !== undefined) return carried(source, 'the header', name);
          const found = inEncoded(StringPrototypeSlice(text, start, end), 'the header', name);
          if (found !== undefined) return found;
        }
      }
    }
    at = end + 2;
  }
  return undefined;
}

/* Parts of the path, and values of the query. */
function inPath(path: unknown): CarriedSecret | undefined {
  if (typeof path !== 'string' || path.length <= MIN_LENGTH) return undefined;
  const query = StringPrototypeIndexOf(path, '?');
  const end = query < 0 ? path.length : query;
  for (let at = 0; at < end; ) {
    let next = StringPrototypeIndexOf(path, '/', at);
    if (next < 0 || next > end) next = end;
    const source = inValue(path, at, next);
    if (source !== undefined) return carried(source, 'the path', '');
    const found = inEncoded(StringPrototypeSlice(path, at, next), 'the path', '');
    if (found !== undefined) return found;
    at = next + 1;
  }
  for (let at = end + 1; at < path.length; ) {
    let next = StringPrototypeIndexOf(path, '&', at);
    if (next < 0) next = path.length;
    let equals = StringPrototypeIndexOf(path, '=', at);
    if (equals < 0 || equals > next) equals = at - 1;
    const source = inValue(path, equals + 1, next);
    if (source !== undefined || next - equals > MIN_ENCODED) {
      const name = equals < at ? '' : StringPrototypeSlice(path, at, equals);
      if (!authenticates(name)) {
        if (source !== undefined) return carried(source, 'the query', name);
        const found = inEncoded(StringPrototypeSlice(path, equals + 1, next), 'the query', name);
        if (found !== undefined) return found;
      }
    }
    at = next + 1;
  }
  return undefined;
}

/* A text in another encoding that has a secret somewhere in it. */
function inEncoded(text: string, part: string, key: string): CarriedSecret | undefined {
  if (text.length < MIN_ENCODED) return undefined;
  const decoded = decodedText(StringPrototypeIncludes(text, '%') ? (decodeURIComponentOf(text) ?? text) : text);
  return decoded === undefined ? undefined : inContent(decoded, part, key);
}

function inValue(text: string, start: number, end: number): SecretSource | undefined {
  if (end - start < MIN_LENGTH) return undefined;
  const value = StringPrototypeSlice(text, start, end);
  const source = secretMarks.findIn(value);
  if (source !== undefined || !StringPrototypeIncludes(value, '%')) return source;
  const decoded = decodeURIComponentOf(value);
  return decoded === undefined ? undefined : secretMarks.findIn(decoded);
}

function carried({ name, family, setting }: SecretSource, part: string, key: string): CarriedSecret {
  const from = setting === name || !isPlain(setting) ? name : `${setting} in ${name}`;
  return { from, family, setting, where: isPlain(key) ? `${part} ${key}` : part };
}

function isPlain(name: string): boolean {
  return RegExpPrototypeExec(PLAIN_NAME, name) !== null;
}
