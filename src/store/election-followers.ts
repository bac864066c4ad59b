import type { StreamCall } from '../actor/index.js';
import type { ElectionRecord, StoreProtocol } from '../protocol/index.js';

type Elections = StoreProtocol['streams']['elections'];
type Follower = StreamCall<Elections['request'], Elections['item']>;

/** Those who follow the elections. One that does not keep up gets the newest when it does, and nothing of what was between. */
export class ElectionFollowers {
  readonly #newestFirst: (max: number) => readonly ElectionRecord[];
  readonly #all = new Set<Follower>();
  readonly #behind = new Set<Follower>();

  constructor(newestFirst: (max: number) => readonly ElectionRecord[]) {
    this.#newestFirst = newestFirst;
  }

  serve(call: Follower): void {
    this.#all.add(call);
    call.onCancel(() => {
      this.#all.delete(call);
      this.#behind.delete(call);
    });
    call.onDrain(() => {
      if (this.#behind.delete(call)) this.#send(call);
    });
    this.#send(call);
  }

  /** Something was learned of an election. */
  changed(): void {
    for (const follower of this.#all)
      if (follower.queuedItems === 0) this.#send(follower);
      else this.#behind.add(follower);
  }

  /** They turn to another replica. */
  end(): void {
    for (const follower of this.#all) follower.complete();
    this.#all.clear();
    this.#behind.clear();
  }

  #send(follower: Follower): void {
    follower.send({ records: this.#newestFirst(follower.request.max) });
  }
}
