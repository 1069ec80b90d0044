import { SafeMap } from '../primordials.ts';

/**
 * A cache that never holds more than two generations of `capacity` entries: when the newer one is full, the older one
 * is dropped whole. Costs one look-up for a recent key, and no bookkeeping.
 */
export class BoundedCache<V> {
  private recent = new SafeMap<string, V>();
  private older = new SafeMap<string, V>();
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get(key: string): V | undefined {
    const value = this.recent.get(key);
    if (value !== undefined) return value;
    const old = this.older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.recent.size >= this.capacity) {
      this.older = this.recent;
      this.recent = new SafeMap();
    }
    this.recent.set(key, value);
  }

  get size(): number {
    return this.recent.size + this.older.size;
  }
}
