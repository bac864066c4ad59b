import { assert } from './assert.js';

/** A first-in, first-out queue of at most `capacity` items that reuses its slots. */
export class RingBuffer<T> {
  readonly capacity: number;
  #slots: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  constructor(capacity: number) {
    assert(Number.isSafeInteger(capacity) && capacity > 0, `bad capacity ${String(capacity)}`);
    this.capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  get full(): boolean {
    return this.#length === this.capacity;
  }

  /** Appends; false where it is full (the item is not taken). */
  push(item: T): boolean {
    if (this.full) return false;
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length) % this.#slots.length] = item;
    this.#length++;
    return true;
  }

  /** Appends, and drops the oldest item where it is full. Returns the dropped item. */
  pushDroppingOldest(item: T): T | undefined {
    const dropped = this.full ? this.shift() : undefined;
    this.push(item);
    return dropped;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#length--;
    return item;
  }

  /** The item `offset` places behind the oldest. */
  at(offset: number): T | undefined {
    if (offset < 0 || offset >= this.#length) return undefined;
    return this.#slots[(this.#head + offset) % this.#slots.length];
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let offset = 0; offset < this.#length; offset++) yield this.at(offset) as T;
  }

  #grow(): void {
    const items = [...this];
    this.#slots = items;
    this.#slots.length = Math.min(this.capacity, Math.max(8, items.length * 2));
    this.#head = 0;
  }
}
