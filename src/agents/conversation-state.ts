import type { ToolCall } from '../attribution/tool-call.ts';
import { printable } from '../classification/text.ts';
import {
  decodeURIComponentOf,
  encodeURIComponentOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import { conversationOf, type Remembered } from './conversations.ts';

/*
 * What a conversation knows, as one process tells it to another: that content from outside was read and that a secret
 * was taken, by whom and as which trait. `untrusted,secret`, each `principal;trait;family`, percent-encoded. Nothing of
 * what was read goes with it.
 */

const MAX_WORD = 256;

/** What the conversation of this call knows; empty when it is nothing. */
export function stateOf(call: ToolCall): string {
  const conversation = conversationOf(call);
  if (conversation?.untrusted === undefined && conversation?.secret === undefined) return '';
  return `${wordsOf(conversation.untrusted)},${wordsOf(conversation.secret)}`;
}

function wordsOf(step: Remembered | undefined): string {
  if (step === undefined) return '';
  return `${encoded(step.principal)};${encoded(step.trait)};${encoded(step.family ?? '')}`;
}

function encoded(text: string): string {
  return encodeURIComponentOf(StringPrototypeSlice(text, 0, MAX_WORD));
}

/** Another process has told what it knows. What is known here already stays as it is. */
export function takeState(call: ToolCall, text: string | undefined, time: number): void {
  if (text === undefined || text === '') return;
  const conversation = conversationOf(call);
  if (conversation === undefined) return;
  const [untrusted, secret] = StringPrototypeSplit(text, ',');
  conversation.untrusted ??= stepOf(untrusted, time);
  conversation.secret ??= stepOf(secret, time);
}

function stepOf(words: string | undefined, time: number): Remembered | undefined {
  if (words === undefined || words === '') return undefined;
  const [principal, trait, family] = StringPrototypeSplit(words, ';');
  const said = textOf(trait);
  if (said === '') return undefined;
  const kind = textOf(family);
  return {
    time,
    principal: textOf(principal),
    trait: said,
    // Where it was read matters: what goes back there is no new place.
    target: StringPrototypeStartsWith(said, CONNECT) ? StringPrototypeSlice(said, CONNECT.length) : '',
    family: kind === '' ? undefined : kind,
  };
}

const CONNECT = 'net.connect:';

/* It comes from another process, and is shown to people. */
function textOf(word: string | undefined): string {
  const text = word === undefined ? undefined : decodeURIComponentOf(word);
  return text === undefined ? '' : printable(StringPrototypeSlice(text, 0, MAX_WORD));
}
