import type { ElectionEvidence, KnownLeader } from '../protocol/index.js';
import { eventsOf } from './events-of.js';
import { leaderBefore } from './leaders.js';
import type { Verdict } from './verdict.js';

/**
 * Since when no write could be acknowledged: the last sign of life of the last leader that may have committed anything. The log
 * of a winner holds all that was committed before (Raft §5.4.3): a leader of whose term it holds nothing has committed nothing,
 * and the gap goes on from the leader before that one. Null: nobody knows.
 */
export function writesEndedMs(evidence: ElectionEvidence, verdict: Verdict): number | null {
  const { campaign, witnesses } = evidence;
  const { deadSinceMs, ledUntilMs } = verdict;
  const log = witnesses.find(({ replica }) => replica === campaign.candidate)?.log;
  let before = leaderBefore(evidence);
  if (log === undefined || before === undefined || log.lastTerm >= before.term)
    return ledUntilMs ?? earlier(campaign.silentSinceMs, deadSinceMs);
  while (before !== undefined && before.term > log.lastTerm)
    before = leaderBefore(evidence, before.term);
  const lastSignMs = before === undefined ? undefined : lastSignOf(before, evidence);
  return earlier(campaign.silentSinceMs, lastSignMs ?? deadSinceMs);
}

/** Its death, where it was seen, or else when it was last heard by anyone. */
function lastSignOf(
  { leader, term }: KnownLeader,
  { witnesses }: ElectionEvidence,
): number | undefined {
  const deaths = eventsOf(witnesses, 'saw-death').filter(
    (event) => event.led && event.of === leader && event.term === term,
  );
  const [death] = deaths;
  if (death !== undefined) return death.atMs;
  const heard = witnesses
    .filter(({ replica }) => replica !== leader)
    .flatMap(({ leaders }) => leaders.filter((known) => known.term === term))
    .map(({ heardMs }) => heardMs);
  return heard.length === 0 ? undefined : Math.max(...heard);
}

/** Whoever knows of the earlier moment knows better. */
function earlier(candidateMs: number | null, othersMs: number | undefined): number | null {
  if (othersMs === undefined) return candidateMs;
  return candidateMs === null ? othersMs : Math.min(candidateMs, othersMs);
}
