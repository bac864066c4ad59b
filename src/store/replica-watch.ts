import { isEmptyRange, mvccError } from '../mvcc/index.js';
import type { WatchHandle } from '../mvcc/index.js';
import type { ActorId } from '../base/index.js';
import type { StreamCall } from '../actor/index.js';
import type { StoreError, WatchBatch, WatchRequest } from '../protocol/index.js';
import type { WatcherLag } from './open-replica.js';
import type { StateMachine } from './state-machine.js';

const RECORDS_PER_TURN = 4096;
const PROGRESS_NOTIFY_MS = 5000;

type WatchCall = StreamCall<WatchRequest, WatchBatch>;

/**
 * Feeds watch streams from the state machine. When a consumer's window is full nothing is queued beyond the batch in hand:
 * the watcher catches up from the history when there is room again.
 */
export class ReplicaWatches {
  readonly #machine: StateMachine;
  readonly #lag: WatcherLag;
  #progressMs = 0;
  readonly #open = new Map<WatchCall, WatchHandle>();
  #refusal: StoreError | undefined;

  constructor(machine: StateMachine, lag: WatcherLag) {
    this.#machine = machine;
    this.#lag = lag;
  }

  serve(call: WatchCall): void {
    if (this.#refusal !== undefined) {
      call.fail(this.#refusal);
      return;
    }
    if (isEmptyRange(call.request)) {
      call.fail(mvccError('empty-watch-range'));
      return;
    }
    const watch = { over: false };
    const handle = this.#machine.watch(call.request, {
      onBatch: (batch) => call.send(batch),
      onCompacted: (compactRevision) => {
        watch.over = true;
        this.#open.delete(call);
        call.fail({ ...mvccError('compacted'), details: { compactRevision } });
      },
    });
    if (watch.over) return;
    this.#open.set(call, handle);
    call.onDrain(() => {
      handle.resume();
    });
    call.onCancel(() => {
      this.#open.delete(call);
      handle.cancel();
    });
  }

  requestProgress(of: ActorId): void {
    for (const [call, handle] of [...this.#open]) if (call.from.id === of) handle.requestProgress();
  }

  /** Those that are behind go on. True: there is more to do, in a later turn. */
  catchUp(): boolean {
    if (this.#lag.behind) this.#lag.behind = this.#machine.catchUpWatchers(RECORDS_PER_TURN);
    return this.#lag.behind;
  }

  tick(nowMs: number): void {
    if (nowMs - this.#progressMs < PROGRESS_NOTIFY_MS) return;
    this.#progressMs = nowMs;
    this.#machine.notifyProgress();
  }

  /** Ends every watch, and refuses new ones, until `admit`. */
  refuse(error: StoreError): void {
    this.#refusal = error;
    for (const [call, handle] of [...this.#open]) {
      this.#open.delete(call);
      handle.cancel();
      call.fail(error);
    }
  }

  admit(): void {
    this.#refusal = undefined;
  }
}
