import type { LogIndex, NodeId } from '../base/index.js';
import type { ConfState, HardState } from './message.js';
import type { SoftState } from './ready.js';

export type ProgressState = 'StateProbe' | 'StateReplicate' | 'StateSnapshot';

/** How far a follower is, as the leader knows it. */
export interface ProgressStatus {
  readonly match: LogIndex;
  readonly next: LogIndex;
  readonly state: ProgressState;
  readonly pendingSnapshot: LogIndex;
  readonly recentActive: boolean;
  readonly paused: boolean;
  readonly inflightMessages: number;
  readonly inflightFull: boolean;
  readonly isLearner: boolean;
}

export interface BasicStatus extends SoftState {
  readonly id: NodeId;
  readonly hardState: HardState;
  readonly applied: LogIndex;
  /** 0: no transfer is under way. */
  readonly leadTransferee: NodeId;
}

export interface Status extends BasicStatus {
  readonly config: ConfState;
  /** By node id, in rising order; empty unless this node leads. */
  readonly progress: ReadonlyMap<NodeId, ProgressStatus>;
}
