import type { ToolCall } from '../attribution/tool-call.ts';
import { ArrayPrototypeSlice, DateNow, SafeMap, SafeWeakMap, SafeWeakSet } from '../primordials.ts';
import { BoundedMap } from '../voltage/bounded-map.ts';
import { marksOf } from './argument-marks.ts';
import { ContentMarks } from './content-marks.ts';

/** One earlier step of a conversation, whichever tool did it. */
export interface Remembered {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly principal: string;
  readonly trait: string;
  /** Host, path or program. */
  readonly target: string;
  readonly family: string | undefined;
}

/**
 * Same tool, same arguments, this often within the window. Above what frameworks stop at by themselves (AI SDK 20 steps,
 * LangGraph 25, OpenAI Agents 10), so that a conversation of default length is never one.
 */
export const SAME_CALLS_WARN = 30;
export const SAME_CALLS_ALERT = 150;
/** Calls of any kind within the window: one every two seconds, longer than a person watches. */
export const CALLS_WARN = 300;
export const CALLS_WINDOW = 600;
const MAX_DISTINCT_CALLS = 512;
const MAX_CONVERSATIONS = 256;
/** Calls whose answer is still to come: models call a few tools at once. */
const MAX_OPEN = 16;

/** Calls whose answer may come from a file of the application: an address in it is the application's own. */
const ownFileReaders = new SafeWeakSet<ToolCall>();

export function readsOwnFile(call: ToolCall): void {
  ownFileReaders.add(call);
}

/** What is remembered of one conversation: who read what, and how often which tool was called. */
export class Conversation {
  /** Content from outside that the model may have read as instructions. */
  untrusted: Remembered | undefined;
  /** A secret that a tool took and that no lock file has. */
  secret: Remembered | undefined;
  /** A file of the application that an argument named. */
  file: Remembered | undefined;
  private content: ContentMarks | undefined;
  private open: ToolCall[] = [];
  private calls = 0;
  private since = 0;
  private readonly same = new SafeMap<string, number>();

  /** A tool is called. Answers how often in the window, in all and with these very arguments. */
  count(call: ToolCall, time: number): { readonly all: number; readonly same: number } {
    if (time - this.since > CALLS_WINDOW * 1000) {
      this.since = time;
      this.calls = 0;
      this.same.clear();
    }
    this.calls++;
    this.readAnswers();
    if (call.returned !== undefined) this.await(call);
    const marks = marksOf(call.given);
    if (marks === undefined) return { all: this.calls, same: 0 };
    const key = `${call.tool?.key} ${marks.all}`;
    const same = (this.same.get(key) ?? 0) + 1;
    if (same > 1 || this.same.size < MAX_DISTINCT_CALLS) this.same.set(key, same);
    return { all: this.calls, same };
  }

  /** A tool has answered this. `isFromOutside`: what it touched is known, and was no file of the application. */
  answered(value: unknown, isFromOutside: boolean): void {
    if (value === undefined || value === null) return;
    this.content ??= new ContentMarks();
    this.content.add(value, isFromOutside);
  }

  /** A host or the name of a package stood in what a tool has answered: the model may have it from there. */
  hasRead(word: string): boolean {
    this.readAnswers();
    return this.content?.has(word) === true;
  }

  /** The call is given an address that stood, to the letter, in what a tool has answered from outside. */
  hasReadAddressOf(call: ToolCall): boolean {
    const addresses = marksOf(call.given)?.addresses;
    if (addresses === undefined || addresses.length === 0) return false;
    this.readAnswers();
    for (let i = 0; i < addresses.length; i++) if (this.content?.hasHash(addresses[i] as number) === true) return true;
    return false;
  }

  private await(call: ToolCall): void {
    if (this.open.length >= MAX_OPEN) this.open = ArrayPrototypeSlice(this.open, 1);
    this.open[this.open.length] = call;
  }

  /* The model has seen an answer before it calls the next tool, so then it is there. */
  private readAnswers(): void {
    if (this.open.length === 0) return;
    const waiting: ToolCall[] = [];
    for (let i = 0; i < this.open.length; i++) {
      const call = this.open[i] as ToolCall;
      const answer = answerOf(call);
      if (answer === undefined) waiting[waiting.length] = call;
      else this.answered(answer, !ownFileReaders.has(call));
    }
    this.open = waiting;
  }
}

/* Somebody else's object is asked. */
function answerOf({ returned }: ToolCall): unknown {
  try {
    return returned?.();
  } catch {
    return null;
  }
}

const byName = new BoundedMap<Conversation>(MAX_CONVERSATIONS);
const byGroup = new SafeWeakMap<object, Conversation>();

/** The conversation of a call; `undefined` where nothing tells which calls belong together. */
export function conversationOf({ conversation, group }: ToolCall): Conversation | undefined {
  if (conversation === undefined && typeof group === 'object') {
    let found = byGroup.get(group);
    if (found === undefined) {
      found = new Conversation();
      byGroup.set(group, found);
    }
    return found;
  }
  const name = conversation ?? group;
  if (typeof name !== 'string') return undefined;
  const key = conversation === undefined ? `group ${name}` : `conversation ${name}`;
  let found = byName.get(key);
  if (found === undefined) {
    found = new Conversation();
    byName.set(key, found);
  }
  return found;
}

const ids = new SafeWeakMap<object, string>();
let lastId = 0;

/** A name for what the calls of a conversation share, that another process cannot have given to something else. */
export function groupIdOf({ group }: ToolCall): string {
  if (group === undefined || typeof group === 'string') return group ?? '';
  let id = ids.get(group);
  if (id === undefined) {
    id = `${process.pid}-${STARTED}-${++lastId}`;
    ids.set(group, id);
  }
  return id;
}

const STARTED = DateNow();

/** Forgets every conversation: a test begins. */
export function forgetConversations(): void {
  byName.clear();
}
