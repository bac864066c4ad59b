import { aligned } from './frame-entry.js';

interface Run {
  readonly memory: Uint8Array;
  /** A multiple of eight. */
  readonly start: number;
  end: number;
}

/**
 * The entries of a frame, where msgpackr wrote them. Those that lie behind each other there are one run, and copied at once:
 * a frame of a thousand small messages costs a few copies instead of a thousand.
 */
export class EntryRuns {
  #runs: Run[] = [];
  #last: Run | undefined;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(memory: Uint8Array, start: number, end: number): void {
    this.#bytes += aligned(end - start);
    const last = this.#last;
    if (last?.memory === memory && aligned(last.end) === start) {
      for (let at = last.end; at < start; at++) memory[at] = 0;
      last.end = end;
      return;
    }
    this.#last = { memory, start, end };
    this.#runs.push(this.#last);
  }

  /** All entries in memory of their own. What is added next begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const { memory, start, end } of this.#runs) {
      bytes.set(new Uint8Array(memory.buffer, memory.byteOffset + start, end - start), at);
      at += aligned(end - start);
    }
    this.#runs = [];
    this.#last = undefined;
    this.#bytes = 0;
    return bytes;
  }
}
