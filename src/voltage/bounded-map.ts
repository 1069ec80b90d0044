import { SafeMap } from '../primordials.ts';

/**
 * A map of bounded size. Two generations of half the capacity: when the newer one is full the older one is dropped,
 * except entries that `keep` holds on to, so that flooding the table does not make it forget a suspect.
 * Approximates least recently used without reordering on every access.
 */
export class BoundedMap<V> {
  private recent = new SafeMap<string, V>();
  private older = new SafeMap<string, V>();
  private readonly half: number;
  private readonly keep: ((value: V) => boolean) | undefined;

  constructor(capacity: number, keep?: (value: V) => boolean) {
    this.half = capacity >> 1;
    this.keep = keep;
  }

  get(key: string): V | undefined {
    const value = this.recent.get(key);
    if (value !== undefined) return value;
    const old = this.older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Looks without making the entry younger. */
  peek(key: string): V | undefined {
    return this.recent.get(key) ?? this.older.get(key);
  }

  set(key: string, value: V): void {
    if (this.recent.size >= this.half && !this.recent.has(key)) this.turn();
    this.older.delete(key);
    this.recent.set(key, value);
  }

  delete(key: string): void {
    this.recent.delete(key);
    this.older.delete(key);
  }

  get size(): number {
    return this.recent.size + this.older.size;
  }

  forEach(visit: (value: V, key: string) => void): void {
    this.older.forEach(visit);
    this.recent.forEach(visit);
  }

  clear(): void {
    this.recent.clear();
    this.older.clear();
  }

  private turn(): void {
    const kept = new SafeMap<string, V>();
    const { keep } = this;
    // At most a quarter is carried over: the bound holds even if everything is suspect.
    if (keep !== undefined) {
      this.older.forEach((value, key) => {
        if (kept.size < this.half >> 1 && keep(value)) kept.set(key, value);
      });
    }
    this.older = this.recent;
    this.recent = kept;
  }
}
