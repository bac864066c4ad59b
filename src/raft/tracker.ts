import type { NodeId } from '../base/index.js';
import type { ConfState } from './message.js';
import { newProgress } from './progress.js';
import type { Progress } from './progress.js';
import { jointCommittedIndex, jointVoteResult, sortedIds } from './quorum.js';
import type { JointConfig, VoteResult } from './quorum.js';

/**
 * Who is in the group. Learners and voters (of either half) never overlap: a voter that is to
 * become a learner waits in `learnersNext` until the joint configuration is left.
 */
export interface TrackerConfig {
  readonly voters: JointConfig;
  readonly learners: ReadonlySet<number>;
  readonly learnersNext: ReadonlySet<number>;
  readonly autoLeave: boolean;
}

/** By node id, in rising order. */
export type ProgressMap = ReadonlyMap<number, Progress>;

/** The configuration, and what is known of each of its members. */
export interface ProgressTracker {
  config: TrackerConfig;
  progress: ProgressMap;
  votes: Map<number, boolean>;
  readonly maxInflightMsgs: number;
  readonly maxInflightBytes: number;
}

const NOBODY: ReadonlySet<number> = new Set<number>();

export const EMPTY_TRACKER_CONFIG: TrackerConfig = {
  voters: { incoming: NOBODY, outgoing: NOBODY },
  learners: NOBODY,
  learnersNext: NOBODY,
  autoLeave: false,
};

export function newTracker(maxInflightMsgs: number, maxInflightBytes: number): ProgressTracker {
  return {
    config: EMPTY_TRACKER_CONFIG,
    progress: new Map<number, Progress>(),
    votes: new Map<number, boolean>(),
    maxInflightMsgs,
    maxInflightBytes,
  };
}

/** All progress starts again, as on a change of term or role. */
export function resetProgress(tracker: ProgressTracker, self: number, lastIndex: number): void {
  const fresh = new Map<number, Progress>();
  for (const [id, old] of tracker.progress) {
    const progress = newProgress({
      next: lastIndex + 1,
      isLearner: old.isLearner,
      recentActive: false,
      maxInflightMsgs: tracker.maxInflightMsgs,
      maxInflightBytes: tracker.maxInflightBytes,
    });
    if (id === self) progress.match = lastIndex;
    fresh.set(id, progress);
  }
  tracker.progress = fresh;
}

export function isJoint(config: TrackerConfig): boolean {
  return config.voters.outgoing.size > 0;
}

/** One voter, itself: it commits and reads alone. */
export function isSingleton(config: TrackerConfig): boolean {
  return config.voters.incoming.size === 1 && config.voters.outgoing.size === 0;
}

export function confStateOf(config: TrackerConfig): ConfState {
  return {
    voters: sortedIds(config.voters.incoming) as NodeId[],
    votersOutgoing: sortedIds(config.voters.outgoing) as NodeId[],
    learners: sortedIds(config.learners) as NodeId[],
    learnersNext: sortedIds(config.learnersNext) as NodeId[],
    autoLeave: config.autoLeave,
  };
}

/**
 * The largest index that a quorum has, which the leader may commit if it is of its own term (Raft
 * §5.4.2).
 */
export function quorumIndex(tracker: ProgressTracker): number {
  return jointCommittedIndex(tracker.config.voters, (id) => tracker.progress.get(id)?.match);
}

/** Whether a quorum was heard since the last check. */
export function quorumActive(tracker: ProgressTracker): boolean {
  const votes = new Map<number, boolean>();
  for (const [id, progress] of tracker.progress) {
    if (!progress.isLearner) votes.set(id, progress.recentActive);
  }
  return jointVoteResult(tracker.config.voters, votes) === 'VoteWon';
}

/** The first answer of a node counts. */
export function recordVote(tracker: ProgressTracker, id: number, granted: boolean): void {
  if (!tracker.votes.has(id)) tracker.votes.set(id, granted);
}

export interface VoteTally {
  readonly granted: number;
  readonly rejected: number;
  readonly result: VoteResult;
}

export function tallyVotes(tracker: ProgressTracker): VoteTally {
  let granted = 0;
  let rejected = 0;
  for (const [id, progress] of tracker.progress) {
    const vote = tracker.votes.get(id);
    if (progress.isLearner || vote === undefined) continue;
    if (vote) granted++;
    else rejected++;
  }
  return { granted, rejected, result: jointVoteResult(tracker.config.voters, tracker.votes) };
}
