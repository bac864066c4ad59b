import { assert, ok } from '../base/index.js';
import type { Result, Revision } from '../base/index.js';
import { compact, sweep } from './compaction.js';
import { beginKeyHash } from './key-hash.js';
import type { KeyHash } from './key-hash.js';
import { revokeLease } from './lease-revoke.js';
import type { Lease } from './lease-table.js';
import { imageOf } from './mvcc-image.js';
import type { MvccImage } from './mvcc-image.js';
import { createMvccState, imageBytes } from './mvcc-state.js';
import type { MvccState } from './mvcc-state.js';
import { range } from './range.js';
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  MvccError,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from './request.js';
import { hashMvcc } from './state-hash.js';
import type { Hasher } from './state-hash.js';
import { txn } from './txn.js';
import type { Written } from './txn.js';
import { verifyMvcc } from './verify.js';
import { eventsFrom } from './watch-event.js';
import type { EventSource } from './watch-event.js';

/**
 * etcd's multi-version store, in memory and synchronous. Every write makes one new revision, all older ones since the
 * last compaction stay readable. Responses and events share their versions with the store: do not change them.
 */
export interface MvccStore {
  readonly currentRevision: Revision;
  readonly compactRevision: Revision;
  /** Keys that exist now. */
  readonly keys: number;
  /** What all versions that are kept take in memory, at most. */
  readonly sizeBytes: number;
  /** What a snapshot of it weighs. */
  readonly imageBytes: number;
  /** Versions that are kept. */
  readonly records: number;
  range(request: RangeRequest): Result<RangeResponse, MvccError>;
  txn(request: TxnRequest): Result<Written<TxnResponse>, MvccError>;
  put(request: PutRequest): Result<Written<PutResponse>, MvccError>;
  deleteRange(request: DeleteRangeRequest): Result<Written<DeleteRangeResponse>, MvccError>;
  /** Reads before `revision` fail from now on; what exists at it stays. */
  compact(revision: number): Result<object, MvccError>;
  /** Goes on with the last compaction, looking at no more than `recordsMax` records. True: there is more to do. */
  sweep(recordsMax: number): boolean;
  leaseGrant(id: bigint, ttlSeconds: number): Result<Lease, MvccError>;
  /** Deletes the lease's keys in one revision. */
  leaseRevoke(id: bigint): Result<Written<object>, MvccError>;
  leaseCheckpoint(id: bigint, remainingTtlSeconds: number): boolean;
  lease(id: bigint): Lease | undefined;
  readonly leaseCount: number;
  /** In order of id. */
  leases(): readonly Lease[];
  /** History as events, for watchers that are behind. */
  readonly events: EventSource;
  image(): MvccImage;
  hash(hasher: Hasher): void;
  /** Begins a digest of the keys at a revision, 0 being the current one. */
  hashKeys(at: number): Result<KeyHash, MvccError>;
  verify(): void;
}

/** An empty store, or one over a state that a loader has built. */
export function createMvccStore(state: MvccState = createMvccState()): MvccStore {
  return {
    get currentRevision() {
      return state.currentRevision;
    },
    get compactRevision() {
      return state.compactRevision;
    },
    get keys() {
      return state.liveKeys;
    },
    get sizeBytes() {
      return state.sizeBytes;
    },
    get imageBytes() {
      return imageBytes(state);
    },
    get records() {
      return state.records;
    },
    range: (request) => range(state, request),
    txn: (request) => txn(state, request),
    put: (request) => singlePut(state, request),
    deleteRange: (request) => singleDeleteRange(state, request),
    compact: (at) => compact(state, at),
    sweep: (recordsMax) => sweep(state, recordsMax),
    leaseGrant: (id, ttlSeconds) => state.leases.grant(id, ttlSeconds),
    leaseRevoke: (id) => revokeLease(state, id),
    leaseCheckpoint: (id, remainingTtlSeconds) => state.leases.checkpoint(id, remainingTtlSeconds),
    lease: (id) => state.leases.get(id),
    get leaseCount() {
      return state.leases.size;
    },
    leases: () => state.leases.list(),
    events: eventsFrom(state),
    image: () => imageOf(state),
    hash: (hasher) => {
      hashMvcc(state, hasher);
    },
    hashKeys: (at) => beginKeyHash(state, at),
    verify: () => {
      verifyMvcc(state);
    },
  };
}

function singlePut(state: MvccState, request: PutRequest): Result<Written<PutResponse>, MvccError> {
  const done = txn(state, { compare: [], success: [{ type: 'put', ...request }], failure: [] });
  if (!done.ok) return done;
  const response = done.value.response.responses[0];
  assert(response?.type === 'put', 'a put answers as a put');
  return ok({ ...done.value, response });
}

function singleDeleteRange(
  state: MvccState,
  request: DeleteRangeRequest,
): Result<Written<DeleteRangeResponse>, MvccError> {
  const done = txn(state, {
    compare: [],
    success: [{ type: 'deleteRange', ...request }],
    failure: [],
  });
  if (!done.ok) return done;
  const response = done.value.response.responses[0];
  assert(response?.type === 'deleteRange', 'a deletion answers as a deletion');
  return ok({ ...done.value, response });
}
