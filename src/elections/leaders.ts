import type { ElectionEvidence, KnownLeader } from '../protocol/index.js';

/** The leader of the highest term below `term` that anyone knew when the campaign began. */
export function leaderBefore(
  { campaign, witnesses }: ElectionEvidence,
  term = campaign.term,
): KnownLeader | undefined {
  const known: KnownLeader[] = witnesses.flatMap(({ leaders }) =>
    leaders.filter(({ sinceMs }) => sinceMs <= campaign.startedMs),
  );
  if (campaign.leaderBefore !== null) known.push(campaign.leaderBefore);
  let newest: KnownLeader | undefined;
  for (const one of known) if (one.term < term && one.term > (newest?.term ?? -1)) newest = one;
  return newest;
}
