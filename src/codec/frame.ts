import { type Result, failed, ok } from '../base/index.js';
import { Packr, Unpackr } from './msgpackr.js';

/**
 * Frames are what actors send each other: one msgpack value behind one byte that says how its records are to be read.
 *
 * Plain data survives as it is: objects (fields set to `undefined` included), arrays, strings, numbers, bigints of 64 bits,
 * booleans, null, Date, Map, Set. A Uint8Array arrives as a Uint8Array of its own memory, safe to keep. Functions, symbols,
 * larger bigints and cycles cannot be encoded.
 *
 * `connection`: the shapes of objects are sent once and then referred to, so that a frame can be read only by a decoder
 * that read all frames before it. `frame`: each frame stands alone, for a link that may lose or reorder frames.
 */
export type FrameRecords = 'connection' | 'frame';

export interface FrameError {
  readonly code: 'not-encodable' | 'bad-frame';
  readonly message: string;
}

export interface FrameEncoder {
  /** The frame owns its whole ArrayBuffer, so that it can be transferred. After an error the encoder stays usable. */
  encode(value: unknown): Result<Uint8Array<ArrayBuffer>, FrameError>;
}

export interface FrameDecoder {
  decode(frame: Uint8Array): Result<unknown, FrameError>;
}

/** First byte of a frame: forget all records known so far (each connection begins so), or go on with them. */
const FRESH = 1;
const CONTINUED = 0;

/** Shapes remembered by each side of a connection; beyond it the oldest are sent anew. Kubernetes objects have many. */
const RECORDS_MAX = 1024;

export function createFrameEncoder(records: FrameRecords = 'connection'): FrameEncoder {
  let packr = createPackr(records);
  let fresh = true;
  return {
    encode(value) {
      let packed: Uint8Array;
      try {
        packed = packr.pack(value);
      } catch (error) {
        // Records may have been assigned whose definition never leaves: both sides start anew.
        packr = createPackr(records);
        fresh = true;
        return failed({ code: 'not-encodable', message: messageOf(error) });
      }
      const frame = new Uint8Array(packed.length + 1);
      frame[0] = fresh ? FRESH : CONTINUED;
      frame.set(packed, 1);
      if (records === 'connection') fresh = false;
      return ok(frame);
    },
  };
}

export function createFrameDecoder(): FrameDecoder {
  let unpackr: Unpackr | undefined;
  return {
    decode(frame) {
      if (frame[0] === FRESH) unpackr = createUnpackr();
      else if (frame[0] !== CONTINUED) return badFrame(`unknown first byte ${String(frame[0])}`);
      if (unpackr === undefined) return badFrame('the frames before it are missing');
      try {
        return ok(unpackr.unpack(frame.subarray(1)));
      } catch (error) {
        unpackr = undefined;
        return badFrame(messageOf(error));
      }
    },
  };
}

function createPackr(records: FrameRecords): Packr {
  return new Packr({
    useRecords: true,
    sequential: records === 'connection',
    maxOwnStructures: RECORDS_MAX,
    writeFunction: refuseFunction,
  });
}

function createUnpackr(): Unpackr {
  return new Unpackr({
    useRecords: true,
    sequential: true,
    maxOwnStructures: RECORDS_MAX,
    copyBuffers: true,
  });
}

function refuseFunction(): never {
  throw new TypeError('a function cannot be encoded');
}

function badFrame(message: string): Result<never, FrameError> {
  return failed({ code: 'bad-frame', message });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
