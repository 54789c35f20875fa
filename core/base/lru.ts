// A cache with a budget: the least recently used entries leave when the costs exceed it. The newest entry always stays.

interface Held<Value> { readonly value: Value; readonly cost: number }

export class Lru<Key, Value> {
  private readonly entries = new Map<Key, Held<Value>>();
  private readonly budget: number;
  private total = 0;

  /** `budget` is in the unit of the costs given to `set`, for example bytes. */
  constructor(budget: number) {
    this.budget = budget;
  }

  /** Sum of the costs held now. */
  get cost(): number {
    return this.total;
  }

  /** The value of a key, which becomes the most recently used; undefined when it is not held. */
  get(key: Key): Value | undefined {
    const held = this.entries.get(key);
    if (held === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, held);
    return held.value;
  }

  /** Holds a value and lets old ones go until the budget is kept. */
  set(key: Key, value: Value, cost: number): void {
    this.delete(key);
    this.entries.set(key, { value, cost });
    this.total += cost;
    for (const oldest of this.entries.keys()) {
      if (this.total <= this.budget || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const held = this.entries.get(key);
    if (held === undefined) return;
    this.entries.delete(key);
    this.total -= held.cost;
  }
}
