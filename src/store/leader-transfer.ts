import type { Clock, NodeId } from '../base/index.js';
import type { RawNode } from '../raft/index.js';

/** How a transfer ended: with that leader, or with none in time. */
export type TransferEnd = NodeId | 'timeout';

interface Transfer {
  readonly deadlineMs: number;
  ended(end: TransferEnd): void;
}

/** A leader that hands over on request, and says how it went (Raft thesis §3.10). */
export class LeaderTransfer {
  readonly #clock: Clock;
  readonly #node: RawNode;
  #transfer: Transfer | undefined;

  constructor(clock: Clock, node: RawNode) {
    this.#clock = clock;
    this.#node = node;
  }

  /** A transfer that is under way ends as one that took too long. `ended` is called once. */
  begin(to: NodeId, timeoutMs: number, ended: (end: TransferEnd) => void): void {
    this.#end('timeout');
    this.#transfer = { deadlineMs: this.#clock.monotonicMs() + timeoutMs, ended };
    this.#node.transferLeader(to);
  }

  /** Who leads may have changed; 0: nobody, as far as is known. */
  leaderSeen(leader: NodeId, own: NodeId): void {
    if (leader !== 0 && leader !== own) this.#end(leader);
  }

  get underway(): boolean {
    return this.#transfer !== undefined;
  }

  expire(): void {
    if ((this.#transfer?.deadlineMs ?? Infinity) <= this.#clock.monotonicMs()) this.#end('timeout');
  }

  #end(end: TransferEnd): void {
    const transfer = this.#transfer;
    this.#transfer = undefined;
    transfer?.ended(end);
  }
}
