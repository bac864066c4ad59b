import type { StoreResult } from '../../protocol/index.js';
import type { RangeValue, StorePort } from '../storage/store-port.js';
import { COMPACT_REVISION_KEY } from './registry-feed.js';

type Answer = StoreResult<RangeValue>;

/**
 * The store's current revision, linearizably: at least that of every write acknowledged before the call. One cheap read
 * serves all who wait. Who comes while one is under way joins the next, since the one under way may have been answered
 * before his write was.
 */
export class ReadBarrier {
  readonly #store: StorePort;
  #running: Promise<Answer> | undefined;
  #next: Promise<Answer> | undefined;

  constructor(store: StorePort) {
    this.#store = store;
  }

  revision(): Promise<Answer> {
    if (this.#running === undefined) return this.#read();
    this.#next ??= this.#running.then(() => this.#read());
    return this.#next;
  }

  #read(): Promise<Answer> {
    this.#next = undefined;
    const running = this.#store.range({ key: COMPACT_REVISION_KEY, countOnly: true });
    this.#running = running.then((answer) => {
      this.#running = undefined;
      return answer;
    });
    return this.#running;
  }
}
