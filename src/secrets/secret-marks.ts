import { hashOf } from '../agents/texts.ts';
import { MathImul, SafeMap, StringPrototypeCharCodeAt, StringPrototypeSlice } from '../primordials.ts';

/** Where a secret came from. Says nothing of the secret. */
export interface SecretSource {
  /** `<app>/secrets/seed.txt`, or the name of an environment variable. */
  readonly name: string;
  /** Family of `sensitive-files.ts` or `env-names.ts`. */
  readonly family: string;
  /** The setting that holds it, where it has a name of its own; otherwise empty. */
  readonly setting: string;
}

/** Shorter texts may be anybody's: a word, a date, a version. */
export const MIN_LENGTH = 16;
/** Of the beginning of a secret: a part of a host name holds no more than a piece. */
const START = 12;
const MAX_STARTS = 1_024;
/** Longer ones fit into no header that a server takes (16 KiB, Node's own bound). */
const MAX_LENGTH = 16_384;
/** Bits by which nearly every text is told from all marks at a glance: 8 KiB. */
const FILTER = 65_536;
/** Marks in each of two generations. Both together take at most half a megabyte. */
const MAX_MARKS = 4_096;
/** Characters of each end that are looked at. */
const END = 16;
const Words = Uint32Array;
const Bytes = Uint8Array;
/* White space and the signs that stand between values; none that occurs in base64 or in a JWT. */
const BETWEEN = new Bytes(128);
for (let i = 0; i < 33; i++) BETWEEN[i] = 1;
for (const sign of `"&'(),:;<=>?{|}`) BETWEEN[sign.charCodeAt(0)] = 1;

function isBetween(text: string, at: number): boolean {
  const code = StringPrototypeCharCodeAt(text, at);
  return code < 128 && BETWEEN[code] === 1;
}

/**
 * Texts that are secrets, as seeded hashes of 52 bits: neither recorded nor reproducible.
 */
export class SecretMarks {
  private recent = new SafeMap<number, SecretSource>();
  private older = new SafeMap<number, SecretSource>();
  private filter = new Words(FILTER / 32);
  private starts = new SafeMap<number, SecretSource>();

  get isEmpty(): boolean {
    return this.recent.size === 0;
  }

  /** Marks kept; at most two generations. */
  get size(): number {
    return this.recent.size + this.older.size;
  }

  mark(text: string, source: SecretSource): void {
    const { length } = text;
    if (length < MIN_LENGTH || length >= MAX_LENGTH) return;
    const hash = markOf(text);
    if (this.recent.has(hash)) return;
    if (this.recent.size >= MAX_MARKS) {
      this.older = this.recent;
      this.recent = new SafeMap();
    }
    this.recent.set(hash, source);
    const at = glanceOf(text, 0, length);
    this.filter[at >>> 5] = (this.filter[at >>> 5] as number) | (1 << (at & 31));
  }

  /** From now on a text that holds the beginning of this one is recognised by it. */
  markStart(text: string, source: SecretSource): void {
    if (text.length < MIN_LENGTH) return;
    if (this.starts.size >= MAX_STARTS) this.starts = new SafeMap();
    this.starts.set(hashOf(StringPrototypeSlice(text, 0, START)), source);
  }

  /** Whose beginning a short text holds. */
  startIn(text: string): SecretSource | undefined {
    for (let at = 0; at + START <= text.length; at++) {
      const source = this.starts.get(hashOf(StringPrototypeSlice(text, at, at + START)));
      if (source !== undefined) return source;
    }
    return undefined;
  }

  /**
   * Where a part of a text came from: all that stands between `from` and `end`, or something between white space and
   * the signs that stand between values.
   */
  findIn(text: string, from = 0, end: number = text.length): SecretSource | undefined {
    let first: SecretSource | undefined;
    this.eachIn(text, from, end, (source) => {
      first = source;
      return true;
    });
    return first;
  }

  /** The same of every part that is one; until `visit` answers true. */
  eachIn(text: string, from: number, end: number, visit: (source: SecretSource) => boolean): void {
    if (end - from < MIN_LENGTH) return;
    const whole = this.find(text, from, end);
    if (whole !== undefined) {
      visit(whole);
      return;
    }
    // Backwards from where a part that is long enough would end: most of a text is never looked at.
    for (let start = from; start + MIN_LENGTH <= end; ) {
      let at = start + MIN_LENGTH - 1;
      while (at >= start && !isBetween(text, at)) at--;
      if (at >= start) {
        start = at + 1;
        continue;
      }
      at = start + MIN_LENGTH;
      while (at < end && !isBetween(text, at)) at++;
      const found = this.find(text, start, at);
      if (found !== undefined && visit(found)) return;
      start = at + 1;
    }
  }

  private find(text: string, start: number, end: number): SecretSource | undefined {
    if (end - start >= MAX_LENGTH) return undefined;
    const at = glanceOf(text, start, end);
    if (((this.filter[at >>> 5] as number) & (1 << (at & 31))) === 0) return undefined;
    const hash = markOf(StringPrototypeSlice(text, start, end));
    return this.recent.get(hash) ?? this.older.get(hash);
  }

  clear(): void {
    this.recent = new SafeMap();
    this.older = new SafeMap();
    this.filter = new Words(FILTER / 32);
    this.starts = new SafeMap();
  }
}

/* 16 bits of a text's length and of four of its characters. */
function glanceOf(text: string, start: number, end: number): number {
  let bits = MathImul(end - start, 2654435761) ^ StringPrototypeCharCodeAt(text, start);
  bits = MathImul(bits, 1597334677) ^ StringPrototypeCharCodeAt(text, (start + end) >>> 1);
  bits = MathImul(bits, 1597334677) ^ StringPrototypeCharCodeAt(text, start + 5);
  return MathImul(MathImul(bits, 1597334677) ^ StringPrototypeCharCodeAt(text, end - 1), 2246822507) >>> 16;
}

/* Both ends tell a secret from any other text of its length; what is long costs no more. */
function markOf(text: string): number {
  const { length } = text;
  if (length <= 2 * END) return hashOf(text);
  return hashOf(`${length}${StringPrototypeSlice(text, 0, END)}${StringPrototypeSlice(text, length - END)}`);
}
