import type { LogIndex, NodeId, Term } from '../base/index.js';

/** Wire shapes of the consensus protocol. Contract: etcd-io/raft's raftpb, in TypeScript's spelling. */
export const EntryType = { normal: 'EntryNormal', confChange: 'EntryConfChange', confChangeV2: 'EntryConfChangeV2' } as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

export interface Entry {
  readonly term: Term;
  readonly index: LogIndex;
  readonly type: EntryType;
  /** Empty for the no-op that a new leader appends. */
  readonly data: Uint8Array;
}

/** What must be durable before any message that depends on it is sent (Raft §5.1, figure 2). */
export interface HardState {
  readonly term: Term;
  /** 0: no vote in this term. */
  readonly vote: NodeId;
  readonly commit: LogIndex;
}

export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly votersOutgoing: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

export interface SnapshotMetadata {
  readonly confState: ConfState;
  readonly index: LogIndex;
  readonly term: Term;
}

/** `data` is opaque to Raft. The store sends only metadata here and streams the state beside it. */
export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  readonly data: Uint8Array;
}

export type MessageType =
  | 'MsgHup' | 'MsgBeat' | 'MsgProp' | 'MsgApp' | 'MsgAppResp' | 'MsgVote' | 'MsgVoteResp' | 'MsgSnap'
  | 'MsgHeartbeat' | 'MsgHeartbeatResp' | 'MsgUnreachable' | 'MsgSnapStatus' | 'MsgCheckQuorum'
  | 'MsgTransferLeader' | 'MsgTimeoutNow' | 'MsgReadIndex' | 'MsgReadIndexResp' | 'MsgPreVote' | 'MsgPreVoteResp'
  | 'MsgStorageAppend' | 'MsgStorageAppendResp' | 'MsgStorageApply' | 'MsgStorageApplyResp' | 'MsgForgetLeader';

export interface Message {
  readonly type: MessageType;
  readonly to: NodeId;
  readonly from: NodeId;
  readonly term: Term;
  /** Index and term of the entry before `entries`, and the like: the meaning is the type's, as in raftpb. */
  readonly logTerm: Term;
  readonly index: LogIndex;
  readonly entries: readonly Entry[];
  readonly commit: LogIndex;
  readonly vote: NodeId;
  readonly snapshot: Snapshot | undefined;
  readonly reject: boolean;
  readonly rejectHint: LogIndex;
  /** Opaque: the read request's id in MsgReadIndex, "CampaignTransfer" in a forced vote. */
  readonly context: Uint8Array;
  /** Of MsgStorageAppend and MsgStorageApply: to be sent when the write is durable, or applied. */
  readonly responses: readonly Message[];
}

export const LOCAL_APPEND_THREAD = Number.MAX_SAFE_INTEGER as NodeId;
export const LOCAL_APPLY_THREAD = (Number.MAX_SAFE_INTEGER - 1) as NodeId;
