import { ElectionCause, VoteReason } from '../protocol/index.js';
import type { ElectionEvidence, KnownLeader, LeavingReason, Witness } from '../protocol/index.js';
import { endOf } from './campaign-end.js';
import { eventsOf } from './events-of.js';
import { leaderBefore } from './leaders.js';
import { quorumVerdict } from './quorum-loss.js';
import { silenceVerdict } from './silence.js';
import { plainMs } from './plain-ms.js';
import { raiseOf } from './term-raise.js';
import type { TermRaise } from './term-raise.js';
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
  if (before === undefined) return startVerdict(evidence);
  return (
    deathVerdict(evidence, before) ??
    higherTermVerdict(evidence, before) ??
    quorumVerdict(evidence, before) ??
    silenceVerdict(evidence, before)
  );
}

/** A hang that the host has found ends within this time, in the thread's death or by itself. */
const HANG_MS_MAX = 60_000;

/** A farewell explains an election as long as a hand-over, or its failure, may take. */
const HANDOVER_MS_MAX = 2000;

const FAREWELLS: Readonly<Record<LeavingReason, { cause: ElectionCause; text: string }>> = {
  stopping: { cause: ElectionCause.leaderStopped, text: 'was stopped, and handed over' },
  corrupt: {
    cause: ElectionCause.leaderCorrupt,
    text: 'found that its data differs from the majority, and handed over',
  },
  disk: {
    cause: ElectionCause.leaderDisk,
    text: 'could write nothing more to its disk, and handed over',
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

/**
 * Nobody knew a leader. That is the start of the cluster where a majority says so; a replica that was restarted alone knows no
 * leader either, and neither do lives of the others that began after this was over.
 */
function startVerdict(evidence: ElectionEvidence): Verdict {
  const { campaign, witnesses } = evidence;
  const { candidate, voters } = campaign;
  const endedMs = endOf(evidence);
  const there = witnesses.filter(
    ({ replica, sinceMs }) => voters.includes(replica) && sinceMs <= (endedMs ?? Infinity),
  );
  const all = voters.length;
  const alone = `${candidate} has heard no leader since it started`;
  const refused = [...campaign.preVotes, ...campaign.votes].find(
    ({ reason }) => reason === VoteReason.leaderAlive,
  );
  if (refused !== undefined)
    return {
      cause: ElectionCause.laggingReplica,
      detail: `${alone}, but ${refused.voter} heard one`,
    };
  // The log of a winner holds all that was ever committed (Raft §5.4.3).
  const log = witnesses.find(({ replica }) => replica === candidate)?.log;
  if (campaign.wonMs !== null && log?.lastTerm === 0)
    return {
      cause: ElectionCause.clusterStart,
      detail: `the first start: no leader has written anything before ${candidate}`,
    };
  if (2 * there.length <= all)
    return {
      cause: ElectionCause.unknown,
      detail: `${alone}, and no majority of the replicas that were there tells what it saw`,
    };
  return {
    cause: ElectionCause.clusterStart,
    detail: `${String(there.length)} of ${String(all)} replicas tell that they heard no leader since they started`,
  };
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
    const raise = raiseOf(event, witnesses);
    if (!ledAfter(raise, before, witnesses)) continue;
    const way = raise.by === event.by ? '' : `, which ${event.by} passed on`;
    return {
      cause: ElectionCause.termRaised,
      detail: `${raise.by} came back with term ${String(event.term)}${way}, and ${before.leader}, the leader of term ${String(before.term)}, stepped down ${plainMs(campaign.startedMs - event.atMs)} before the campaign`,
      ledUntilMs: event.atMs,
    };
  }
  return undefined;
}

/** Somebody else still heard the leader then: it led on. Otherwise the higher term follows from its silence. */
function ledAfter(
  { by, atMs }: TermRaise,
  before: KnownLeader,
  witnesses: readonly Witness[],
): boolean {
  return witnesses.some(
    ({ replica, leaders }) =>
      replica !== by &&
      replica !== before.leader &&
      leaders.some(({ term, heardMs }) => term === before.term && heardMs > atMs),
  );
}
