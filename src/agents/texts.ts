import { types } from 'node:util';
import {
  ArrayIsArray,
  DateNow,
  JSONParse,
  MathImul,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
} from '../primordials.ts';

/* What goes into a tool and comes out of it is read here: as texts, of which only seeded hashes are kept. */

const MAX_TEXTS = 64;
const MAX_DEPTH = 6;

/** The texts of a value, at any depth, each cut. */
export function textsOf(value: unknown, maxCharacters: number): string[] {
  const texts: string[] = [];
  gather(parsed(value), texts, 0, maxCharacters);
  return texts;
}

/* Frameworks hand arguments over as objects, or as the JSON text that the model wrote. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const first = StringPrototypeTrim(value)[0];
  if (first !== '{' && first !== '[') return value;
  try {
    return JSONParse(value) as unknown;
  } catch {
    return value;
  }
}

const { isProxy } = types;

/* Data properties only, and no proxies: no getter and no trap of the application runs because of us. */
function gather(value: unknown, texts: string[], depth: number, max: number): void {
  if (texts.length >= MAX_TEXTS || depth > MAX_DEPTH) return;
  if (typeof value === 'string') {
    texts[texts.length] = value.length > max ? StringPrototypeSlice(value, 0, max) : value;
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    texts[texts.length] = `${value}`;
  } else if (typeof value !== 'object' || value === null || isProxy(value)) {
    return;
  } else if (ArrayIsArray(value)) {
    for (let i = 0; i < value.length && i < MAX_TEXTS; i++) gather(dataOf(value, `${i}`), texts, depth + 1, max);
  } else {
    const keys = ReflectOwnKeys(value);
    for (let i = 0; i < keys.length && i < MAX_TEXTS; i++) {
      gather(dataOf(value, keys[i] as string | symbol), texts, depth + 1, max);
    }
  }
}

function dataOf(owner: object, key: string | symbol): unknown {
  return ReflectGetOwnPropertyDescriptor(owner, key)?.value;
}

const SEED = (DateNow() % 0x7fffffff) | 1;

/* 52 bits of two multiplicative hashes: a chance match among 512 marks is once in 10^12. */
export function hashOf(text: string): number {
  let a = SEED;
  let b = ~SEED;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    a = MathImul(a ^ code, 2654435761);
    b = MathImul(b ^ code, 1597334677);
  }
  a = MathImul(a ^ (a >>> 16), 2246822507) ^ (b >>> 13);
  b = MathImul(b ^ (b >>> 16), 3266489909) ^ (a >>> 13);
  return (b >>> 0) * 0x100000 + (a >>> 12);
}

/* With a path or a query: of a bare host the host is all there is. */
const ADDRESS = /[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>()[\]{}\\|^`/?#]{1,255}[/?#][^\s"'<>()[\]{}\\|^`]{1,1024}/gi;

/** Every address with more than a host that a text names, to the letter. */
export function eachAddress(text: string, visit: (address: string) => void): void {
  ADDRESS.lastIndex = 0;
  for (let found = RegExpPrototypeExec(ADDRESS, text); found !== null; found = RegExpPrototypeExec(ADDRESS, text)) {
    visit(withoutFullStop(found[0]));
  }
}

/* The sentence around it may end there. */
function withoutFullStop(address: string): string {
  let end = address.length;
  while (end > 0 && STOPS[address[end - 1] as string] === true) end--;
  return StringPrototypeSlice(address, 0, end);
}
const STOPS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  '.': true,
  ',': true,
  ';': true,
  ':': true,
  '!': true,
  '?': true,
  '*': true,
  _: true,
};

const HOST =
  /(?:[a-z][a-z0-9+.-]{1,15}:\/\/(?:[^\s/@]{1,128}@)?|\b)((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]{2,45}\])(?=[:/?#\s"'<>),\]}]|$)/gi;

/** Every host that a text names, in lower case. */
export function eachHost(text: string, visit: (host: string) => void): void {
  HOST.lastIndex = 0;
  for (let found = RegExpPrototypeExec(HOST, text); found !== null; found = RegExpPrototypeExec(HOST, text)) {
    visit(StringPrototypeToLowerCase(found[1] as string));
  }
}
