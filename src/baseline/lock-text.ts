/**
 * Reads the text of a lock file as `serializeLock` writes it, without making a million strings of it: which entries
 * there are and that every character is in its place is known at once, the traits of an entry when somebody asks for
 * them. A process meets a few hundred of ten thousand packages. Text of any other form (a hand, a formatter, a bad merge)
 * is not read here: JSON.parse does it, with words for what is wrong.
 */
import { JSONParse, RegExpPrototypeExec, SafeMap, StringPrototypeStartsWith } from '../primordials.ts';
import type { LearningState, LockEntry } from './lock-file.ts';

/** As much of a lock as the text says; its version stands in the head. */
export interface Sections {
  readonly packages: Map<string, LockEntry>;
  readonly tools: Map<string, LockEntry>;
}

/* What may stand between two quotes. Unrolled, so that the engine keeps no place to go back to for every character. */
const INSIDE = String.raw`[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*`;
const TRAIT = `\\n        "(?!")${INSIDE}"`;
/* One entry: 1 its key, 2 its state, 3 its traits, 4 the comma when another one follows. */
const ENTRY = `    ("${INSIDE}"): \\{\\n      "state": "(learning|partial|stable)",\\n      "traits": (\\[(?:\\]|${TRAIT}(?:,${TRAIT})*\\n      \\]))\\n    \\}(,?)\\n`;

/** Undefined when the text is of another form, whether it is a lock file or not. */
export function readWritten(text: string, version: number): Sections | undefined {
  const reader = new Reader(text);
  try {
    if (!reader.skip(`{\n  "lockfileVersion": ${version},\n  "packages": {`)) return undefined;
    const packages = reader.section();
    if (packages === undefined || !reader.skip(',\n  "tools": {')) return undefined;
    const tools = reader.section();
    if (tools === undefined || !reader.skip('\n}\n') || reader.at !== text.length) return undefined;
    return { packages, tools };
  } catch {
    // An entry with traits without end: more places to go back to than the engine keeps.
    return undefined;
  }
}

class Reader {
  at = 0;
  private readonly text: string;
  private readonly entry = new RegExp(ENTRY, 'y');

  constructor(text: string) {
    this.text = text;
  }

  skip(expected: string): boolean {
    if (!StringPrototypeStartsWith(this.text, expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  /** From behind the opening brace to behind the closing one. */
  section(): Map<string, LockEntry> | undefined {
    const { entry, text } = this;
    const entries = new SafeMap<string, LockEntry>();
    if (this.skip('}')) return entries;
    if (!this.skip('\n')) return undefined;
    for (let isLast = false; !isLast; ) {
      entry.lastIndex = this.at;
      const match = RegExpPrototypeExec(entry, text);
      if (match === null) return undefined;
      this.at = entry.lastIndex;
      const key = JSONParse(match[1] as string) as string;
      // Which of two counts is not for us to say.
      if (entries.has(key)) return undefined;
      entries.set(key, lazyEntry(match[2] as LearningState, match[3] as string));
      isLast = match[4] === '';
    }
    return this.skip('  }') ? entries : undefined;
  }
}

function lazyEntry(state: LearningState, json: string): LockEntry {
  let traits: readonly string[] | undefined;
  return {
    state,
    get traits() {
      traits ??= JSONParse(json) as string[];
      return traits;
    },
  };
}
