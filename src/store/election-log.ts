import type { Log } from '../base/index.js';
import { sentence } from '../elections/index.js';
import type { ElectionRecord } from '../protocol/index.js';

/** The line of a settled election in the log of its candidate. The names of its fields are kept; docs/elections.md lists them. */
export function logElection(log: Log, record: ElectionRecord): void {
  const { phases, votes } = record;
  log.info(sentence(record), {
    event: record.leader === null ? 'campaign-failed' : 'leader-elected',
    electionId: record.id,
    term: record.term,
    leader: record.leader,
    previousLeader: record.previousLeader,
    candidate: record.candidate,
    cause: record.cause,
    causeDetail: record.causeDetail,
    outcome: record.outcome,
    attempts: record.attempts,
    splitVote: record.splitVote,
    complete: record.complete,
    votes: Object.fromEntries(votes.map(({ voter, reason }) => [voter, reason])),
    ...phases,
    unavailableMs: record.unavailableMs,
    electedAt: record.electedAt,
  });
}
