import { type Result, failed, ok } from '../base/index.js';
import { EntryRuns } from './entry-runs.js';
import {
  type Frame,
  type FrameEncoder,
  type FrameError,
  type FrameRecords,
  messageOf,
  type PackedEntry,
} from './frame.js';
import { DEFINITION, Head, HEAD_BYTES, NAMES_MAX, Records, writeHead } from './frame-entry.js';
import { packBehind, packInPlace, Packr, RECORDS_MAX, refuseFunction } from './msgpackr.js';
import { SharedRecords } from './shared-records.js';
import { collectTransfers, takeBackTransfers } from './transfer.js';

export function createFrameEncoder(records: FrameRecords = 'connection'): FrameEncoder {
  return new Encoder(records);
}

export function packEntry(
  kind: number,
  name: string,
  id: number,
  value: unknown,
): Result<PackedEntry, FrameError> {
  try {
    return ok({ name, bytes: packAlone(kind, 0, id, value) });
  } catch (error) {
    return notEncodable(error);
  }
}

const ADDED = ok(undefined);

class Encoder implements FrameEncoder {
  readonly #alone: boolean;
  readonly #shared: SharedRecords | undefined;
  readonly #runs = new EntryRuns();
  readonly #names = new Map<string, number>();
  #packr: Packr;
  #fresh = true;
  #transfers: ArrayBuffer[] = [];
  #transferBytes = 0;
  /** What msgpackr writes to now. */
  #memory: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(records: FrameRecords) {
    this.#alone = records === 'frame';
    this.#shared = records instanceof SharedRecords ? records : undefined;
    this.#packr = this.#shared?.packr ?? (this.#alone ? alonePackr : createPackr('connection'));
  }

  get bytes(): number {
    return this.#runs.bytes + this.#transferBytes;
  }

  add(kind: number, name: string, id: number, value: unknown): Result<void, FrameError> {
    const before = this.#transfers.length;
    collectTransfers(this.#transfers);
    try {
      this.#pack(this.#packr, this.#records, kind, this.#numberOf(name), id, value);
    } catch (error) {
      takeBackTransfers(this.#transfers, before);
      if (!this.#alone && this.#shared === undefined) {
        // Records may have been assigned whose definition never leaves: both sides start anew.
        this.#packr = createPackr('connection');
        this.#fresh = true;
      }
      return notEncodable(error);
    } finally {
      collectTransfers(undefined);
    }
    this.#fresh = false;
    for (let i = before; i < this.#transfers.length; i++)
      this.#transferBytes += this.#transfers[i]?.byteLength ?? 0;
    return ADDED;
  }

  addAlone(kind: number, id: number, value: unknown): Result<void, FrameError> {
    try {
      this.#pack(alonePackr, Records.alone, kind, 0, id, value);
      return ADDED;
    } catch (error) {
      return notEncodable(error);
    }
  }

  addPacked({ name, bytes }: PackedEntry): Result<void, FrameError> {
    let number;
    try {
      number = this.#numberOf(name);
    } catch (error) {
      return notEncodable(error);
    }
    new DataView(bytes.buffer).setUint16(Head.name, number);
    this.#runs.add(bytes, 0, bytes.length);
    return ADDED;
  }

  finish(): Frame {
    const frame = { bytes: this.#runs.take(), transfers: this.#transfers };
    if (this.#transfers.length > 0) this.#transfers = [];
    this.#transferBytes = 0;
    if (this.#alone) this.#names.clear();
    return frame;
  }

  get #records(): Records {
    if (this.#alone) return Records.alone;
    if (this.#shared !== undefined) return Records.shared;
    return this.#fresh ? Records.fresh : Records.continued;
  }

  #pack(
    packr: Packr,
    records: Records,
    kind: number,
    name: number,
    id: number,
    value: unknown,
  ): void {
    const memory = packBehind(packr, value, HEAD_BYTES);
    const { start, end } = memory;
    if (this.#memory !== memory) {
      this.#memory = memory;
      this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    }
    writeHead(this.#view, start, end - start - HEAD_BYTES, kind, records, name, id);
    this.#runs.add(memory, start, end);
  }

  /** Defines the name where the other side does not know it yet. */
  #numberOf(name: string): number {
    if (name === '') return 0;
    if (this.#shared !== undefined) return this.#shared.numberOf(name);
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const number = this.#names.size + 1;
    if (number > NAMES_MAX) throw new RangeError('a connection has too many names');
    const definition = packAlone(DEFINITION, number, 0, name);
    this.#names.set(name, number);
    this.#runs.add(definition, 0, definition.length);
    return number;
  }
}

/** It keeps nothing from one value to the next, so that all may share it. */
const alonePackr = createPackr('frame');

/** A whole entry in memory of its own. What is marked for transfer is copied. */
function packAlone(
  kind: number,
  name: number,
  id: number,
  value: unknown,
): Uint8Array<ArrayBuffer> {
  const packed = packInPlace(alonePackr, value);
  const bytes = new Uint8Array(HEAD_BYTES + packed.length);
  bytes.set(packed, HEAD_BYTES);
  writeHead(new DataView(bytes.buffer), 0, packed.length, kind, Records.alone, name, id);
  return bytes;
}

function createPackr(records: 'connection' | 'frame'): Packr {
  return new Packr({
    useRecords: true,
    sequential: records === 'connection',
    maxOwnStructures: RECORDS_MAX,
    writeFunction: refuseFunction,
  });
}

function notEncodable(error: unknown): Result<never, FrameError> {
  return failed({ code: 'not-encodable', message: messageOf(error) });
}
