import { VoteReason } from '../protocol/index.js';
import type { ElectionEvidence, ElectionRecord } from '../protocol/index.js';
import { attribute, leaderBefore } from './attribute.js';
import { votesOf } from './votes.js';

/** The record that follows from what is known so far. */
export function recordOf(evidence: ElectionEvidence): ElectionRecord {
  const { campaign, witnesses } = evidence;
  const { cause, detail, deadSinceMs } = attribute(evidence);
  const { startedMs, votingMs, wonMs, committedMs, firstWriteMs } = campaign;
  const preVotes = votesOf(campaign, 'pre-vote', witnesses);
  const votes = votingMs === null ? preVotes : votesOf(campaign, 'vote', witnesses);
  const won = wonMs !== null;
  return {
    term: campaign.term,
    leader: won ? campaign.candidate : null,
    candidate: campaign.candidate,
    cause,
    causeDetail: detail,
    votes,
    phases: {
      detectMs: between(campaign.silentSinceMs, startedMs),
      preVoteMs: votingMs === null ? null : between(startedMs, votingMs),
      voteMs: between(votingMs, wonMs),
      commitMs: between(wonMs, committedMs),
      firstWriteMs: between(committedMs, firstWriteMs),
    },
    unavailableMs: between(goneSince(campaign.silentSinceMs, deadSinceMs), committedMs),
    electedAt: campaign.electedAt,
    id: campaign.id,
    outcome: campaign.outcome,
    splitVote:
      campaign.outcome === 'not-elected' &&
      votes.some(({ reason }) => reason === VoteReason.alreadyVoted),
    attempts: campaign.attempts,
    previousLeader: leaderBefore(evidence)?.leader ?? null,
    preVotes,
    logs: witnesses.map(({ log }) => log),
    complete: isComplete(evidence),
    evidence,
  };
}

/** Every voter has told all that it can: what it saw to the end of the campaign, or that this life of it began later. */
export function isComplete({ campaign, witnesses }: ElectionEvidence): boolean {
  const { voters, startedMs, endedMs } = campaign;
  if (endedMs === null) return false;
  return voters.every((voter) =>
    witnesses.some(
      ({ replica, sinceMs, watchedUntilMs }) =>
        replica === voter && (watchedUntilMs >= endedMs || sinceMs > startedMs),
    ),
  );
}

/** Whoever knows of the earlier moment knows better. */
function goneSince(candidateMs: number | null, othersMs: number | undefined): number | null {
  if (othersMs === undefined) return candidateMs;
  return candidateMs === null ? othersMs : Math.min(candidateMs, othersMs);
}

function between(fromMs: number | null, toMs: number | null): number | null {
  if (fromMs === null || toMs === null) return null;
  return Math.round(Math.max(0, toMs - fromMs) * 1000) / 1000;
}
