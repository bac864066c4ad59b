import type { Clock } from '../base/index.js';
import type { ReplicaFigures } from '../protocol/index.js';

/** Writes that wait for so long while nothing is committed: the log stands still. */
const STANDSTILL_MS = 2_000;

interface Standing {
  readonly commitIndex: number;
  readonly sinceMs: number;
}

/** Whether the store has a leader, and whether its log goes on, from one look to the next. */
export class RaftProgress {
  readonly #clock: Clock;
  /** Since then writes have waited, and nothing was committed. */
  #standing: Standing | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: it goes on. */
  failure(replicas: readonly ReplicaFigures[]): string | undefined {
    const leader = replicas
      .filter(({ isLeader }) => isLeader)
      .sort((a, b) => b.commitIndex - a.commitIndex)[0];
    if (leader === undefined) {
      this.#standing = undefined;
      return 'the store has no leader';
    }
    const { commitIndex, proposalsPending, id } = leader;
    const nowMs = this.#clock.monotonicMs();
    if (proposalsPending === 0 || this.#standing?.commitIndex !== commitIndex)
      this.#standing = proposalsPending === 0 ? undefined : { commitIndex, sinceMs: nowMs };
    const standsMs = nowMs - (this.#standing?.sinceMs ?? nowMs);
    return standsMs < STANDSTILL_MS
      ? undefined
      : `${id} leads, but has committed nothing for ${String(Math.round(standsMs))} ms while writes wait`;
  }
}
