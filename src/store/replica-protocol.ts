import type { ActorId, LogIndex, NodeId, Revision, Term } from '../base/index.js';
import type { ElectionEvidence, LeavingReason, StoreProtocol } from '../protocol/index.js';
import type { Message } from '../raft/index.js';
import type { AutoCompactionConfig } from './auto-compaction.js';
import type { WireMessage } from './raft-wire.js';

/** What a replica understands: its clients' requests, and what replicas tell each other. */
export interface ReplicaProtocol extends StoreProtocol {
  tells: {
    /** Raft's messages of one turn, in order. Losing or reordering them is harmless. */
    raft: readonly WireMessage[];
    /** A piece of a snapshot, from a leader to a replica that has fallen behind its log. */
    snapshotChunk: SnapshotChunk;
    /** Grants the sender more chunks, or ends the transfer. */
    snapshotAck: SnapshotAck;
    /** What the sender knows of an election: the receiver adds what it saw itself, and keeps it, so that it outlives the sender. */
    election: { readonly evidence: ElectionEvidence };
    /** A replica under repair does not vote for a log shorter than its own once was; this says so to the candidate, for its record. */
    voteWithheld: { readonly term: number };
    /** A replica under repair asks the leader for the entries behind its commit index. */
    repair: { readonly commitIndex: LogIndex };
    /** There is no leader, and the sender would serve late: it has much to apply. The receiver is to campaign before it. */
    invite: object;
    /** The leader compares the replicas' data: it asks for the digest of the keys at a revision that it has itself. */
    hashAsk: HashAsk;
    hashAnswer: HashAnswer;
    /** From the leader: every other voter holds the log up to here. A replica whose data is wrong may begin anew. */
    refill: { readonly lastIndex: LogIndex };
    /** A replica that no longer knows what it has promised asks every other voter where it stands. */
    placeAsk: object;
    place: LogPlace;
    /** Whether the sender's disk takes writes: told when that changes, and to who comes up while it does not. */
    disk: { readonly takesWrites: boolean };
    /** The leader hands over on purpose. */
    leaving: { readonly why: LeavingReason };
    /** The receiver is no member any more: it was removed, and did not hear of it. */
    removed: object;
  };
}

/** The term that a replica is in, and the end of its log; of one under repair, the end that it must reach again. */
export interface LogPlace {
  readonly term: Term;
  readonly lastIndex: LogIndex;
  readonly lastTerm: Term;
  /** Of a leader that has applied an entry of its own term: who votes. Else nobody. */
  readonly voters: readonly NodeId[];
}

export interface SnapshotChunk {
  /** Numbers the transfers of one life of the sender. */
  readonly transfer: number;
  readonly sequence: number;
  readonly data: Uint8Array;
  /** With the last chunk: Raft's MsgSnap, to be stepped when the whole snapshot is durable. */
  readonly message?: Message | undefined;
}

export interface SnapshotAck {
  readonly transfer: number;
  /** Chunks that have been taken so far. */
  readonly received: number;
  readonly outcome: 'more' | 'done' | 'failed';
}

export interface HashAsk {
  /** Numbers the rounds of one leader. */
  readonly round: number;
  readonly revision: Revision;
  readonly compactRevision: Revision;
}

export interface HashAnswer {
  readonly ask: HashAsk;
  /** Null: compacted beyond what was asked for, so that there is nothing to compare. */
  readonly hash: string | null;
}

export interface ReplicaPeer {
  readonly id: ActorId;
  readonly nodeId: NodeId;
}

export interface ReplicaConfig {
  /** This replica's actor id. */
  readonly id: ActorId;
  /** The members that the store was founded with, the same list at every replica, for ever: the log begins from it. */
  readonly peers: readonly ReplicaPeer[];
  /** The id of one that was added later, and begins with an empty log. Absent: it is one of `peers`. */
  readonly nodeId?: NodeId | undefined;
  /** Where others are that were added later, until the log says so itself. Default none. */
  readonly known?: readonly ReplicaPeer[] | undefined;
  /** Below it `wal/` and `snap/` and `elections` are kept. */
  readonly folder: string;
  readonly clusterId: bigint;
  /** One tick of Raft. Default 100. */
  readonly tickMs?: number | undefined;
  /** Ticks without a leader before a campaign; the timeout is drawn from one to two times this. Default 10. */
  readonly electionTicks?: number | undefined;
  /** Default 1. */
  readonly heartbeatTicks?: number | undefined;
  /**
   * A snapshot is taken after about so many applied proposals (each replica draws its own share), which bounds the replay at a
   * start; with a large state after a quarter as many as it has versions. Default 100,000.
   */
  readonly snapshotEntries?: number | undefined;
  /** … or after so many bytes of entries, or a quarter of a large state. Default 64 MiB. */
  readonly snapshotBytes?: number | undefined;
  /** Entries before a snapshot that stay for slow followers. Default 5,000. */
  readonly keptEntries?: number | undefined;
  /** … and no more than so many bytes of them. Default 16 MiB. */
  readonly keptBytes?: number | undefined;
  /** The size of a WAL segment. Default 16 MiB. */
  readonly segmentBytes?: number | undefined;
  /** A request that has no answer after this ends with an error. Default 5,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Requests that wait for their answer, at most. Default 10,000. */
  readonly pendingRequestsMax?: number | undefined;
  /** A larger request is refused. Default 1.5 MiB. */
  readonly requestBytesMax?: number | undefined;
  /** While less than this is free on its disk, what adds to the store is refused. Default 32 MiB. */
  readonly reserveBytes?: number | undefined;
  /** Keys, values and their overhead beyond which writes are refused (the NOSPACE alarm). Default 2 GiB. */
  readonly quotaBytes?: number | undefined;
  /** Default off: the API server compacts. */
  readonly autoCompaction?: AutoCompactionConfig | undefined;
  /** How often the leader compares the replicas' data; 0: never. Default 300,000. */
  readonly hashCheckMs?: number | undefined;
  /** How often what is left of a lease that lasts longer than this is written down. Default 300,000. */
  readonly leaseCheckpointMs?: number | undefined;
}
