import { assert, RingBuffer } from '../base/index.js';

interface Inflight {
  /** The last entry in the message. */
  readonly index: number;
  readonly bytes: number;
}

/**
 * The MsgApps that are under way to one follower: a window of at most `maxMessages`, and about
 * `maxBytes` (the message that crosses that limit is still let through).
 */
export interface Inflights {
  readonly window: RingBuffer<Inflight>;
  readonly maxBytes: number;
  bytes: number;
}

export function newInflights(maxMessages: number, maxBytes: number): Inflights {
  return { window: new RingBuffer<Inflight>(maxMessages), maxBytes, bytes: 0 };
}

export function inflightsFull(inflights: Inflights): boolean {
  return inflights.window.full || inflights.bytes >= inflights.maxBytes;
}

export function inflightsCount(inflights: Inflights): number {
  return inflights.window.length;
}

/** The window must not be full, and indexes must rise. */
export function addInflight(inflights: Inflights, index: number, bytes: number): void {
  assert(!inflightsFull(inflights), 'cannot add into a Full inflights');
  inflights.window.push({ index, bytes });
  inflights.bytes += bytes;
}

/** The follower has everything up to `index`. */
export function freeInflights(inflights: Inflights, index: number): void {
  let first = inflights.window.at(0);
  while (first !== undefined && first.index <= index) {
    inflights.bytes -= first.bytes;
    inflights.window.shift();
    first = inflights.window.at(0);
  }
}

export function resetInflights(inflights: Inflights): void {
  freeInflights(inflights, Infinity);
}
