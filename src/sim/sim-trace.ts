import type { ActorId } from '../base/index.js';
import { createHasher } from '../mvcc/index.js';

/** All that happened, as a digest: the same for the same seed and the same code. */
export class SimTrace {
  readonly #hasher = createHasher();
  readonly #moment = new Float64Array(1);
  readonly #words = new Uint32Array(this.#moment.buffer);

  note(atMs: number, what: string): void {
    this.#at(atMs);
    this.#hasher.text(what);
  }

  frameArrived(atMs: number, from: ActorId, to: ActorId, bytes: number): void {
    this.#at(atMs);
    this.#hasher.text(from);
    this.#hasher.text(to);
    this.#hasher.number(bytes);
  }

  frameSent(frame: Uint8Array): void {
    this.#hasher.bytes(frame);
  }

  digest(): string {
    return this.#hasher.digest();
  }

  /** Bit by bit: to write a fraction as text takes longer than most events. */
  #at(ms: number): void {
    this.#moment[0] = ms;
    this.#hasher.number(this.#words[0] ?? 0);
    this.#hasher.number(this.#words[1] ?? 0);
  }
}
