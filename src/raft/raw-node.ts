import { assert } from '../base/index.js';
import type { LogIndex, NodeId, Result } from '../base/index.js';
import type { Config } from './config.js';
import type { ConfChange } from './conf-change.js';
import type { ConfState, HardState, Message } from './message.js';
import type { Ready, SoftState } from './ready.js';

/** The closed set of what a call can be refused with. Texts are etcd-io/raft's. */
export const RaftErrorCode = {
  proposalDropped: 'proposal-dropped',
  stepLocalMessage: 'step-local-message',
  stepPeerNotFound: 'step-peer-not-found',
} as const;
export type RaftErrorCode = (typeof RaftErrorCode)[keyof typeof RaftErrorCode];

export interface RaftError {
  readonly code: RaftErrorCode;
  readonly message: string;
}

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

export type SnapshotStatus = 'SnapshotFinish' | 'SnapshotFailure';

/**
 * One replica of a Raft group, with no clock, disk or network of its own. Inputs are ticks, proposals and messages;
 * the output is `Ready`. Not for re-entrant use: call nothing from the trace or the log.
 */
export interface RawNode {
  /** The host calls it at a steady pace; all timeouts count these. */
  tick(): void;
  /** Campaigns now, whatever the timeouts say. */
  campaign(): void;
  /** `proposal-dropped`: it is nowhere in the log. Success only says that it was taken: it can still be lost. */
  propose(data: Uint8Array): Result<void, RaftError>;
  proposeConfChange(change: ConfChange): Result<void, RaftError>;
  /** For each committed configuration change, when it is applied (not for one that the host rejects). */
  applyConfChange(change: ConfChange): ConfState;
  /** A message from a peer, or from a storage thread. */
  step(message: Message): Result<void, RaftError>;
  hasReady(): boolean;
  /** Takes the outstanding work: it must be done, and then acknowledged by `advance`. */
  ready(): Ready;
  /** The work of the last `ready()` is done. Not with `asyncStorageWrites`. */
  advance(): void;
  status(): Status;
  basicStatus(): BasicStatus;
  withProgress(visit: (id: NodeId, progress: ProgressStatus) => void): void;
  /** The last send to `id` failed. */
  reportUnreachable(id: NodeId): void;
  /** What became of the snapshot that was sent to `id`. */
  reportSnapshot(id: NodeId, status: SnapshotStatus): void;
  /** Asks the leader to hand over to `transferee`. */
  transferLeader(transferee: NodeId): void;
  /** A follower that knows its leader is dead forgets it, so that it may vote at once. Refused with lease reads. */
  forgetLeader(): void;
  /** Answered by a `ReadState` with the same context, or never: on a change of leader it is lost, so set a deadline. */
  readIndex(context: Uint8Array): void;
  /** Overrides the drawn election timeout until the next change of role or term. For tests and scripted elections. */
  setRandomizedElectionTimeout(ticks: number): void;
}

/** Starts from what the storage holds. A configuration that breaks a rule throws. */
export function newRawNode(config: Config): RawNode {
  assert(config.id < 0, 'the engine is not in place yet');
  throw new Error('unreachable');
}
