import { VoteReason } from '../protocol/index.js';
import type { CampaignOutcome, ElectionEvidence, ElectionRecord } from '../protocol/index.js';
import { attribute } from './attribute.js';
import { endOf } from './campaign-end.js';
import { leaderBefore } from './leaders.js';
import { votesOf } from './votes.js';
import { writesEndedMs } from './write-gap.js';

/** The record that follows from what is known so far. */
export function recordOf(evidence: ElectionEvidence): ElectionRecord {
  const { campaign, witnesses } = evidence;
  const verdict = attribute(evidence);
  const { startedMs, votingMs, wonMs, committedMs, firstWriteMs } = campaign;
  // Its own pre-vote counts at once: where there is none, it asked for votes straight away.
  const askedBefore = votingMs === null || campaign.preVotes.length > 0;
  const preVotes = askedBefore ? votesOf(campaign, 'pre-vote', witnesses) : [];
  const votes = votingMs === null ? preVotes : votesOf(campaign, 'vote', witnesses);
  const won = wonMs !== null;
  const outcome = outcomeOf(evidence);
  return {
    term: campaign.term,
    leader: won ? campaign.candidate : null,
    candidate: campaign.candidate,
    cause: verdict.cause,
    causeDetail: verdict.detail,
    votes,
    phases: {
      detectMs: between(campaign.silentSinceMs, startedMs),
      preVoteMs: askedBefore ? between(startedMs, votingMs) : null,
      voteMs: between(votingMs, wonMs),
      commitMs: between(wonMs, committedMs),
      firstWriteMs: between(committedMs, firstWriteMs),
    },
    unavailableMs: between(writesEndedMs(evidence, verdict), committedMs),
    electedAt: campaign.electedAt,
    id: campaign.id,
    outcome,
    splitVote:
      outcome === 'not-elected' && votes.some(({ reason }) => reason === VoteReason.alreadyVoted),
    attempts: campaign.attempts,
    previousLeader: leaderBefore(evidence)?.leader ?? null,
    preVotes,
    logs: witnesses.map(({ log }) => log),
    complete: isComplete(evidence),
    evidence,
  };
}

/** A candidate that died on the way asks no more. */
function outcomeOf(evidence: ElectionEvidence): CampaignOutcome {
  const { outcome, votingMs } = evidence.campaign;
  if (outcome !== 'running' || endOf(evidence) === null) return outcome;
  return votingMs === null ? 'ended-in-pre-vote' : 'not-elected';
}

/** Every voter has told all that it can: what it saw to the end of the campaign or of that life, or that its life began later. */
export function isComplete(evidence: ElectionEvidence): boolean {
  const { voters, startedMs } = evidence.campaign;
  const endedMs = endOf(evidence);
  if (endedMs === null) return false;
  return voters.every((voter) =>
    evidence.witnesses.some(
      ({ replica, sinceMs, watchedUntilMs, over }) =>
        replica === voter && (over === true || watchedUntilMs >= endedMs || sinceMs > startedMs),
    ),
  );
}

function between(fromMs: number | null, toMs: number | null): number | null {
  if (fromMs === null || toMs === null) return null;
  return Math.round(Math.max(0, toMs - fromMs) * 1000) / 1000;
}
