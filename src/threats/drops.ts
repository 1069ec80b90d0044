import { BoundedMap } from '../voltage/bounded-map.ts';
import { EXFILTRATION_WINDOW, MAX_DROPS } from './thresholds.ts';

interface Drop {
  readonly by: string;
  readonly family: string | undefined;
  readonly time: number;
}

/**
 * Files that somebody filled after reading a secret. Whoever else takes one up carries the secret on: the read and the
 * sending are split over two packages.
 */
export class Drops {
  private readonly files = new BoundedMap<Drop>(MAX_DROPS);

  add(path: string, by: string, family: string | undefined, time: number): void {
    this.files.set(path, { by, family, time });
  }

  /** The drop at this path that somebody else made. */
  taken(path: string, by: string, time: number): Drop | undefined {
    const drop = this.files.peek(path);
    if (drop === undefined || drop.by === by || time - drop.time > EXFILTRATION_WINDOW * 1000) return undefined;
    return drop;
  }

  get isEmpty(): boolean {
    return this.files.size === 0;
  }
}
