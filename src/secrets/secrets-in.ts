import { authenticates, staysAtHome } from '../classification/secret-values.ts';
import {
  ArrayIsArray,
  decodeURIComponentOf,
  JSONParse,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import { decodedText } from './encodings.ts';
import { MIN_LENGTH, type SecretMarks, type SecretSource } from './secret-marks.ts';

/* Secrets in what somebody sends: JSON, a form, or any other text, also written as hex or base64. */

/** Characters of a text that are looked at; what is longer carries files. */
export const MAX_TEXT = 65_536;
/** Longer ones are looked at as they are: to take them apart costs more. */
const MAX_PARSED = 16_384;
const MAX_DEPTH = 8;
/** Values that are looked at. */
const MAX_VALUES = 1_000;
/** Texts that are decoded. */
const MAX_DECODED = 8;
/** Services whose secrets nobody sends together. */
const SEVERAL_SERVICES = 2;
/** Settings that nobody sends together: more than one login needs. */
const SEVERAL_SETTINGS = 5;

/** A password by a name that no header has, or an address, whose password is part of it. */
const ADMITS = /^pass$|assertion|^code$|dsn|connection|ur[il]$/i;
const FORM = /^[\w.%[\]+-]{1,64}=[^\s{}"<>]*$/;

/* Longer than any digest as hex, of which texts are full. */
const ENCODED = /[A-Za-z0-9+/_-]{65,}={0,2}/g;

export interface SecretsFound {
  /** The first that stands where none belongs; where there are several of them, the first of all. */
  readonly source: SecretSource;
  /** The field in which it stands; empty where it has no name. */
  readonly field: string;
  /** Different secrets. */
  readonly count: number;
  /** They are of services whose secrets nobody sends together. */
  readonly several: boolean;
}

/**
 * Secrets in a text that stand where none belongs (by themselves, in a field that is not made for one), or that nobody
 * sends together. Those in a field that is made for one, as a login has, are none.
 */
export function secretsIn(marks: SecretMarks, text: string): SecretsFound | undefined {
  const search = new Search(marks);
  search.inText(text.length > MAX_TEXT ? StringPrototypeSlice(text, 0, MAX_TEXT) : text, '', 0);
  return search.found();
}

/** `undefined`: which field it is cannot be told. */
type Field = string | undefined;

class Search {
  private readonly marks: SecretMarks;
  private readonly hits: SecretSource[] = [];
  private misplaced: SecretSource | undefined;
  private field = '';
  private values = MAX_VALUES;
  private decodings = MAX_DECODED;

  constructor(marks: SecretMarks) {
    this.marks = marks;
  }

  found(): SecretsFound | undefined {
    const { hits, misplaced, field } = this;
    const several = areSeveral(hits);
    const source = misplaced ?? (several ? hits[0] : undefined);
    return source === undefined ? undefined : { source, field, count: hits.length, several };
  }

  inText(text: string, field: Field, depth: number): void {
    if (text.length < MIN_LENGTH || depth > MAX_DEPTH || this.values-- <= 0) return;
    const first = text[0];
    const isShort = text.length <= MAX_PARSED;
    if (isShort && (first === '{' || first === '[')) {
      const value = parse(text);
      if (value !== undefined) {
        this.inValue(value, field, depth + 1);
        return;
      }
    } else if (isShort && depth === 0 && RegExpPrototypeExec(FORM, text) !== null) {
      this.inForm(text, depth + 1);
      // A text that ends in the padding of base64 looks like a form as well.
      if (this.hits.length > 0) return;
    }
    // The name stands elsewhere in XML, in the parts of a form and in half of a JSON.
    const known = first === '<' || StringPrototypeStartsWith(text, '--') || isCut(text) ? undefined : field;
    let isAny = false;
    this.marks.eachIn(text, 0, text.length, (source) => {
      isAny = true;
      this.hit(source, known);
      return false;
    });
    if (!isAny) this.inEncoded(text, field, depth + 1);
  }

  private inEncoded(text: string, field: Field, depth: number): void {
    const whole = text.length <= MAX_PARSED ? decodedText(text) : undefined;
    if (whole !== undefined) {
      if (this.decodings-- > 0) this.inText(whole, field, depth);
      return;
    }
    // In the comment of a picture, in a part of a form, in a line of a log.
    ENCODED.lastIndex = 0;
    while (this.decodings > 0) {
      const run = RegExpPrototypeExec(ENCODED, text)?.[0];
      if (run === undefined) return;
      const decoded = run.length <= MAX_PARSED ? decodedText(run) : undefined;
      this.decodings--;
      // What it decodes to may hold such a run again: the search for the next one goes on from here.
      const { lastIndex } = ENCODED;
      if (decoded !== undefined) this.inText(decoded, field, depth);
      ENCODED.lastIndex = lastIndex;
    }
  }

  /* Just parsed: there are no getters and no proxies in it. */
  private inValue(value: unknown, field: Field, depth: number): void {
    if (typeof value === 'string') this.inText(value, field, depth);
    else if (ArrayIsArray(value)) {
      // An argument of a call by position: what it is for cannot be told.
      for (let i = 0; i < value.length && this.values > 0; i++) {
        this.inValue(value[i], typeof value[i] === 'string' ? undefined : field, depth + 1);
      }
    } else if (typeof value === 'object' && value !== null && depth <= MAX_DEPTH) {
      const keys = ReflectOwnKeys(value);
      for (let i = 0; i < keys.length && this.values > 0; i++) {
        const key = keys[i] as string;
        this.inValue(ReflectGetOwnPropertyDescriptor(value, key)?.value, key, depth + 1);
      }
    }
  }

  private inForm(text: string, depth: number): void {
    const pairs = StringPrototypeSplit(text, '&');
    for (let i = 0; i < pairs.length && this.values > 0; i++) {
      const pair = pairs[i] as string;
      const equals = StringPrototypeIndexOf(pair, '=');
      const value = StringPrototypeSlice(pair, equals + 1);
      const decoded = StringPrototypeIncludes(value, '%') ? (decodeURIComponentOf(value) ?? value) : value;
      this.inText(decoded, equals < 0 ? '' : StringPrototypeSlice(pair, 0, equals), depth);
    }
  }

  private hit(source: SecretSource, field: Field): void {
    const { hits } = this;
    let isNew = true;
    for (let i = 0; i < hits.length; i++) {
      const { name, setting } = hits[i] as SecretSource;
      if (name === source.name && setting === source.setting) isNew = false;
    }
    if (isNew) hits[hits.length] = source;
    if (this.misplaced !== undefined || field === undefined) return;
    const isMadeForOne = authenticates(field) || RegExpPrototypeExec(ADMITS, field) !== null;
    if (isMadeForOne && !staysAtHome(source.family, source.setting)) return;
    this.misplaced = source;
    this.field = field;
  }
}

function isCut(text: string): boolean {
  return text.length > MAX_PARSED && (text[0] === '{' || text[0] === '[');
}

function areSeveral(hits: readonly SecretSource[]): boolean {
  if (hits.length >= SEVERAL_SETTINGS) return true;
  let services = 0;
  for (let i = 0; i < hits.length; i++) {
    const { family } = hits[i] as SecretSource;
    if (family === 'environment' || family === 'secrets-file') continue;
    let isNew = true;
    for (let j = 0; j < i; j++) if (hits[j]?.family === family) isNew = false;
    if (isNew) services++;
  }
  return services >= SEVERAL_SERVICES;
}

function parse(text: string): unknown {
  try {
    return JSONParse(text) as unknown;
  } catch {
    return undefined; // cut off, or something else
  }
}
