import type { Chain } from '../../src/behavior.ts';
import { SafeSet } from '../../src/primordials.ts';
import type { OpenAct } from './open-act.ts';

/** A request told of at a higher level (http, undici, fetch), whose connection is therefore no second act. */
export interface RequestAct {
  /** What the request was reported to lead to; `undefined` when that is not known yet. */
  target: string | undefined;
  act: OpenAct;
  refusal: Error | undefined;
  /** Whose request it is, where that was found out. */
  chain?: Chain | undefined;
  /** A secret was found in it already. */
  carries?: boolean;
  /** A connection was opened for it and ends its act. */
  claimed: boolean;
}

/** Names seen lately. Two generations bound the memory; the older one is dropped whole. */
export class RecentNames {
  private recent = new SafeSet<string>();
  private older = new SafeSet<string>();
  private readonly capacity: number;

  constructor(capacity = 512) {
    this.capacity = capacity;
  }

  has(name: string): boolean {
    return this.recent.has(name) || this.older.has(name);
  }

  add(name: string): void {
    if (this.recent.size >= this.capacity) {
      this.older = this.recent;
      this.recent = new SafeSet();
    }
    this.recent.add(name);
  }
}

/**
 * What is happening right now on this stack, and what was told of lately: how the parts of the net sense know that
 * Node does one thing because of another. Everything dropped because of it must have been reported already, with the
 * same target, so that nobody can hide an act by imitating Node.
 */
export class NetFlow {
  /** False once the sense is switched off: wrappers that others still hold then only pass through. */
  live = true;
  /** The request for which an http agent opens a connection on this very stack. */
  request: RequestAct | undefined = undefined;
  /** The request for which undici opens a connection on this very stack. */
  connecting: RequestAct | undefined = undefined;
  /** The host that a connect, listen or send on this very stack resolves. */
  resolving: string | undefined = undefined;
  /** Targets of requests, by which a later connection is recognised. */
  readonly requested = new RecentNames();
  /** Hosts that were reported and that Node may still have to resolve (queued datagrams, pooled requests). */
  readonly hosts = new RecentNames();
}
