import { VoteReason } from '../protocol/index.js';
import type {
  CampaignFacts,
  CampaignPhase,
  ElectionVote,
  Witness,
  WitnessEvent,
} from '../protocol/index.js';

type Answer = Extract<WitnessEvent, { readonly is: 'answered' }>;

/** Every vote of a phase: what the candidate received, and where nothing came, what the voter says that it answered. */
export function votesOf(
  campaign: CampaignFacts,
  phase: CampaignPhase,
  witnesses: readonly Witness[],
): ElectionVote[] {
  const received = phase === 'vote' ? campaign.votes : campaign.preVotes;
  return campaign.voters.map((voter) => {
    const known = received.find((vote) => vote.voter === voter);
    if (known !== undefined) return known;
    // Its own is given with the question, and counts once it is durable.
    if (voter === campaign.candidate) return { voter, granted: true, reason: VoteReason.self };
    const answer = lastAnswer(
      campaign,
      phase,
      witnesses.find(({ replica }) => replica === voter),
    );
    if (answer === undefined) return { voter, granted: false, reason: VoteReason.noAnswer };
    // A vote that was given and not received counted for nothing.
    const reason = answer.granted ? VoteReason.answerLost : answer.reason;
    return { voter, granted: false, reason };
  });
}

function lastAnswer(
  { candidate, term, endedMs }: CampaignFacts,
  phase: CampaignPhase,
  voter: Witness | undefined,
): Answer | undefined {
  let last: Answer | undefined;
  for (const event of voter?.events ?? []) {
    if (event.is !== 'answered' || event.phase !== phase || event.candidate !== candidate) continue;
    if (event.term === term && event.atMs <= (endedMs ?? Infinity)) last = event;
  }
  return last;
}
