import { AssertionError } from '../base/index.js';
import type { LogIndex, Result, Revision, Term } from '../base/index.js';
import type { MvccError, RangeRequest, RangeResponse, TxnResponse } from '../mvcc/index.js';
import type { StoreError, WatchBatch, WatchRequest } from '../protocol/index.js';
import type { ConfState } from '../raft/index.js';
import type { RequestId } from './command.js';
import type { StateSnapshot, StateSnapshotError, StateSnapshotMeta } from './state-snapshot.js';

/**
 * The replicated state machine (Raft §2): the same entries in the same order give the same state on every replica.
 * It holds the MVCC store, the leases and the write sessions, all in memory, and does no I/O.
 */
export interface StateMachine {
  /** The last applied entry; 0 and 0 for an empty state. */
  readonly appliedIndex: LogIndex;
  readonly appliedTerm: Term;
  readonly confState: ConfState;
  readonly revision: Revision;
  readonly compactRevision: Revision;

  /** Applies a normal entry; empty data (a leader's no-op) only moves `appliedIndex`. Asserts `index === appliedIndex + 1`. */
  apply(index: LogIndex, term: Term, data: Uint8Array): AppliedResult;
  /** Applies a configuration change that Raft has already turned into a ConfState. */
  applyConfState(index: LogIndex, term: Term, confState: ConfState): void;
  /** Sets the configuration of an empty state, before its first entry. */
  bootstrap(confState: ConfState): void;

  /** Reads this replica's state as it is: waiting for the read index is the replica's part. */
  range(request: RangeRequest): Result<RangeResponse, MvccError>;

  watch(request: WatchRequest, handlers: WatchHandlers): WatchHandle;
  /**
   * Lets watchers that are behind catch up from history, looking at no more than `recordsMax` records. True: there is
   * more to do, call again in a later turn. `options.onWatchersBehind` says when to begin.
   */
  catchUpWatchers(recordsMax: number): boolean;
  /** Sends an empty batch with the current revision to every watcher with `progressNotify` that is up to date. */
  notifyProgress(): void;

  /** All leases, in order of id. Times are the leader's business: it starts a clock for each when it is elected. */
  leases(): readonly LeaseStatus[];
  lease(id: bigint): LeaseStatus | undefined;

  status(): StateMachineStatus;
  /** A digest of the whole replicated state: equal on all replicas at the same applied index. Walks everything. */
  hash(): string;
  /** Asserts every invariant. Walks everything: for tests and simulation. */
  verify(): void;

  beginSnapshot(): StateSnapshot;
  /** Replaces the whole state. Watchers stay and go on from their own revisions (or end as compacted). */
  restore(chunks: Iterable<Uint8Array>): Result<StateSnapshotMeta, StateSnapshotError>;
}

export interface StateMachineOptions {
  /** Called (from within `apply`, `watch`, `resume` or `restore`) when watchers begin to have something to catch up. */
  readonly onWatchersBehind?: () => void;
}

/** What became of an entry. `requestId` and `outcome` are absent for an empty one. */
export interface AppliedResult {
  readonly index: LogIndex;
  readonly requestId: RequestId | undefined;
  readonly outcome: CommandOutcome | undefined;
}

/** `revision` is the store's after the command: the one for the reply's header (a repeated write gives its first one). */
export type CommandOutcome = Result<CommandResponse & { readonly revision: Revision }, StoreError>;
export type CommandResponse =
  | { readonly type: 'txn'; readonly response: TxnResponse }
  | { readonly type: 'compact' }
  | { readonly type: 'leaseGrant'; readonly id: bigint; readonly ttlSeconds: number }
  | { readonly type: 'leaseRevoke'; readonly ids: readonly bigint[] }
  | { readonly type: 'leaseCheckpoint' };

export interface LeaseStatus {
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** As of the last checkpoint; equal to `ttlSeconds` without one. */
  readonly remainingTtlSeconds: number;
  readonly keys: number;
}

export interface StateMachineStatus {
  readonly appliedIndex: LogIndex;
  readonly appliedTerm: Term;
  readonly revision: Revision;
  readonly compactRevision: Revision;
  readonly keys: number;
  readonly dbSizeBytes: number;
  readonly leases: number;
  readonly sessions: number;
  readonly watchers: number;
}

export interface WatchHandlers {
  /**
   * Called synchronously: during `watch` (the first, empty batch), `apply`, `catchUpWatchers` and `resume`. False: the
   * sink is full; the batch was taken, and the next comes after `resume`. Nothing is buffered meanwhile: the watcher catches up from history.
   */
  onBatch(batch: WatchBatch): boolean;
  /** The watcher is over: its revision has been compacted. */
  onCompacted(compactRevision: Revision): void;
}

export interface WatchHandle {
  /** No callback comes after this. */
  cancel(): void;
  /** The sink has room again. */
  resume(): void;
}

export function createStateMachine(options: StateMachineOptions = {}): StateMachine {
  throw new AssertionError(`the state machine is being built: ${String(options.onWatchersBehind === undefined)}`);
}
