import type { ClusterStatus } from '../control/index.js';

type Store = ClusterStatus['store'];

/**
 * Whether a quorum of the store works, by two looks at it: a majority of the replicas has the leader's term, and what the leader
 * has taken is being committed. An idle store has nothing to commit, which is no stall. Pure.
 */
export function raftProgresses(before: Store | undefined, now: Store): boolean {
  const leader = now.replicas.find(({ id }) => id === now.leader);
  if (leader === undefined) return false;
  const together = now.replicas.filter(({ role, term }) => role !== null && term === leader.term);
  if (2 * together.length <= now.replicas.length) return false;
  const waits = leader.lastIndex > now.commitIndex;
  return !waits || before === undefined || now.commitIndex > before.commitIndex;
}
