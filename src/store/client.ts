import { AssertionError } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { ActorContext, Peer } from '../actor/index.js';
import type { RangeRequest, RangeResponse, TxnRequest, TxnResponse } from '../mvcc/index.js';
import type { ReplicaStatus, StoreResult, WatchRequest } from '../protocol/index.js';
import type { StoreWatch, StoreWatchHandlers } from './watch-client.js';

/**
 * The store as an actor sees it: finds the leader, waits out elections up to its deadline, and makes every write happen
 * at most once. A write's success is followed by reads that see it. No call rejects.
 */
export interface StoreClient {
  /** Linearizable, unless `serializable` (any live replica answers, perhaps with the past). */
  range(request: RangeRequest, options?: StoreCallOptions): Promise<StoreResult<RangeResponse>>;
  /** `outcome-unknown` and `timeout` say that the write may have happened or may still happen, once. */
  txn(request: TxnRequest, options?: StoreCallOptions): Promise<StoreResult<TxnResponse>>;
  compact(revision: number, options?: StoreCallOptions): Promise<StoreResult<object>>;
  /** `id` 0n: the client draws one. */
  leaseGrant(id: bigint, ttlSeconds: number, options?: StoreCallOptions): Promise<StoreResult<LeaseGranted>>;
  leaseRevoke(id: bigint, options?: StoreCallOptions): Promise<StoreResult<object>>;
  leaseKeepAlive(id: bigint, options?: StoreCallOptions): Promise<StoreResult<{ readonly ttlSeconds: number }>>;
  /** Of the replicas that answer, in the order of `replicas`. */
  status(options?: StoreCallOptions): Promise<readonly ReplicaStatus[]>;
  watch(request: WatchRequest, handlers: StoreWatchHandlers): StoreWatch;
  /** To be called by the owner's behaviour for every peer; those that are no replicas are ignored. */
  peerUp(peer: Peer): void;
  peerDown(peer: Peer): void;
}

export interface LeaseGranted {
  readonly id: bigint;
  readonly ttlSeconds: number;
}

export interface StoreCallOptions {
  /** Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  readonly traceId?: string | undefined;
}

export interface StoreClientOptions {
  readonly replicas: readonly ActorId[];
  readonly requestTimeoutMs: number;
}

export function createStoreClient(context: ActorContext, options: StoreClientOptions): StoreClient {
  throw new AssertionError(`the store client of ${context.self.id} is being built (${String(options.replicas.length)})`);
}
