/**
 * Whether what the senses put in place is still there: the functions that stand where Node's stood, and the subscriptions
 * to diagnostics channels. Nobody is told when a property changes, so it is looked at now and then, at acts that are
 * worth a look anyway.
 *
 * Only what puts Node's own function back is tampering. Somebody who replaces ours by a function of theirs wraps us, as
 * APM agents and test tools do, and puts ours back when done; who wraps the way to the network is asked their name.
 */
import type { Sense } from './behavior.ts';
import { noteInterposer } from './interposition.ts';
import {
  ArrayIsArray,
  ArrayPrototype,
  ObjectPrototype,
  ReflectDeleteProperty,
  ReflectOwnKeys,
  StringPrototypeCharCodeAt,
} from './primordials.ts';

interface Post {
  readonly sense: Sense;
  readonly owner: Record<string | symbol, unknown>;
  readonly name: string | symbol;
  readonly ours: unknown;
  /** What stood there before. */
  readonly theirs: unknown;
  /** What was found there instead, and told or let pass. */
  met: unknown;
}

interface Channel {
  readonly hasSubscribers: boolean;
  /** Not public; where a version of Node has none, only that somebody subscribes is known. */
  readonly _subscribers?: unknown;
}

interface Subscription {
  readonly sense: Sense;
  readonly name: string;
  readonly channel: Channel;
  readonly listener: unknown;
  isTold: boolean;
}

export interface Tampering {
  readonly sense: Sense;
  readonly name: string;
  readonly what: string;
}

const posts: Post[] = [];
/* Those by which everybody reaches the network. */
const ways: Post[] = [];
const subscriptions: Subscription[] = [];
/* So many functions are looked at with every file operation and import; all of them with anything else. */
const AT_ONCE = 8;
let next = 0;

/** From now on `ours` is held in `owner[name]`. Answers how to end that. */
export function holdPost(
  sense: Sense,
  owner: object,
  name: string | symbol,
  ours: unknown,
  theirs: unknown,
): () => void {
  const post: Post = { sense, owner: owner as Post['owner'], name, ours, theirs, met: undefined };
  posts[posts.length] = post;
  if (sense === 'net') ways[ways.length] = post;
  return () => {
    remove(posts, post);
    remove(ways, post);
  };
}

/** From now on it is noticed when something else stands in `owner[name]`, which we leave as it is. */
export function watchPost(sense: Sense, owner: object, name: string): () => void {
  const original = (owner as Post['owner'])[name];
  return holdPost(sense, owner, name, original, original);
}

/** From now on `listener` listens to the channel. Answers how to end that. */
export function holdSubscription(sense: Sense, name: string, channel: Channel, listener: unknown): () => void {
  const subscription: Subscription = { sense, name, channel, listener, isTold: false };
  subscriptions[subscriptions.length] = subscription;
  return () => remove(subscriptions, subscription);
}

function remove<T>(list: T[], item: T): void {
  let to = 0;
  for (let i = 0; i < list.length; i++) if (list[i] !== item) list[to++] = list[i] as T;
  list.length = to;
}

/** A module has run: whether it stands in the way to the network from now on. Who that is is asked of `interposition.ts`. */
export function noteReplacedWays(): void {
  for (let i = 0; i < ways.length; i++) {
    const post = ways[i] as Post;
    const now = post.owner[post.name];
    // Node's own function, put back, is tampering: `findTampering` tells.
    if (now === post.ours || now === post.met || now === post.theirs) continue;
    post.met = now;
    noteInterposer(nameOf(post.name), now);
  }
}

/** What was not tampered with when it was last asked, and is now; each once. Bounded, some 10 ns a function. */
export function findTampering(everything: boolean): Tampering | undefined {
  const count = everything || posts.length < AT_ONCE ? posts.length : AT_ONCE;
  for (let i = 0; i < count; i++) {
    if (next >= posts.length) next = 0;
    const post = posts[next++] as Post;
    const now = post.owner[post.name];
    if (now === post.ours || now === post.met) continue;
    post.met = now;
    if (now === post.theirs) {
      return { sense: post.sense, name: nameOf(post.name), what: 'its own function was put back in the place of ours' };
    }
    if (post.sense === 'net') noteInterposer(nameOf(post.name), now);
  }
  if (!everything) return undefined;
  for (let i = 0; i < subscriptions.length; i++) {
    const one = subscriptions[i] as Subscription;
    if (one.isTold || isSubscribed(one)) continue;
    one.isTold = true;
    return { sense: one.sense, name: one.name, what: 'our subscription was taken off the channel' };
  }
  return undefined;
}

function isSubscribed({ channel, listener }: Subscription): boolean {
  if (!channel.hasSubscribers) return false;
  const { _subscribers: list } = channel;
  if (!ArrayIsArray(list)) return true;
  for (let i = 0; i < list.length; i++) if (list[i] === listener) return true;
  return false;
}

/**
 * Takes away what would swallow the elements that others store in arrays: elements, or setters for them, of the
 * prototypes of arrays. Answers which prototype had any. As far as somebody has made them unremovable they stay.
 */
export function clearArrays(): 'Array.prototype' | 'Object.prototype' | undefined {
  if (ArrayPrototype.length !== 0) {
    clearIndices(ArrayPrototype);
    try {
      ArrayPrototype.length = 0;
    } catch {
      // Something unremovable.
    }
    return 'Array.prototype';
  }
  return clearIndices(ObjectPrototype) ? 'Object.prototype' : undefined;
}

/* Indices come first among the keys of an object. */
function clearIndices(prototype: object): boolean {
  const keys = ReflectOwnKeys(prototype);
  let i = 0;
  for (; i < keys.length && isIndex(keys[i] as string | symbol); i++)
    ReflectDeleteProperty(prototype, keys[i] as string);
  return i > 0;
}

function isIndex(key: string | symbol): boolean {
  if (typeof key !== 'string') return false;
  const first = StringPrototypeCharCodeAt(key, 0);
  return first >= 48 && first <= 57;
}

function nameOf(name: string | symbol): string {
  return typeof name === 'string' ? name : 'a symbol';
}
