import { ElectionCause } from '../protocol/index.js';
import type { CampaignFacts, ElectionEvidence, KnownLeader } from '../protocol/index.js';
import type { Whereabouts } from './blocked.js';
import { BLOCKER_TEXT, CAUSE_OF_BLOCKED_LEADER, whereabouts } from './blocked.js';
import { eventsOf } from './events-of.js';
import { plainMs } from './plain-ms.js';
import { raiseOf } from './term-raise.js';
import type { Verdict } from './verdict.js';

/** A replica heard nothing of the leader from then to then, and asked for votes. */
interface Silence {
  readonly replica: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The candidate heard nothing of a leader that nobody saw die: was the leader held up, or the candidate, or what lies between? */
export function silenceVerdict(evidence: ElectionEvidence, before: KnownLeader): Verdict {
  const { campaign, witnesses } = evidence;
  const { leader } = before;
  if (campaign.candidate !== leader)
    return verdictOn(
      {
        replica: campaign.candidate,
        fromMs: campaign.silentSinceMs ?? sinceOf(campaign, witnesses),
        toMs: campaign.startedMs,
      },
      evidence,
      before,
    );
  const silence = silenceBeforeItsFall(campaign, witnesses, before);
  if (silence === undefined)
    return {
      cause: ElectionCause.unknown,
      detail: `${leader}, the leader of term ${String(before.term)}, was a follower again, and what is told does not say why`,
    };
  return { ...verdictOn(silence, evidence, before), deadSinceMs: silence.fromMs };
}

/** The candidate led itself, until another one gave it up and raised the term: that one's silence is what counts. */
function silenceBeforeItsFall(
  campaign: CampaignFacts,
  witnesses: ElectionEvidence['witnesses'],
  { leader, term }: KnownLeader,
): Silence | undefined {
  const fall = eventsOf(
    witnesses.filter(({ replica }) => replica === leader),
    'met-higher-term',
  ).find((event) => event.led && event.term > term && event.atMs <= campaign.startedMs);
  if (fall === undefined) return undefined;
  const { by, atMs } = raiseOf(fall, witnesses);
  const heard = witnesses
    .find(({ replica }) => replica === by)
    ?.leaders.find((known) => known.term === term);
  return heard === undefined ? undefined : { replica: by, fromMs: heard.heardMs, toMs: atMs };
}

function verdictOn(
  { replica, fromMs, toMs }: Silence,
  { campaign, witnesses }: ElectionEvidence,
  { leader, term }: KnownLeader,
): Verdict {
  const silence = `${replica} heard nothing of ${leader} for ${plainMs(toMs - fromMs)}`;
  const hung = eventsOf(witnesses, 'saw-hang').some(
    ({ of, atMs }) => of === leader && atMs >= fromMs && atMs <= toMs,
  );
  const stalled: Verdict = {
    cause: ElectionCause.leaderStall,
    detail: `${silence}: its event loop did not turn`,
  };
  const told = witnesses.find((witness) => witness.replica === leader);
  if (told === undefined)
    return hung
      ? stalled
      : {
          cause: ElectionCause.unknown,
          detail: `${silence}, and ${leader} has not told what it saw`,
        };
  // Where several campaigned one after another, the silence before the first counts too.
  const firstMs = Math.min(toMs, firstCampaignMs(campaign, witnesses, term, fromMs));
  const there = firmer(whereabouts(told, fromMs, toMs), whereabouts(told, fromMs, firstMs));
  if (there.was === 'blocked')
    return {
      cause: CAUSE_OF_BLOCKED_LEADER[there.by],
      detail: `${silence}: ${BLOCKER_TEXT[there.by]} for ${plainMs(there.ms)}`,
    };
  if (hung) return stalled;
  if (campaign.silentSinceMs === null && campaign.reason === 'forced' && replica !== leader)
    return {
      cause: ElectionCause.laggingReplica,
      detail: `${replica} had just started, and not heard of ${leader} yet`,
    };
  const own = witnesses.find((witness) => witness.replica === replica);
  const here =
    own === undefined
      ? undefined
      : firmer(whereabouts(own, fromMs, toMs), whereabouts(own, fromMs, firstMs));
  if (here?.was === 'blocked' && there.was === 'working')
    return {
      cause: ElectionCause.laggingReplica,
      detail: `${silence}, since ${replica} itself lagged: ${BLOCKER_TEXT[here.by]} for ${plainMs(here.ms)}`,
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

/** Of two spans of one silence: what blocked the replica in either; at work only in both. */
function firmer(whole: Whereabouts, start: Whereabouts): Whereabouts {
  if (whole.was === 'blocked') return whole;
  if (start.was === 'blocked') return start;
  return whole.was === 'working' ? start : whole;
}

function firstCampaignMs(
  { startedMs }: CampaignFacts,
  witnesses: ElectionEvidence['witnesses'],
  termBefore: number,
  fromMs: number,
): number {
  const first = eventsOf(witnesses, 'campaigned').find(
    ({ term, atMs }) => term > termBefore && atMs > fromMs,
  );
  return Math.min(startedMs, first?.atMs ?? startedMs);
}

/** A candidate that heard no leader in its life listened from its start on. */
function sinceOf(campaign: CampaignFacts, witnesses: ElectionEvidence['witnesses']): number {
  const own = witnesses.find(({ replica }) => replica === campaign.candidate);
  return Math.min(own?.sinceMs ?? campaign.startedMs, campaign.startedMs);
}
