import { ElectionCause } from '../protocol/index.js';
import type { CampaignFacts, ElectionEvidence, KnownLeader } from '../protocol/index.js';
import { BLOCKER_TEXT, CAUSE_OF_BLOCKED_LEADER, whereabouts } from './blocked.js';
import { eventsOf } from './events-of.js';
import { plainMs } from './plain-ms.js';
import type { Verdict } from './verdict.js';

/** The candidate heard nothing of a leader that nobody saw die: was the leader held up, or the candidate, or what lies between? */
export function silenceVerdict(
  { campaign, witnesses }: ElectionEvidence,
  before: KnownLeader,
): Verdict {
  const fromMs = campaign.silentSinceMs ?? sinceOf(campaign, witnesses);
  const toMs = campaign.startedMs;
  const { leader } = before;
  const silence = `${campaign.candidate} heard nothing of ${leader} for ${plainMs(toMs - fromMs)}`;
  const hung = eventsOf(witnesses, 'saw-hang').some(
    ({ of, atMs }) => of === leader && atMs <= toMs,
  );
  if (hung)
    return {
      cause: ElectionCause.leaderStall,
      detail: `${silence}: its thread did not answer the host`,
    };
  const told = witnesses.find(({ replica }) => replica === leader);
  if (told === undefined)
    return {
      cause: ElectionCause.unknown,
      detail: `${silence}, and ${leader} has not told what it saw`,
    };
  const there = whereabouts(told, fromMs, toMs);
  if (there.was === 'blocked')
    return {
      cause: CAUSE_OF_BLOCKED_LEADER[there.by],
      detail: `${silence}: ${BLOCKER_TEXT[there.by]} for ${plainMs(there.ms)}`,
    };
  const own = witnesses.find(({ replica }) => replica === campaign.candidate);
  const here = own === undefined ? undefined : whereabouts(own, fromMs, toMs);
  if (here?.was === 'blocked' && there.was === 'working')
    return {
      cause: ElectionCause.laggingReplica,
      detail: `${silence}, since ${campaign.candidate} itself lagged: ${BLOCKER_TEXT[here.by]} for ${plainMs(here.ms)}`,
    };
  if (there.was === 'working' && here?.was === 'working')
    return {
      cause: ElectionCause.partition,
      detail: `${silence}, though both were at work: messages were lost between them`,
    };
  return {
    cause: ElectionCause.unknown,
    detail: `${silence}, and what they tell of themselves does not explain it`,
  };
}

/** A candidate that heard no leader in its life listened from its start on. */
function sinceOf(campaign: CampaignFacts, witnesses: ElectionEvidence['witnesses']): number {
  const own = witnesses.find(({ replica }) => replica === campaign.candidate);
  return Math.min(own?.sinceMs ?? campaign.startedMs, campaign.startedMs);
}
