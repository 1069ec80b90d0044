/** The last `capacity` items; older ones are forgotten. */
export class Ring<T> {
  private readonly items: T[] = [];
  private next = 0;
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.items.length;
  }

  push(item: T): void {
    this.items[this.next] = item;
    this.next = (this.next + 1) % this.capacity;
  }

  /** The newest `count` items that pass, newest first. */
  latest(count: number = this.capacity, wanted: (item: T) => boolean = () => true): T[] {
    const found: T[] = [];
    const { length } = this.items;
    for (let i = 1; i <= length && found.length < count; i++) {
      const item = this.items[(this.next - i + this.capacity) % this.capacity] as T;
      if (item !== undefined && wanted(item)) found[found.length] = item;
    }
    return found;
  }
}
