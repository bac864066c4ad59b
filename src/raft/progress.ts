import { assert } from '../base/index.js';
import type { LogIndex } from '../base/index.js';
import {
  addInflight,
  inflightsCount,
  inflightsFull,
  newInflights,
  resetInflights,
} from './inflights.js';
import type { Inflights } from './inflights.js';
import type { ProgressState, ProgressStatus } from './status.js';

/**
 * A follower's log as its leader knows it. `StateProbe`: where its log ends is not known; one
 * MsgApp per heartbeat finds out. `StateReplicate`: entries stream, `next` runs ahead of `match`.
 * `StateSnapshot`: it needs entries that are compacted away; nothing is sent until it has the
 * snapshot.
 */
export interface Progress {
  /** The follower's log is known to agree up to here. */
  match: number;
  /**
   * The next entry to send; those between `match` and `next` are under way. Always above `match`.
   */
  next: number;
  /** The highest commit index that is under way to it. */
  sentCommit: number;
  state: ProgressState;
  /** In StateSnapshot: the index of the snapshot that was sent; else 0. */
  pendingSnapshot: number;
  /** It was heard since the last check of the quorum. */
  recentActive: boolean;
  /** Nothing more is sent until the next heartbeat is answered. */
  msgAppFlowPaused: boolean;
  readonly inflights: Inflights;
  isLearner: boolean;
}

export interface ProgressStart {
  readonly next: number;
  readonly isLearner: boolean;
  readonly recentActive: boolean;
  readonly maxInflightMsgs: number;
  readonly maxInflightBytes: number;
}

export function newProgress(start: ProgressStart): Progress {
  return {
    match: 0,
    next: start.next,
    sentCommit: 0,
    state: 'StateProbe',
    pendingSnapshot: 0,
    recentActive: start.recentActive,
    msgAppFlowPaused: false,
    inflights: newInflights(start.maxInflightMsgs, start.maxInflightBytes),
    isLearner: start.isLearner,
  };
}

function resetState(progress: Progress, state: ProgressState): void {
  progress.msgAppFlowPaused = false;
  progress.pendingSnapshot = 0;
  progress.state = state;
  resetInflights(progress.inflights);
}

/** Probes from `match + 1`, or from after the snapshot that was sent, where that is further. */
export function becomeProbe(progress: Progress): void {
  const pending = progress.state === 'StateSnapshot' ? progress.pendingSnapshot : 0;
  resetState(progress, 'StateProbe');
  progress.next = Math.max(progress.match, pending) + 1;
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1);
}

export function becomeReplicate(progress: Progress): void {
  resetState(progress, 'StateReplicate');
  progress.next = progress.match + 1;
}

export function becomeSnapshot(progress: Progress, snapshotIndex: number): void {
  resetState(progress, 'StateSnapshot');
  progress.pendingSnapshot = snapshotIndex;
  progress.next = snapshotIndex + 1;
  progress.sentCommit = snapshotIndex;
}

/** A MsgApp with so many entries from `next` on is on its way. */
export function sentEntries(progress: Progress, count: number, bytes: number): void {
  assert(progress.state !== 'StateSnapshot', 'sending append in unhandled state StateSnapshot');
  if (progress.state === 'StateProbe') {
    if (count > 0) progress.msgAppFlowPaused = true;
    return;
  }
  if (count > 0) {
    progress.next += count;
    addInflight(progress.inflights, progress.next - 1, bytes);
  }
  progress.msgAppFlowPaused = inflightsFull(progress.inflights);
}

/** Whether sending this commit index now can move the follower's on. */
export function canBumpCommit(progress: Progress, commit: number): boolean {
  return commit > progress.sentCommit && progress.sentCommit < progress.next - 1;
}

/** The follower acknowledges `index`. False: it is old news. */
export function maybeUpdate(progress: Progress, index: number): boolean {
  if (index <= progress.match) return false;
  progress.match = index;
  progress.next = Math.max(progress.next, index + 1);
  progress.msgAppFlowPaused = false;
  return true;
}

/**
 * The follower refuses a MsgApp at `rejected` and says where the logs may agree. False: it is old
 * news.
 */
export function maybeDecrease(progress: Progress, rejected: number, matchHint: number): boolean {
  if (progress.state === 'StateReplicate') {
    if (rejected <= progress.match) return false;
    progress.next = progress.match + 1;
  } else {
    // A probe is one message at a time, so that only the answer to the last one counts.
    if (progress.next - 1 !== rejected) return false;
    progress.next = Math.max(Math.min(rejected, matchHint + 1), progress.match + 1);
    progress.msgAppFlowPaused = false;
  }
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1);
  return true;
}

export function isPaused(progress: Progress): boolean {
  return progress.state === 'StateSnapshot' || progress.msgAppFlowPaused;
}

export function progressStatus(progress: Progress): ProgressStatus {
  return {
    match: progress.match as LogIndex,
    next: progress.next as LogIndex,
    state: progress.state,
    pendingSnapshot: progress.pendingSnapshot as LogIndex,
    recentActive: progress.recentActive,
    paused: isPaused(progress),
    inflightMessages: inflightsCount(progress.inflights),
    inflightFull: inflightsFull(progress.inflights),
    isLearner: progress.isLearner,
  };
}
