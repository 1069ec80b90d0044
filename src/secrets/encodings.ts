import {
  MathFloor,
  MathMin,
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  uncurryThis,
} from '../primordials.ts';
import { MIN_LENGTH } from './secret-marks.ts';

/* The shapes in which a secret is sent: as it is, and as hex, base64, base64url and base58 of its bytes. */

const Bytes = Uint8Array;
type Slice = (start: number, end: number) => string;
/* Node's own; Buffer.prototype.toString would look them up where anybody may have replaced them. */
const slicer = (name: string) =>
  uncurryThis<Uint8Array, Slice>((Buffer.prototype as unknown as Record<string, Slice>)[name] as Slice) as (
    bytes: Uint8Array,
    start: number,
    end: number,
  ) => string;
const hexSlice = slicer('hexSlice');
const base64Slice = slicer('base64Slice');
const base64urlSlice = slicer('base64urlSlice');
const utf8Slice = slicer('utf8Slice');
type Write = (text: string, offset: number, length: number) => number;
const writer = (name: string) =>
  uncurryThis<Uint8Array, Write>((Buffer.prototype as unknown as Record<string, Write>)[name] as Write) as (
    bytes: Uint8Array,
    text: string,
    offset: number,
    length: number,
  ) => number;
const hexWrite = writer('hexWrite');
const base64Write = writer('base64Write');
const encoder = new TextEncoder();
const encode = uncurryThis<object, (text: string) => Uint8Array>(TextEncoder.prototype.encode);

/** Keys, not documents: what is longer is neither taken apart nor read as another encoding. */
const MAX_KEY = 512;
/** Base 58 costs the square of the length. */
const MAX_BASE58 = 128;

const HEX = /^(?:0x)?((?:[0-9a-f]{2}){16,})$/i;
const BASE64 = /^[\w+/-]{22,}={0,2}$/;
const ALPHABET_58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE58 = /^[1-9A-HJ-NP-Za-km-z]{22,}$/;

/** The text of bytes that are UTF-8, or of as many of them. */
export function textOf(bytes: Uint8Array, most: number = bytes.length): string {
  return utf8Slice(bytes, 0, MathMin(most, bytes.length));
}

/** Long enough to hold a secret and what stands around it. */
export const MIN_ENCODED = 48;
const HEX_DIGITS = /^[0-9a-f]+$/i;
/* RFC 4648, in either case: names have none. */
const BASE32 = /^[a-z2-7]+$/i;
const ALL_BASE64 = /^[\w+/-]+(?:\r?\n[\w+/-]+)*={0,2}\s{0,2}$/;

/** The text that a text stands for as hex, base64 or base64url; `undefined` of one that is neither, or short. */
export function decodedText(text: string): string | undefined {
  const { length } = text;
  if (length < MIN_ENCODED || RegExpPrototypeExec(ALL_BASE64, text) === null) return undefined;
  if (length % 2 === 0 && RegExpPrototypeExec(HEX_DIGITS, text) !== null)
    return bytesAsText(length >> 1, hexWrite, text);
  return bytesAsText((length * 3) >> 2, base64Write, text);
}

/** What a label of a host name may stand for: itself, and what it is as hex, base64 or base32. */
export function readingsOfLabel(label: string): readonly string[] {
  const readings = [label];
  const even = label.length - (label.length % 2);
  if (RegExpPrototypeExec(HEX_DIGITS, label) !== null) readings[1] = bytesAsText(even >> 1, hexWrite, label);
  if (RegExpPrototypeExec(ALL_BASE64, label) === null) return readings;
  readings[readings.length] = bytesAsText((label.length * 3) >> 2, base64Write, label);
  if (RegExpPrototypeExec(BASE32, label) !== null) readings[readings.length] = textOf(fromBase32(label));
  return readings;
}

function bytesAsText(length: number, write: typeof hexWrite, text: string): string {
  const bytes = new Bytes(length);
  return textOf(bytes, write(bytes, text, 0, length));
}

/** Every shape of a secret that is text: its own, and that of its bytes. */
export function eachShapeOfText(text: string, visit: (shape: string) => void): void {
  visit(text);
  parts(text, 2, visit);
  eachShapeOfBytes(encode(encoder, text), visit);
}

/** Every shape of a key: that of its text, and that of the bytes which it stands for. */
export function eachShapeOfKey(text: string, visit: (shape: string) => void): void {
  eachShapeOfText(text, visit);
  if (text.length > MAX_KEY) return;
  const hex = RegExpPrototypeExec(HEX, text)?.[1];
  if (hex !== undefined) {
    visit(hex);
    eachShapeOfKeyBytes(fromHex(StringPrototypeToLowerCase(hex)), visit);
    return;
  }
  if (RegExpPrototypeExec(BASE64, text) !== null) eachShapeOfKeyBytes(fromBase64(text), visit);
  if (text.length <= 2 * MAX_BASE58 && RegExpPrototypeExec(BASE58, text) !== null) {
    eachShapeOfKeyBytes(fromBase58(text), visit);
  }
}

/** Every shape of a key that is bytes. */
export function eachShapeOfKeyBytes(bytes: Uint8Array, visit: (shape: string) => void): void {
  eachShapeOfBytes(bytes, visit);
  parts(hexSlice(bytes, 0, bytes.length), 4, visit);
  if (bytes.length <= MAX_BASE58) visit(toBase58(bytes));
}

function eachShapeOfBytes(bytes: Uint8Array, visit: (shape: string) => void): void {
  const { length } = bytes;
  const hex = hexSlice(bytes, 0, length);
  visit(hex);
  parts(hex, 2, visit);
  const base64 = base64Slice(bytes, 0, length);
  visit(base64);
  // The padding is a sign that stands between values, so a part of a header has none.
  let end = base64.length;
  while (end > 0 && base64[end - 1] === '=') end--;
  if (end < base64.length) visit(StringPrototypeSlice(base64, 0, end));
  const url = base64urlSlice(bytes, 0, length);
  if (url !== base64) visit(url);
}

/* A key is cut so that it looks like one of the short identifiers that headers are full of. */
function parts(text: string, count: number, visit: (shape: string) => void): void {
  const size = MathFloor(text.length / count);
  if (size < MIN_LENGTH || text.length > 2 * MAX_KEY) return;
  // What does not divide goes with the last one.
  for (let i = 0; i < count; i++) {
    visit(StringPrototypeSlice(text, i * size, i === count - 1 ? text.length : (i + 1) * size));
  }
}

function fromHex(hex: string): Uint8Array {
  const bytes = new Bytes(hex.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digitOf(hex, 2 * i) << 4) | digitOf(hex, 2 * i + 1);
  return bytes;
}

function digitOf(hex: string, at: number): number {
  const code = StringPrototypeCharCodeAt(hex, at);
  return code <= 57 ? code - 48 : code - 87;
}

/* Both alphabets. */
function fromBase64(text: string): Uint8Array {
  let { length } = text;
  while (text[length - 1] === '=') length--;
  const bytes = new Bytes((length * 3) >> 2);
  let bits = 0;
  let buffer = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    buffer = ((buffer << 6) | sextet(StringPrototypeCharCodeAt(text, i))) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = buffer >> bits;
  }
  return bytes;
}

function sextet(code: number): number {
  if (code >= 97) return code - 71;
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 48 && code <= 57) return code + 4;
  return code === 43 || code === 45 ? 62 : 63;
}

function fromBase32(text: string): Uint8Array {
  const bytes = new Bytes((text.length * 5) >> 3);
  let bits = 0;
  let buffer = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    buffer = ((buffer << 5) | (code >= 65 ? (code & 31) - 1 : code - 24)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = buffer >> bits;
  }
  return bytes;
}

/* Bitcoin's alphabet, in which wallets write their keys. Digits are kept lowest first. */
function toBase58(bytes: Uint8Array): string {
  const digits = convert(bytes, 256, 58);
  let text = '';
  for (let i = 0; i < bytes.length && bytes[i] === 0; i++) text += '1';
  for (let i = digits.length - 1; i >= 0; i--) text += ALPHABET_58[digits[i] as number];
  return text;
}

function fromBase58(text: string): Uint8Array {
  const values = new Bytes(text.length);
  let zeros = 0;
  for (let i = 0; i < text.length; i++) values[i] = StringPrototypeIndexOf(ALPHABET_58, text[i] as string);
  while (zeros < text.length && values[zeros] === 0) zeros++;
  const digits = convert(values, 58, 256);
  const bytes = new Bytes(zeros + digits.length);
  for (let i = 0; i < digits.length; i++) bytes[zeros + i] = digits[digits.length - 1 - i] as number;
  return bytes;
}

function convert(values: Uint8Array, from: number, to: number): number[] {
  const digits: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let carry = values[i] as number;
    for (let j = 0; j < digits.length; j++) {
      carry += (digits[j] as number) * from;
      digits[j] = carry % to;
      carry = MathFloor(carry / to);
    }
    while (carry > 0) {
      digits[digits.length] = carry % to;
      carry = MathFloor(carry / to);
    }
  }
  return digits;
}
