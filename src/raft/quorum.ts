/**
 * The voters of one majority. A decision needs more than half of them; an empty one agrees to
 * everything.
 */
export type MajorityConfig = ReadonlySet<number>;

/**
 * Two majorities, incoming and outgoing: a decision needs both (Raft §6, thesis §4.3). `outgoing`
 * is empty outside of a membership change, and then has no say.
 */
export interface JointConfig {
  readonly incoming: MajorityConfig;
  readonly outgoing: MajorityConfig;
}

export type VoteResult = 'VotePending' | 'VoteLost' | 'VoteWon';

/** The index that a voter has acknowledged, where it has any. */
export type AckedIndex = (id: number) => number | undefined;

/** The largest index that a majority has acknowledged; `Infinity` for no voters. */
export function majorityCommittedIndex(voters: MajorityConfig, acked: AckedIndex): number {
  if (voters.size === 0) return Infinity;
  const indexes: number[] = [];
  for (const id of voters) indexes.push(acked(id) ?? 0);
  indexes.sort((a, b) => b - a);
  // Sorted downwards, the entry at floor(n/2) has floor(n/2) + 1 voters at or above it: a majority.
  return indexes[Math.floor(voters.size / 2)] ?? 0;
}

/** Votes that are not in the map are still to come. */
export function majorityVoteResult(
  voters: MajorityConfig,
  votes: ReadonlyMap<number, boolean>,
): VoteResult {
  if (voters.size === 0) return 'VoteWon';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const needed = Math.floor(voters.size / 2) + 1;
  if (granted >= needed) return 'VoteWon';
  return granted + missing >= needed ? 'VotePending' : 'VoteLost';
}

export function jointCommittedIndex(config: JointConfig, acked: AckedIndex): number {
  return Math.min(
    majorityCommittedIndex(config.incoming, acked),
    majorityCommittedIndex(config.outgoing, acked),
  );
}

export function jointVoteResult(
  config: JointConfig,
  votes: ReadonlyMap<number, boolean>,
): VoteResult {
  const incoming = majorityVoteResult(config.incoming, votes);
  const outgoing = majorityVoteResult(config.outgoing, votes);
  if (incoming === outgoing) return incoming;
  return incoming === 'VoteLost' || outgoing === 'VoteLost' ? 'VoteLost' : 'VotePending';
}

/** All voters of both halves, in rising order. */
export function jointVoters(config: JointConfig): number[] {
  return sortedIds(new Set([...config.incoming, ...config.outgoing]));
}

export function sortedIds(ids: Iterable<number>): number[] {
  return [...ids].sort((a, b) => a - b);
}
