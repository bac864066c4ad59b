/** What is to happen, in order of virtual time and, within one moment, in order of being planned. A binary heap. */
export class EventQueue {
  readonly #heap: PlannedEvent[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  plan(atMs: number, run: () => void): PlannedEvent {
    const event = { atMs, sequence: this.#sequence++, run, canceled: false };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** When the next event is due that was not canceled. */
  nextMs(): number | undefined {
    let first = this.#heap[0];
    while (first?.canceled === true) {
      this.#removeFirst();
      first = this.#heap[0];
    }
    return first?.atMs;
  }

  /** The next event that was not canceled. */
  take(): PlannedEvent | undefined {
    for (;;) {
      const first = this.#removeFirst();
      if (first?.canceled !== true) return first;
    }
  }

  #removeFirst(): PlannedEvent | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (first !== last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfLess(at, parent)) return;
      at = parent;
    }
  }

  #sink(start: number): void {
    let at = start;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = left;
      if (right < this.#heap.length && this.#isLess(right, left)) least = right;
      if (least >= this.#heap.length || !this.#swapIfLess(least, at)) return;
      at = least;
    }
  }

  #swapIfLess(lower: number, upper: number): boolean {
    if (!this.#isLess(lower, upper)) return false;
    const moved = this.#heap[lower] as PlannedEvent;
    this.#heap[lower] = this.#heap[upper] as PlannedEvent;
    this.#heap[upper] = moved;
    return true;
  }

  #isLess(left: number, right: number): boolean {
    const a = this.#heap[left] as PlannedEvent;
    const b = this.#heap[right] as PlannedEvent;
    return a.atMs !== b.atMs ? a.atMs < b.atMs : a.sequence < b.sequence;
  }
}

export interface PlannedEvent {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
  /** It is passed over when its time comes. */
  canceled: boolean;
}
