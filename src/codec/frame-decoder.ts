import { assertDefined, type Result, failed, ok } from '../base/index.js';
import {
  type FrameDecoder,
  type FrameEntry,
  type FrameError,
  type FrameRecords,
  type FrameRest,
  messageOf,
  type OpenFrame,
} from './frame.js';
import { aligned, DEFINITION, Head, HEAD_BYTES, Records } from './frame-entry.js';
import { RECORDS_MAX, Unpackr } from './msgpackr.js';
import { SharedRecords } from './shared-records.js';
import { restoreTransfers } from './transfer.js';

export function createFrameDecoder(records: FrameRecords = 'connection'): FrameDecoder {
  return new Decoder(records);
}

interface Received {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** By their numbers. A frame that waits keeps the names that it came with. */
  readonly names: (string | undefined)[];
  readonly transfers: readonly ArrayBuffer[];
}

const NO_TRANSFERS: readonly ArrayBuffer[] = [];

class Decoder implements FrameDecoder {
  readonly #keepsNames: boolean;
  readonly #shared: SharedRecords | undefined;
  readonly #bounds = { start: 0, end: 0 };
  #names: (string | undefined)[] = [''];
  #unpackr: Unpackr | undefined;

  constructor(records: FrameRecords) {
    this.#keepsNames = records !== 'frame';
    this.#shared = records instanceof SharedRecords ? records : undefined;
    if (this.#shared !== undefined) this.#names = this.#shared.names;
  }

  open(
    bytes: Uint8Array,
    transfers: readonly ArrayBuffer[],
    isUrgent: (kind: number) => boolean,
  ): Result<OpenFrame, FrameError> {
    if (!this.#keepsNames) this.#names = [''];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const received: Received = { bytes, view, names: this.#names, transfers };
    const urgent: FrameEntry[] = [];
    const places: number[] = [];
    try {
      if (bytes.length === 0) throw new RangeError('it is empty');
      for (let at = 0; at < bytes.length; ) {
        const end = endOf(view, at);
        const kind = view.getUint8(at + Head.kind);
        if (kind === DEFINITION) this.#define(received, at);
        else if (isUrgent(kind)) urgent.push(this.#readUrgent(received, at));
        else places.push(at);
        at = aligned(end);
      }
    } catch (error) {
      return failed(badFrame(error));
    }
    return ok({ urgent, rest: new Rest(this, received, places) });
  }

  /** The value of an entry, whose length was checked. Throws where it cannot be read. */
  read({ view, bytes, transfers }: Received, at: number): unknown {
    const from = at + HEAD_BYTES;
    this.#bounds.start = from;
    this.#bounds.end = from + view.getUint32(at + Head.valueBytes);
    restoreTransfers(transfers);
    try {
      const value: unknown = this.#readerOf(view.getUint8(at + Head.records)).unpack(
        bytes,
        this.#bounds,
      );
      if (transfers.length > 0) restoreTransfers(NO_TRANSFERS);
      return value;
    } catch (error) {
      this.#unpackr = undefined;
      throw error;
    }
  }

  #readUrgent(received: Received, at: number): FrameEntry {
    const { view } = received;
    if (view.getUint8(at + Head.records) !== Records.alone)
      throw new RangeError('an urgent entry does not stand alone');
    const value = this.read(received, at);
    const kind = view.getUint8(at + Head.kind);
    return { kind, name: nameOf(received, at), id: view.getFloat64(at + Head.id), value };
  }

  #define(received: Received, at: number): void {
    const value = this.read(received, at);
    if (typeof value !== 'string') throw new TypeError('a name is no text');
    received.names[received.view.getUint16(at + Head.name)] = value;
  }

  #readerOf(records: number): Unpackr {
    if (records === Records.alone) return aloneUnpackr;
    if (records === Records.shared && this.#shared !== undefined) return this.#shared.unpackr;
    if (records === Records.fresh) this.#unpackr = createUnpackr();
    else if (records !== Records.continued)
      throw new RangeError(`unknown records ${String(records)}`);
    if (this.#unpackr === undefined) throw new RangeError('the frames before it are missing');
    return this.#unpackr;
  }
}

class Rest implements FrameRest {
  readonly #decoder: Decoder;
  readonly #received: Received;
  /** Where each entry begins. */
  readonly #places: readonly number[];
  #next = 0;
  kind = 0;
  name = '';
  id = 0;
  value: unknown;

  constructor(decoder: Decoder, received: Received, places: readonly number[]) {
    this.#decoder = decoder;
    this.#received = received;
    this.#places = places;
  }

  get length(): number {
    return this.#places.length - this.#next;
  }

  visit(visitor: (kind: number, id: number) => void): void {
    const { view } = this.#received;
    for (let i = this.#next; i < this.#places.length; i++) {
      const at = this.#places[i] ?? 0;
      visitor(view.getUint8(at + Head.kind), view.getFloat64(at + Head.id));
    }
  }

  next(): FrameError | undefined {
    const at = assertDefined(this.#places[this.#next++], 'the next entry of a frame');
    const { view } = this.#received;
    try {
      this.name = nameOf(this.#received, at);
      this.value = this.#decoder.read(this.#received, at);
    } catch (error) {
      return badFrame(error);
    }
    this.kind = view.getUint8(at + Head.kind);
    this.id = view.getFloat64(at + Head.id);
    return undefined;
  }
}

function nameOf({ view, names }: Received, at: number): string {
  const number = view.getUint16(at + Head.name);
  const name = names[number];
  if (name === undefined) throw new RangeError(`unknown name ${String(number)}`);
  return name;
}

/** Where the value of an entry ends. */
function endOf(view: DataView, at: number): number {
  const from = at + HEAD_BYTES;
  if (from >= view.byteLength) throw new RangeError('an entry is cut off');
  const end = from + view.getUint32(at + Head.valueBytes);
  if (end === from || end > view.byteLength) throw new RangeError('an entry has a wrong length');
  return end;
}

function createUnpackr(): Unpackr {
  return new Unpackr({
    useRecords: true,
    sequential: true,
    maxOwnStructures: RECORDS_MAX,
    copyBuffers: true,
  });
}

/** It keeps nothing from one value to the next that the next one would read. */
const aloneUnpackr = createUnpackr();

function badFrame(error: unknown): FrameError {
  return { code: 'bad-frame', message: messageOf(error) };
}
