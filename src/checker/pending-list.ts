import type { AnsweredOperation } from './operation.js';

const HEAD = 0;

/**
 * The begins and ends of the operations that have no place yet, in order of time: a doubly linked list from which an
 * operation is lifted in constant time, and put back (Wing and Gong 1993). Operations are numbered by begin, from 0.
 */
export class PendingList {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** By node: the operation's number; the node is its end where the number is marked with `~`. */
  readonly #events: Int32Array;
  readonly #beginNodes: Int32Array;
  readonly #endNodes: Int32Array;

  constructor(operations: readonly AnsweredOperation<unknown, unknown>[]) {
    const events = operations.flatMap(({ begun, outcome }, number) => [
      { at: begun, event: number },
      { at: outcome.ended, event: ~number },
    ]);
    // Begins stand before ends of the same moment: what touches is concurrent.
    events.sort((a, b) => a.at - b.at || Number(a.event < 0) - Number(b.event < 0));
    const nodes = events.length + 1;
    this.#events = new Int32Array(nodes);
    this.#next = Int32Array.from({ length: nodes }, (_, node) => (node + 1) % nodes);
    this.#previous = Int32Array.from({ length: nodes }, (_, node) => (node + nodes - 1) % nodes);
    this.#beginNodes = new Int32Array(operations.length);
    this.#endNodes = new Int32Array(operations.length);
    for (const [place, { event }] of events.entries()) {
      this.#events[place + 1] = event;
      if (event >= 0) this.#beginNodes[event] = place + 1;
      else this.#endNodes[~event] = place + 1;
    }
  }

  /**
   * The pending operation that begins next after operation `after` (-1: the first), if it begins before any pending one
   * ends: only such an operation can come next. Else -1.
   */
  nextCandidate(after: number): number {
    const node = at(this.#next, after < 0 ? HEAD : at(this.#beginNodes, after));
    return node === HEAD ? -1 : Math.max(-1, at(this.#events, node));
  }

  /** The pending operation that ends first, or -1. */
  firstToEnd(): number {
    for (let node = at(this.#next, HEAD); node !== HEAD; node = at(this.#next, node)) {
      const event = at(this.#events, node);
      if (event < 0) return ~event;
    }
    return -1;
  }

  lift(number: number): void {
    this.#unlink(at(this.#beginNodes, number));
    this.#unlink(at(this.#endNodes, number));
  }

  /** Undoes the last `lift` that was not undone: that of `number`. */
  putBack(number: number): void {
    this.#link(at(this.#endNodes, number));
    this.#link(at(this.#beginNodes, number));
  }

  #unlink(node: number): void {
    const [previous, next] = [at(this.#previous, node), at(this.#next, node)];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #link(node: number): void {
    this.#next[at(this.#previous, node)] = node;
    this.#previous[at(this.#next, node)] = node;
  }
}

function at(array: Int32Array, index: number): number {
  return array[index] as number;
}
