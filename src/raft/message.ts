import { assert } from '../base/index.js';
import type { LogIndex, NodeId, Term } from '../base/index.js';
import type { VoteReason } from './trace.js';

/**
 * Wire shapes of the consensus protocol: raftpb of etcd-io/raft in TypeScript's spelling. All are
 * plain data, so that msgpack carries them between threads; nobody changes one once it is made.
 */
export const EntryType = {
  normal: 'EntryNormal',
  confChange: 'EntryConfChange',
  confChangeV2: 'EntryConfChangeV2',
} as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

export interface Entry {
  readonly term: Term;
  readonly index: LogIndex;
  readonly type: EntryType;
  /**
   * Empty in the no-op that a new leader appends (Raft §8), and in an automatic leave of a joint
   * configuration.
   */
  readonly data: Uint8Array;
}

/** What must be durable before any message that depends on it is sent (Raft §5.1, figure 2). */
export interface HardState {
  readonly term: Term;
  /** 0: no vote in this term. */
  readonly vote: NodeId;
  readonly commit: LogIndex;
}

/**
 * A configuration as snapshots carry it. `votersOutgoing` is non-empty in a joint one (thesis
 * §4.3).
 */
export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly votersOutgoing: readonly NodeId[];
  /** Voters of the outgoing half that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

export interface SnapshotMetadata {
  readonly confState: ConfState;
  readonly index: LogIndex;
  readonly term: Term;
}

/**
 * `data` is opaque to Raft. A store may put only a reference here and stream the state beside it.
 */
export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  readonly data: Uint8Array;
}

export type MessageType =
  | 'MsgHup'
  | 'MsgBeat'
  | 'MsgProp'
  | 'MsgApp'
  | 'MsgAppResp'
  | 'MsgVote'
  | 'MsgVoteResp'
  | 'MsgSnap'
  | 'MsgHeartbeat'
  | 'MsgHeartbeatResp'
  | 'MsgUnreachable'
  | 'MsgSnapStatus'
  | 'MsgCheckQuorum'
  | 'MsgTransferLeader'
  | 'MsgTimeoutNow'
  | 'MsgReadIndex'
  | 'MsgReadIndexResp'
  | 'MsgPreVote'
  | 'MsgPreVoteResp'
  | 'MsgStorageAppend'
  | 'MsgStorageAppendResp'
  | 'MsgStorageApply'
  | 'MsgStorageApplyResp'
  | 'MsgForgetLeader';

export interface Message {
  readonly type: MessageType;
  readonly to: NodeId;
  readonly from: NodeId;
  /** 0 in local messages, and in proposals and reads that are forwarded. */
  readonly term: Term;
  /**
   * With `index`: the entry before `entries` (MsgApp), the last entry (MsgVote), the hint's term (a
   * rejection).
   */
  readonly logTerm: Term;
  readonly index: LogIndex;
  readonly entries: readonly Entry[];
  readonly commit: LogIndex;
  readonly vote: NodeId;
  readonly snapshot: Snapshot | null;
  readonly reject: boolean;
  readonly rejectHint: LogIndex;
  /**
   * In MsgVote: the leader asked for this election (thesis §3.10), so that a lease does not refuse
   * it.
   */
  readonly force: boolean;
  /**
   * In MsgHeartbeat and its answer: how many reads the leader has taken that wait for confirmation;
   * 0 is none.
   */
  readonly readPosition: number;
  /** In vote answers: why. It decides nothing, it explains. */
  readonly voteReason: VoteReason | null;
  /**
   * Of MsgStorageAppend and MsgStorageApply: to be delivered when the write is durable, or applied.
   */
  readonly responses: readonly Message[];
}

/** No node: no leader, no vote. */
export const NONE = 0 as NodeId;
export const LOCAL_APPEND_THREAD = Number.MAX_SAFE_INTEGER as NodeId;
export const LOCAL_APPLY_THREAD = (Number.MAX_SAFE_INTEGER - 1) as NodeId;

export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);
const NO_ENTRIES: readonly Entry[] = [];
const NO_MESSAGES: readonly Message[] = [];

/** The fields of a message that are not their zero value. Numbers here, branded by `message`. */
export interface MessageFields {
  readonly type: MessageType;
  readonly to?: number;
  readonly from?: number;
  readonly term?: number;
  readonly logTerm?: number;
  readonly index?: number;
  readonly entries?: readonly Entry[];
  readonly commit?: number;
  readonly vote?: number;
  readonly snapshot?: Snapshot | null;
  readonly reject?: boolean;
  readonly rejectHint?: number;
  readonly force?: boolean;
  readonly readPosition?: number;
  readonly voteReason?: VoteReason | null;
  readonly responses?: readonly Message[];
}

/** A message in the making: its fields can still be set, and numbers have no brands yet. */
export type MessageDraft = {
  -readonly [Field in keyof MessageFields]-?: NonNullable<MessageFields[Field]> | DraftNull<Field>;
};
type DraftNull<Field extends keyof MessageFields> = null extends MessageFields[Field]
  ? null
  : never;

/**
 * Starts a message whose fields have their zero values. All messages are made here and have the
 * same shape, which makes them cheap to create and to read: the busy paths set fields on a draft.
 */
export function draftMessage(type: MessageType, to = 0, from = 0): MessageDraft {
  return {
    type,
    to,
    from,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: NO_ENTRIES,
    commit: 0,
    vote: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    force: false,
    readPosition: 0,
    voteReason: null,
    responses: NO_MESSAGES,
  };
}

/** The draft is the message from now on: nobody changes it any more. */
export function finishMessage(draft: MessageDraft): Message {
  const { term, index } = draft;
  assert(Number.isSafeInteger(term) && term >= 0, 'the term of a message is not a safe integer');
  assert(Number.isSafeInteger(index) && index >= 0, 'the index of a message is not a safe integer');
  return draft as Message;
}

/** A draft with these fields; what is left out has its zero value. */
export function draftOf(fields: MessageFields): MessageDraft {
  const draft = draftMessage(fields.type, fields.to, fields.from);
  draft.term = fields.term ?? 0;
  draft.logTerm = fields.logTerm ?? 0;
  draft.index = fields.index ?? 0;
  draft.entries = fields.entries ?? NO_ENTRIES;
  draft.commit = fields.commit ?? 0;
  draft.vote = fields.vote ?? 0;
  draft.snapshot = fields.snapshot ?? null;
  draft.reject = fields.reject ?? false;
  draft.rejectHint = fields.rejectHint ?? 0;
  draft.force = fields.force ?? false;
  draft.readPosition = fields.readPosition ?? 0;
  draft.voteReason = fields.voteReason ?? null;
  draft.responses = fields.responses ?? NO_MESSAGES;
  return draft;
}

/** Makes a message at once; what is left out has its zero value. */
export function message(fields: MessageFields): Message {
  return finishMessage(draftOf(fields));
}

/** Makes an entry. One that is proposed has term and index 0: the leader sets them. */
export function entry(type: EntryType, data: Uint8Array, term = 0, index = 0): Entry {
  return { term: term as Term, index: index as LogIndex, type, data };
}

/**
 * True of the no-op with which a leader opens its term (Raft §8): its commit is what makes the
 * leader serve reads.
 */
export function isNoOp(candidate: Entry): boolean {
  return candidate.type === EntryType.normal && candidate.data.length === 0;
}

export const EMPTY_HARD_STATE: HardState = { term: 0 as Term, vote: NONE, commit: 0 as LogIndex };

export function hardStatesEqual(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.vote === b.vote && a.commit === b.commit;
}

export function isEmptyHardState(state: HardState): boolean {
  return hardStatesEqual(state, EMPTY_HARD_STATE);
}

export const EMPTY_CONF_STATE: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

export const EMPTY_SNAPSHOT: Snapshot = {
  metadata: { confState: EMPTY_CONF_STATE, index: 0 as LogIndex, term: 0 as Term },
  data: EMPTY_BYTES,
};

const LOCAL_TYPES: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
]);

const RESPONSE_TYPES: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgReadIndexResp',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
]);

/** A type that never comes from another node. */
export function isLocalMessage(type: MessageType): boolean {
  return LOCAL_TYPES.has(type);
}

export function isResponseMessage(type: MessageType): boolean {
  return RESPONSE_TYPES.has(type);
}

/** One of the two storage threads, rather than a node. */
export function isLocalTarget(id: number): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}
