import type { ElectionFigures, ElectionRecord } from '../protocol/index.js';
import { BucketCounts, ELECTION_BOUNDS_MS } from './bucket-counts.js';

/** The campaigns of one life of a replica, as metrics. Each replica counts its own, so that all of them add up. */
export class ElectionCounts {
  readonly #byCause: Record<string, number> = {};
  readonly #failedByOutcome: Record<string, number> = {};
  readonly #rejectionsByReason: Record<string, number> = {};
  readonly #duration = new BucketCounts(ELECTION_BOUNDS_MS);
  readonly #writeGap = new BucketCounts(ELECTION_BOUNDS_MS);
  #splitVotes = 0;

  add(record: ElectionRecord): void {
    const { phases, unavailableMs } = record;
    if (record.leader !== null) bump(this.#byCause, record.cause);
    else bump(this.#failedByOutcome, record.outcome);
    if (record.splitVote) this.#splitVotes++;
    for (const { granted, reason } of record.votes)
      if (!granted) bump(this.#rejectionsByReason, reason);
    if (phases.commitMs !== null)
      this.#duration.add((phases.preVoteMs ?? 0) + (phases.voteMs ?? 0) + phases.commitMs);
    if (unavailableMs !== null) this.#writeGap.add(unavailableMs);
  }

  read(): ElectionFigures {
    return {
      byCause: { ...this.#byCause },
      failedByOutcome: { ...this.#failedByOutcome },
      splitVotes: this.#splitVotes,
      rejectionsByReason: { ...this.#rejectionsByReason },
      duration: this.#duration.read(),
      writeGap: this.#writeGap.read(),
    };
  }
}

function bump(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
