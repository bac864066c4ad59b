import { recordBytes } from './mvcc-state.js';
import type { WatchEvent } from './request.js';

/** Pieces of a batch for a watcher that asked for fragments: as large as etcd makes them, its largest request. */
export const FRAGMENT_BYTES = 1.5 * 1024 * 1024;

/** What an event weighs in memory and, nearly, in a message. */
export function eventBytes({ kv, prevKv }: WatchEvent): number {
  return recordBytes(kv) + (prevKv === undefined ? 0 : recordBytes(prevKv));
}

/** The events in their order, in pieces of at most `bytesMax` or of one event. */
export function fragmentsOf(events: readonly WatchEvent[], bytesMax: number): WatchEvent[][] {
  const pieces: WatchEvent[][] = [];
  let piece: WatchEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const more = eventBytes(event);
    if (piece.length > 0 && bytes + more > bytesMax) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(event);
    bytes += more;
  }
  pieces.push(piece);
  return pieces;
}
