import { ElectionCause } from '../protocol/index.js';
import type {
  CampaignFacts,
  ElectionEvidence,
  KnownLeader,
  LeavingReason,
  Witness,
} from '../protocol/index.js';
import { eventsOf } from './events-of.js';
import type { EventOf } from './events-of.js';
import { quorumVerdict } from './quorum-loss.js';
import { silenceVerdict } from './silence.js';
import { plainMs } from './plain-ms.js';
import type { Verdict } from './verdict.js';

/**
 * Why there was this election, from what the replicas saw and nothing else. What was observed outright (a death, a farewell,
 * a transfer) comes first; a silence is explained by what the replicas tell of themselves, and stays `unknown` until they have.
 */
export function attribute(evidence: ElectionEvidence): Verdict {
  const { campaign } = evidence;
  const before = leaderBefore(evidence);
  const farewell = farewellOf(evidence, before);
  if (farewell !== undefined) return farewell;
  if (campaign.reason === 'transfer')
    return {
      cause: ElectionCause.transfer,
      detail: `${before?.leader ?? 'the leader'} handed over to ${campaign.candidate}`,
    };
  if (before === undefined) return startVerdict(campaign, evidence.witnesses);
  return (
    deathVerdict(evidence, before) ??
    higherTermVerdict(evidence, before) ??
    quorumVerdict(evidence, before) ??
    silenceVerdict(evidence, before)
  );
}

/** The leader of the highest term below that of the campaign that anyone knew when it began. */
export function leaderBefore({ campaign, witnesses }: ElectionEvidence): KnownLeader | undefined {
  const known: KnownLeader[] = witnesses.flatMap(({ leaders }) =>
    leaders.filter(({ sinceMs }) => sinceMs <= campaign.startedMs),
  );
  if (campaign.leaderBefore !== null) known.push(campaign.leaderBefore);
  let newest: KnownLeader | undefined;
  for (const one of known)
    if (one.term < campaign.term && one.term > (newest?.term ?? -1)) newest = one;
  return newest;
}

/** A hang that the host has found ends within this time, in the thread's death or by itself. */
const HANG_MS_MAX = 60_000;

const RECENT_MS = 500;

/** A farewell explains an election as long as a hand-over, or its failure, may take. */
const HANDOVER_MS_MAX = 2000;

const FAREWELLS: Readonly<Record<LeavingReason, { cause: ElectionCause; text: string }>> = {
  stopping: { cause: ElectionCause.leaderStopped, text: 'was stopped, and handed over' },
  corrupt: {
    cause: ElectionCause.leaderCorrupt,
    text: 'found that its data differs from the majority, and handed over',
  },
  moved: { cause: ElectionCause.transfer, text: 'was told to hand over' },
};

function farewellOf(
  { campaign, witnesses }: ElectionEvidence,
  before: KnownLeader | undefined,
): Verdict | undefined {
  for (const { atMs, of, why } of eventsOf(witnesses, 'told-leaving')) {
    const agoMs = campaign.campaignMs - atMs;
    if (of !== before?.leader || agoMs < 0 || agoMs > HANDOVER_MS_MAX) continue;
    const { cause, text } = FAREWELLS[why];
    return { cause, detail: `${of} ${text}` };
  }
  return undefined;
}

function startVerdict(campaign: CampaignFacts, witnesses: readonly Witness[]): Verdict {
  const heard = witnesses.length;
  const all = campaign.voters.length;
  const detail =
    heard > 1
      ? `${String(heard)} of ${String(all)} replicas tell that they heard no leader since they started`
      : `${campaign.candidate} has heard no leader since it started`;
  return { cause: ElectionCause.clusterStart, detail };
}

function deathVerdict(
  { campaign, witnesses }: ElectionEvidence,
  before: KnownLeader,
): Verdict | undefined {
  const seen = eventsOf(witnesses, 'saw-death')
    .filter(({ of, led, term }) => led && of === before.leader && term === before.term)
    .filter(({ atMs }) => atMs <= campaign.campaignMs);
  const first = seen[0];
  if (first === undefined) return undefined;
  const deadSinceMs = Math.min(...seen.map(({ atMs }) => atMs));
  const exit = eventsOf(witnesses, 'learned-exit').find(
    ({ of, incarnation }) => of === first.of && incarnation === first.incarnation,
  );
  // One that was killed meanwhile is dead for that reason.
  const hung =
    exit === undefined &&
    eventsOf(witnesses, 'saw-hang').some(
      ({ of, atMs }) => of === first.of && atMs <= deadSinceMs && atMs > deadSinceMs - HANG_MS_MAX,
    );
  const life = `life ${String(first.incarnation)} of ${first.of}`;
  // The watchdog ends a thread whose loop stands still: the stall is what came first.
  if (hung || exit?.why.startsWith('stalled: ') === true)
    return {
      cause: ElectionCause.leaderStall,
      detail: `${life} hung and was ended${exit === undefined ? '' : ` (${exit.why})`}`,
      deadSinceMs,
    };
  return {
    cause: ElectionCause.leaderCrash,
    detail: `${life} ended while it was the leader${exit === undefined ? '' : `: ${exit.why}`}`,
    deadSinceMs,
  };
}

function higherTermVerdict(
  { campaign, witnesses }: ElectionEvidence,
  before: KnownLeader,
): Verdict | undefined {
  const own = witnesses.filter(({ replica }) => replica === before.leader);
  for (const event of eventsOf(own, 'met-higher-term')) {
    // A vote for this campaign, or its winner's first message, is its consequence.
    if (!event.led || event.atMs > campaign.startedMs || event.term <= before.term) continue;
    if (!ledAfter(raisedMs(event, witnesses), event.by, before, witnesses)) continue;
    return {
      cause: ElectionCause.termRaised,
      detail: `${event.by} came back with term ${String(event.term)}, and ${before.leader}, the leader of term ${String(before.term)}, stepped down ${plainMs(campaign.startedMs - event.atMs)} before the campaign`,
    };
  }
  return undefined;
}

/** When the term was raised: with a campaign of the replica that brought it. Unknown: not long before. */
function raisedMs(
  { by, term, atMs }: EventOf<'met-higher-term'>,
  witnesses: readonly Witness[],
): number {
  const raised = eventsOf(
    witnesses.filter(({ replica }) => replica === by),
    'campaigned',
  ).find((event) => event.phase === 'vote' && event.term === term);
  return raised?.atMs ?? atMs - RECENT_MS;
}

/** Somebody else still heard the leader then: it led on. Otherwise the higher term follows from its silence. */
function ledAfter(
  atMs: number,
  raisedBy: string,
  before: KnownLeader,
  witnesses: readonly Witness[],
): boolean {
  return witnesses.some(
    ({ replica, leaders }) =>
      replica !== raisedBy &&
      replica !== before.leader &&
      leaders.some(({ term, heardMs }) => term === before.term && heardMs > atMs),
  );
}
