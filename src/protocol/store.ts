import type { ErrorData, LogIndex, Result, Revision, Term } from '../base/index.js';
import type {
  Key,
  KeyRange,
  MvccErrorCode,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  WatchEvent,
  WatchFilter,
} from '../mvcc/index.js';
import type { ElectionRecord } from './election.js';
import type { ReplicaFigures } from './store-figures.js';
import type {
  MemberAdded,
  MemberAddRequest,
  MemberErrorCode,
  MemberList,
  MemberListRequest,
} from './members.js';

/** What a store replica serves to its clients: etcd v3's requests as messages. */
export interface StoreProtocol {
  tells: object;
  asks: {
    /** Linearizable (ReadIndex) unless `serializable`. */
    range: { request: RangeRequest; reply: StoreResult<RangeResponse> };
    txn: {
      request: TxnRequest & { readonly session?: WriteSession | undefined };
      reply: StoreResult<TxnResponse>;
    };
    /** `physical`: answered only once the replica has taken the old versions away. */
    compact: {
      request: { readonly revision: number; readonly physical?: boolean | undefined };
      reply: StoreResult<object>;
    };
    leaseGrant: {
      request: { readonly id: bigint; readonly ttlSeconds: number };
      reply: StoreResult<{ readonly id: bigint; readonly ttlSeconds: number }>;
    };
    leaseRevoke: { request: { readonly id: bigint }; reply: StoreResult<object> };
    leaseKeepAlive: {
      request: { readonly id: bigint };
      reply: StoreResult<{ readonly ttlSeconds: number }>;
    };
    /** What is left of a lease. `lease-not-found` where etcd's own answer is a TTL of -1. */
    leaseTimeToLive: {
      request: { readonly id: bigint; readonly keys?: boolean | undefined };
      reply: StoreResult<LeaseTimeToLive>;
    };
    /** The ids of all leases, in order. */
    leases: { request: object; reply: StoreResult<{ readonly ids: readonly bigint[] }> };
    /** Lists the alarms, raises or clears one; the reply has those that are raised afterwards. */
    alarm: { request: AlarmRequest; reply: StoreResult<{ readonly alarms: readonly Alarm[] }> };
    /** The digest of the asked replica's own keys at a revision, 0 being its newest (etcd's HashKV). Made in slices. */
    hashKv: { request: { readonly revision: number }; reply: StoreResult<KeysHash> };
    /**
     * Asks for an empty batch in every open watch of the caller at this replica: at once where the watch is up to date, else
     * as soon as it is. The reply only says that they will come.
     */
    watchProgress: { request: object; reply: StoreResult<object> };
    status: { request: object; reply: ReplicaStatus };
    memberList: { request: MemberListRequest; reply: StoreResult<MemberList> };
    /** One change at a time: another one meanwhile is refused. Its actor is started after it has been added. */
    memberAdd: { request: MemberAddRequest; reply: StoreResult<MemberAdded> };
    memberPromote: { request: { readonly id: bigint }; reply: StoreResult<MemberList> };
    /** A leader that is to go hands over first, and answers `not-leader`: the new one removes it. */
    memberRemove: { request: { readonly id: bigint }; reply: StoreResult<MemberList> };
    /** Of the leader: it hands over to that member, and answers once that one leads. */
    moveLeader: { request: { readonly targetId: bigint }; reply: StoreResult<object> };
    /** What this life counts, for metrics. Null: it takes no part. */
    figures: { request: object; reply: ReplicaFigures | null };
  };
  streams: {
    /** From one replica; it outlives elections and ends with the replica. */
    watch: { request: WatchRequest; item: WatchBatch };
    /** The whole state of the asked replica at one moment; what is written meanwhile is not in it. */
    snapshot: { request: SnapshotRequest; item: SnapshotItem };
    /**
     * The newest elections that the replica knows of, newest first, without their evidence: at once, and again each time that it
     * has learned more.
     */
    elections: {
      request: { readonly max: number };
      item: { readonly records: readonly ElectionRecord[] };
    };
  };
}

export interface SnapshotRequest {
  /** The replica begins once it has applied this revision: one that a linearizable read told holds all that was acknowledged. */
  readonly minRevision: Revision;
}

export type SnapshotItem =
  /** First, and once. */
  | {
      readonly type: 'begin';
      readonly clusterId: bigint;
      readonly index: LogIndex;
      readonly term: Term;
      readonly revision: Revision;
    }
  /** In the format of the replicas' own snapshots, in order. */
  | { readonly type: 'chunk'; readonly data: Uint8Array };

export interface LeaseTimeToLive {
  readonly id: bigint;
  /** By the leader's clock; 0 for one that is being revoked. */
  readonly ttlSeconds: number;
  readonly grantedTtlSeconds: number;
  /** In order; empty unless asked for. */
  readonly keys: readonly Key[];
}

/**
 * `no-space`: the store is over its quota; whatever adds to it is refused until compaction or deletions have brought it well
 * below. `corrupt`: that member's data differs from the majority's; it serves nothing until it agrees again.
 */
export type AlarmType = 'no-space' | 'corrupt';

export interface Alarm {
  readonly memberId: bigint;
  readonly type: AlarmType;
}

export type AlarmRequest =
  | { readonly action: 'list' }
  | { readonly action: 'raise' | 'clear'; readonly alarms: readonly Alarm[] };

export interface KeysHash {
  /** 16 hexadecimal digits. */
  readonly hash: string;
  readonly hashRevision: Revision;
  readonly compactRevision: Revision;
}

/**
 * Makes a retried write happen once. A client session (one life of a client actor) numbers its writes from 1. The
 * replicated state keeps the responses to the newest writes of each session and answers a repeated one from there.
 */
export interface WriteSession {
  readonly id: string;
  readonly sequence: number;
  /** All writes of the session below this number are answered: their responses may be forgotten. */
  readonly answeredBelow: number;
}

export type StoreResult<T> = Result<T & { readonly header: StoreHeader }, StoreError>;

export interface StoreHeader {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly revision: Revision;
  readonly raftTerm: Term;
}

export type StoreErrorCode =
  | MvccErrorCode
  | MemberErrorCode
  | 'not-leader' // the proposal was not accepted here and is nowhere else: try `details.leader`
  | 'no-leader' // etcdserver: no leader
  | 'proposal-dropped' // never in the log: safe to send again
  | 'outcome-unknown' // may or may not have been committed (leader changed): send again only within a session
  | 'timeout'
  | 'request-too-large'
  | 'too-many-requests' // etcdserver: too many requests: never proposed, safe to send again
  | 'no-space' // the store is over its quota, or its disk is full: certainly not written
  | 'read-only' // the disk cannot be written: certainly not written
  | 'corrupt'
  | 'stopping';

export interface StoreError extends ErrorData {
  readonly code: StoreErrorCode;
}

export interface WatchRequest extends KeyRange {
  /** The first revision to deliver; 0 or absent: what comes after now. */
  readonly startRevision?: number | undefined;
  readonly prevKv?: boolean | undefined;
  /** An empty batch now and then, so that an idle watcher's revision moves on. */
  readonly progressNotify?: boolean | undefined;
  /** Events that are not wanted. */
  readonly filters?: readonly WatchFilter[] | undefined;
  /** Large batches may come in pieces. */
  readonly fragment?: boolean | undefined;
}

/**
 * All events of a revision are in one batch. `revision` says: everything up to it has been sent. The first batch of a
 * watch is empty and says from where it starts. A compacted start ends the stream: `failed` with code `compacted` and
 * `details: {compactRevision}`; a range that can hold no key: code `empty-watch-range`.
 */
export interface WatchBatch {
  readonly events: readonly WatchEvent[];
  readonly revision: Revision;
  /** A piece of a batch, and not its last: the rest follows, and `revision` moves only with the last. */
  readonly fragment?: true;
}

export type RaftRole = 'leader' | 'follower' | 'candidate' | 'pre-candidate' | 'learner';

export interface ReplicaStatus {
  readonly id: string;
  /** Null: it refuses to take part. */
  readonly role: RaftRole | null;
  /** The leader's actor id, or null. */
  readonly leader: string | null;
  readonly term: Term;
  readonly lastIndex: LogIndex;
  readonly commitIndex: LogIndex;
  readonly appliedIndex: LogIndex;
  readonly revision: Revision;
  readonly compactRevision: Revision;
  readonly keys: number;
  readonly dbSizeBytes: number;
  /**
   * `repairing`: its log was damaged, and until its peers have mended it, it acknowledges only what it has and votes only
   * for logs that hold what it lost. `refused`: its files cannot be used, and it takes no part. `waiting`: neither does it while
   * its disk takes no writes. `removed`: it was taken out of the store, and only votes for members that do not know of it yet.
   */
  readonly state:
    | 'starting'
    | 'running'
    | 'repairing'
    | 'refused'
    | 'waiting'
    | 'stopping'
    | 'removed';
  /** For people: what is wrong with its files or its disk, and what to do. */
  readonly problem: string | null;
}
