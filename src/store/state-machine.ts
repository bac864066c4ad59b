import { assert, logIndex, term } from '../base/index.js';
import type { LogIndex, Result, Revision, Term } from '../base/index.js';
import { createAlarmTable } from './alarms.js';
import { applyCommand } from './apply-command.js';
import type { CommandTarget } from './apply-command.js';
import { createHasher, createMvccStore, createWatchHub } from '../mvcc/index.js';
import type {
  Key,
  KeyHash,
  Lease,
  MvccError,
  RangeRequest,
  RangeResponse,
  WatchHandle,
  WatchHandlers,
} from '../mvcc/index.js';
import type { Alarm, AlarmType, WatchRequest } from '../protocol/index.js';
import type { ConfState } from '../raft/index.js';
import type { CommandOutcome, RequestId } from './command.js';
import type { MemberChange } from './member-change.js';
import { createMemberTable, foundingMembers } from './member-table.js';
import type { MemberImage, MemberTable, MemberView } from './member-table.js';
import { decodeProposals } from './proposal.js';
import { createSessionTable } from './session-table.js';
import type { StateSnapshotMeta } from './state-chunk.js';
import type { RestoredState } from './state-restorer.js';
import { openStateSnapshot } from './state-snapshot.js';
import type { StateSnapshot } from './state-snapshot.js';

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
  /** Keys, values and their overhead, all versions that are kept. Replicas may differ by what they have still to sweep. */
  readonly sizeBytes: number;
  /** What a snapshot of it weighs. */
  readonly imageBytes: number;
  /** Versions that it holds. */
  readonly records: number;

  /**
   * Applies the proposals of a normal entry, in order; empty data (a leader's no-op) only moves `appliedIndex`. Asserts
   * `index === appliedIndex + 1`.
   */
  apply(index: LogIndex, term: Term, data: Uint8Array): readonly AppliedResult[];
  /** Who belongs to the store; `confState` says the same. Replaced by `install`. */
  readonly members: MemberView;
  /** Applies a change of the members; without one (it was refused) only `appliedIndex` moves. */
  applyMemberChange(index: LogIndex, term: Term, change: MemberChange | undefined): void;
  /** Sets the members of an empty state, before its first entry. */
  bootstrap(founding: MemberImage): void;

  /** Reads this replica's state as it is: waiting for the read index is the replica's part. */
  range(request: RangeRequest): Result<RangeResponse, MvccError>;

  /** The handlers are called synchronously: in `watch`, `apply`, `install`, `catchUpWatchers` and `notifyProgress`. */
  watch(request: WatchRequest, handlers: WatchHandlers): WatchHandle;
  /**
   * Lets watchers that are behind catch up from history, looking at no more than `recordsMax` records. True: there is
   * more to do, call again in a later turn. `options.onWatchersBehind` says when to begin.
   */
  catchUpWatchers(recordsMax: number): boolean;
  /** Sends an empty batch with the current revision to every watcher with `progressNotify` that is up to date. */
  notifyProgress(): void;

  /** Goes on with the last compaction, looking at no more than `recordsMax` records. True: there is more to do. */
  sweep(recordsMax: number): boolean;

  /** All leases, in order of id. Times are the leader's business: it starts a clock for each when it is elected. */
  leases(): readonly LeaseStatus[];
  lease(id: bigint): LeaseStatus | undefined;
  /** The keys that a lease holds, in order. */
  leaseKeys(id: bigint): readonly Key[];

  alarms(): readonly Alarm[];
  /** Raised by that member, or by any. */
  alarmed(type: AlarmType, memberId?: bigint): boolean;

  status(): StateMachineStatus;
  /** A digest of the whole replicated state: equal on all replicas at the same applied index. Walks everything. */
  hash(): string;
  /** Begins a digest of the keys at a revision, 0 being the current one. It goes on with the state as it is now over an `install`. */
  hashKeys(revision: number): Result<KeyHash, MvccError>;
  /** Asserts every invariant. Walks everything: for tests and simulation. */
  verify(): void;

  beginSnapshot(): StateSnapshot;
  /** Replaces the whole state, at once. Watchers stay and go on from their own revisions (or end as compacted). */
  install(restored: RestoredState): void;
}

export interface StateMachineOptions {
  /** Called (from within `apply`, `watch`, `resume` or `install`) when watchers begin to have something to catch up. */
  readonly onWatchersBehind?: () => void;
}

/** What became of a proposal. */
export interface AppliedResult {
  readonly requestId: RequestId;
  readonly outcome: CommandOutcome;
}

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

export type { WatchHandle, WatchHandlers } from '../mvcc/index.js';

export function createStateMachine(options: StateMachineOptions = {}): StateMachine {
  const onBehind = options.onWatchersBehind ?? ((): void => undefined);
  let state = emptyState();
  const hub = createWatchHub(state.mvcc.events, onBehind);
  return {
    get appliedIndex() {
      return state.appliedIndex;
    },
    get appliedTerm() {
      return state.appliedTerm;
    },
    get confState() {
      return state.members.confState();
    },
    get members() {
      return state.members;
    },
    get revision() {
      return state.mvcc.currentRevision;
    },
    get compactRevision() {
      return state.mvcc.compactRevision;
    },
    get imageBytes() {
      return state.mvcc.imageBytes;
    },
    get records() {
      return state.mvcc.records;
    },
    get sizeBytes() {
      return state.mvcc.sizeBytes;
    },
    apply(index, entryTerm, data) {
      advance(state, index, entryTerm);
      if (data.length === 0) return [];
      const { records } = state.mvcc;
      const results = decodeProposals(data).map(({ requestId, command }) => ({
        requestId,
        outcome: applyCommand(state, hub, command),
      }));
      const added = state.mvcc.records - records;
      state.mvcc.sweep(
        Math.max(SWEPT_RECORDS_PER_PROPOSAL * results.length, SWEPT_RECORDS_PER_VERSION * added),
      );
      return results;
    },
    applyMemberChange(index, entryTerm, change) {
      advance(state, index, entryTerm);
      if (change === undefined) return;
      state.members.apply(change);
      // Whether its data was right is nobody's concern any more.
      if (change.type === 'remove')
        state.alarms.clear({ memberId: BigInt(change.id), type: 'corrupt' });
    },
    bootstrap(founding) {
      assert(state.appliedIndex === 0, 'only an empty state is bootstrapped');
      state = { ...state, members: createMemberTable(founding) };
    },
    range: (request) => state.mvcc.range(request),
    watch: (request, handlers) => hub.watch(request, handlers),
    catchUpWatchers: (recordsMax) => hub.catchUp(recordsMax),
    notifyProgress: () => {
      hub.notifyProgress();
    },
    sweep: (recordsMax) => state.mvcc.sweep(recordsMax),
    leases: () => state.mvcc.leases().map(leaseStatus),
    lease(id) {
      const lease = state.mvcc.lease(id);
      return lease === undefined ? undefined : leaseStatus(lease);
    },
    leaseKeys: (id) => [...(state.mvcc.lease(id)?.keys ?? [])].sort(),
    alarms: () => state.alarms.list(),
    alarmed: (type, memberId) => state.alarms.has(type, memberId),
    status: () => statusOf(state, hub.watchers),
    hash() {
      const hasher = createHasher();
      state.mvcc.hash(hasher);
      state.sessions.hash(hasher);
      state.alarms.hash(hasher);
      state.members.hash(hasher);
      return hasher.digest();
    },
    hashKeys: (at) => state.mvcc.hashKeys(at),
    verify: () => {
      state.mvcc.verify();
      state.sessions.verify();
    },
    beginSnapshot: () =>
      openStateSnapshot(
        { ...state, confState: state.members.confState() },
        {
          mvcc: state.mvcc.image(),
          sessions: state.sessions.image(),
          alarms: state.alarms.list(),
          members: state.members.image(),
        },
      ),
    install(restored) {
      const { meta } = restored;
      assert(meta.appliedIndex >= state.appliedIndex, 'a state is replaced by a newer one');
      const members = restored.members ?? state.members;
      state = { ...restored, ...positionOf(meta), members };
      hub.replaced(state.mvcc.events);
    },
  };
}

/** The sweep keeps ahead of what grows: while one goes through a state, at most a quarter of it is added. */
const SWEPT_RECORDS_PER_PROPOSAL = 16;
const SWEPT_RECORDS_PER_VERSION = 4;

interface State extends CommandTarget {
  appliedIndex: LogIndex;
  appliedTerm: Term;
  readonly members: MemberTable;
}

function emptyState(): State {
  return {
    appliedIndex: logIndex(0),
    appliedTerm: term(0),
    mvcc: createMvccStore(),
    sessions: createSessionTable(),
    alarms: createAlarmTable(),
    members: createMemberTable(foundingMembers([])),
  };
}

function positionOf({
  appliedIndex,
  appliedTerm,
}: StateSnapshotMeta): Pick<State, 'appliedIndex' | 'appliedTerm'> {
  return { appliedIndex, appliedTerm };
}

function advance(state: State, index: LogIndex, entryTerm: Term): void {
  assert(
    index === state.appliedIndex + 1,
    `entry ${String(index)} after ${String(state.appliedIndex)}`,
  );
  assert(entryTerm >= state.appliedTerm, 'terms do not go back');
  state.appliedIndex = index;
  state.appliedTerm = entryTerm;
}

function leaseStatus(lease: Lease): LeaseStatus {
  const { id, ttlSeconds, remainingTtlSeconds, keys } = lease;
  return { id, ttlSeconds, remainingTtlSeconds, keys: keys.size };
}

function statusOf(state: State, watchers: number): StateMachineStatus {
  const { appliedIndex, appliedTerm, mvcc, sessions } = state;
  return {
    appliedIndex,
    appliedTerm,
    revision: mvcc.currentRevision,
    compactRevision: mvcc.compactRevision,
    keys: mvcc.keys,
    dbSizeBytes: mvcc.sizeBytes,
    leases: mvcc.leaseCount,
    sessions: sessions.size,
    watchers,
  };
}
