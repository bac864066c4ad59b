import type { Result } from '../base/index.js';
import type { SharedRecords } from './shared-records.js';

/**
 * Frames are what actors send each other: a row of entries, added one at a time, that leave together. Each is a msgpack value,
 * and a kind, a name and a number by which the two sides know what it is for.
 *
 * Plain data survives as it is: objects (fields set to `undefined` included), arrays, strings, numbers, bigints of 64 bits,
 * booleans, null, Date, Map, Set. A Uint8Array arrives as a Uint8Array of its own memory, safe to keep. Functions, symbols,
 * larger bigints and cycles cannot be encoded.
 *
 * `connection`: the shapes of objects, and names, are sent once and then referred to, so that a frame can be read only by a
 * decoder that read all frames before it. `frame`: each frame stands alone, for a link that may lose or reorder frames; so it
 * does by `SharedRecords`, whose frames can be read only where they were made.
 */
export type FrameRecords = 'connection' | 'frame' | SharedRecords;

export interface FrameEntry {
  /** 1 to 255. */
  readonly kind: number;
  /** One of a few (65,535 at most in a connection): it is sent once. */
  readonly name: string;
  readonly id: number;
  readonly value: unknown;
}

/** An entry as it was when it was packed, for a frame that it joins later. */
export interface PackedEntry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface FrameError {
  readonly code: 'not-encodable' | 'bad-frame';
  readonly message: string;
}

export interface Frame {
  /** It owns its whole ArrayBuffer, so that it can be transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The memory of what was marked by `transfer`, which travels beside the frame. */
  readonly transfers: readonly ArrayBuffer[];
}

export interface FrameEncoder {
  /** Adds an entry, as it is now. After an error nothing of it is in the frame, and the encoder stays usable. */
  add(kind: number, name: string, id: number, value: unknown): Result<void, FrameError>;
  /** As `add`, for an entry that is urgent to its receiver (see `FrameDecoder`). It has no name, and nothing to transfer. */
  addAlone(kind: number, id: number, value: unknown): Result<void, FrameError>;
  addPacked(packed: PackedEntry): Result<void, FrameError>;
  /** How much was added since the last frame, transfers included. */
  readonly bytes: number;
  /** Ends the frame; what is added next begins another. */
  finish(): Frame;
}

export interface FrameDecoder {
  /**
   * Takes the next frame of the connection. Entries of the kinds that `isUrgent` names are decoded now (their sender has packed
   * them with `packEntry` or `addAlone`), the others when they are asked for, so that a frame that waits is no more than its bytes. All
   * entries of a frame have to be read before those of the next one.
   */
  open(
    bytes: Uint8Array,
    transfers: readonly ArrayBuffer[],
    isUrgent: (kind: number) => boolean,
  ): Result<OpenFrame, FrameError>;
}

export interface OpenFrame {
  readonly urgent: readonly FrameEntry[];
  readonly rest: FrameRest;
}

/** The entries of a frame that are not urgent, in order: itself the one that `next` came to. */
export interface FrameRest extends FrameEntry {
  /** How many follow. */
  readonly length: number;
  /** Visits those that follow, without decoding them. */
  visit(visitor: (kind: number, id: number) => void): void;
  /**
   * Goes to the next one and decodes it; there must be one. After an error nothing more of the connection can be read until its
   * encoder starts anew.
   */
  next(): FrameError | undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
