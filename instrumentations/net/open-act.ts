import { EventEmitter, errorMonitor } from 'node:events';
import { awaited, type Perception, senseFailed } from '../../src/perception.ts';
import { StringPrototypeIncludes, uncurryThis } from '../../src/primordials.ts';
import { ATTR_NETWORK_PEER_ADDRESS, ATTR_NETWORK_PEER_PORT, ATTR_NETWORK_TYPE } from './semconv.ts';

type Listener = (...args: never[]) => void;
const prependListener = uncurryThis<EventEmitter, (event: string | symbol, listener: Listener) => EventEmitter>(
  EventEmitter.prototype.prependListener as never,
);
const removeListener = uncurryThis<EventEmitter, (event: string | symbol, listener: Listener) => EventEmitter>(
  EventEmitter.prototype.removeListener as never,
);

/** The socket of a connection, as far as it is asked where it leads. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/* An act nobody ended (a request that was dropped before it was sent) ends when nobody can end it any more. */
const forgotten = new FinalizationRegistry<Perception>((perception) => {
  try {
    perception.end();
  } catch (error) {
    senseFailed('net', error);
  }
});

/** An act whose end comes later, from one of several places; ends its perception exactly once. */
export class OpenAct {
  private perception: Perception | undefined;

  constructor(perception: Perception | undefined) {
    this.perception = perception;
    if (perception === undefined) return;
    if (perception.habituated || awaited(perception) === undefined) this.end();
    else forgotten.register(this, perception, this);
  }

  /** Somebody still waits for the end: worth a listener. */
  get open(): boolean {
    return this.perception !== undefined;
  }

  setAttribute(name: string, value: string | number | string[]): void {
    this.perception?.setAttribute(name, value);
  }

  /** The address that the host became. */
  peer(socket: PeerSocket | null | undefined): void {
    if (this.perception === undefined || socket === null || socket === undefined) return;
    const { remoteAddress, remotePort } = socket;
    if (typeof remoteAddress !== 'string') return;
    this.perception.setAttribute(ATTR_NETWORK_PEER_ADDRESS, remoteAddress);
    this.perception.setAttribute(ATTR_NETWORK_TYPE, StringPrototypeIncludes(remoteAddress, ':') ? 'ipv6' : 'ipv4');
    if (typeof remotePort === 'number') this.perception.setAttribute(ATTR_NETWORK_PEER_PORT, remotePort);
  }

  end(error?: unknown): void {
    const { perception } = this;
    if (perception === undefined) return;
    this.perception = undefined;
    forgotten.unregister(this);
    perception.end(error);
  }
}

/**
 * Ends `act` with the first of: `success`, an error, `close`. Errors are heard through `errorMonitor`: an `error`
 * listener of ours would turn an uncaught error into a handled one.
 */
export function endWithEvent(
  emitter: EventEmitter,
  success: string,
  act: OpenAct,
  onSuccess?: (emitter: EventEmitter) => void,
): void {
  if (!act.open) return;
  const finish = (error?: unknown): void => {
    try {
      removeListener(emitter, success, succeeded);
      removeListener(emitter, errorMonitor, finish);
      removeListener(emitter, 'close', closed);
      act.end(error);
    } catch (failure) {
      senseFailed('net', failure);
    }
  };
  const succeeded = (): void => {
    try {
      onSuccess?.(emitter);
    } catch (failure) {
      senseFailed('net', failure);
    }
    finish();
  };
  const closed = (): void => finish();
  prependListener(emitter, success, succeeded);
  prependListener(emitter, errorMonitor, finish);
  prependListener(emitter, 'close', closed);
}
