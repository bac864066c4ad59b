import type { ActorContext } from '../../src/actor/index.js';
import { failed, ok, term } from '../../src/base/index.js';
import type { Result } from '../../src/base/index.js';
import { createMvccStore, createWatchHub } from '../../src/mvcc/index.js';
import type { KeyValue, MvccError } from '../../src/mvcc/index.js';
import type { ReplicaFigures, StoreErrorCode, StoreResult } from '../../src/protocol/index.js';
import type { StoreClient } from '../../src/store/index.js';

/** The store as one synchronous replica, which can be told to fail. */
export interface MemoryStore extends StoreClient {
  readonly revision: number;
  /** All requests fail so, until it is undefined again. */
  failure: StoreErrorCode | undefined;
  /** What is written is not answered in time, until it is false again. */
  losesAnswers: boolean;
  /** Requests wait here, in order, while it is set. */
  held: Promise<void> | undefined;
  /** What the replicas tell of themselves. */
  replicaFigures: readonly ReplicaFigures[];
  /** The requests that came, by name. */
  readonly counts: Record<string, number>;
  expireLeases(): void;
  put(key: string, value: string): void;
  /** What is stored under a key, at once. */
  stored(key: string): KeyValue | undefined;
  /** Compacts at once, as if some other client had. */
  compactNow(at: number): void;
}

export function createMemoryStore(context: ActorContext): MemoryStore {
  const mvcc = createMvccStore();
  let behind = false;
  const hub = createWatchHub(mvcc.events, () => {
    behind = true;
  });
  const counts: Record<string, number> = {};
  let leases = 1n;
  const header = () => ({
    clusterId: 1n,
    memberId: 1n,
    revision: mvcc.currentRevision,
    raftTerm: term(1),
  });

  async function run<T>(name: string, work: () => Result<T, MvccError>): Promise<StoreResult<T>> {
    counts[name] = (counts[name] ?? 0) + 1;
    if (store.held !== undefined) await store.held;
    await context.sleep(1);
    if (store.failure !== undefined)
      return failed({ code: store.failure, message: `etcdserver: ${store.failure}` });
    const result = work();
    if (store.losesAnswers && name === 'txn')
      return failed({ code: 'timeout', message: 'etcdserver: request timed out' });
    return result.ok ? ok({ ...result.value, header: header() }) : result;
  }

  const store: MemoryStore = {
    failure: undefined,
    losesAnswers: false,
    replicaFigures: [],
    held: undefined,
    counts,
    get revision() {
      return mvcc.currentRevision;
    },
    range: (request) => run('range', () => mvcc.range(request)),
    txn: (request) =>
      run('txn', () => {
        const written = mvcc.txn(request);
        if (!written.ok) return written;
        if (written.value.changed.length > 0) hub.applied(written.value.changed);
        return ok(written.value.response);
      }),
    compact: (at) => run('compact', () => mvcc.compact(at)),
    leaseGrant: (_id, ttlSeconds) => run('leaseGrant', () => mvcc.leaseGrant(leases++, ttlSeconds)),
    leaseRevoke: () => run('leaseRevoke', () => ok({})),
    leaseKeepAlive: () => run('leaseKeepAlive', () => ok({ ttlSeconds: 1 })),
    status: () => Promise.resolve([]),
    figures: () => Promise.resolve(store.replicaFigures),
    watch: (request, handlers) => {
      let over = false;
      const watching = hub.watch(request, {
        onBatch: (batch) => {
          if (!over) handlers.onBatch(batch);
          return true;
        },
        onCompacted: (compactRevision) => {
          over = true;
          handlers.onEnd({ code: 'compacted', compactRevision });
        },
      });
      while (behind) behind = hub.catchUp(1_000);
      return {
        cancel: () => {
          if (over) return;
          over = true;
          watching.cancel();
          handlers.onEnd({ code: 'canceled' });
        },
        pause: () => undefined,
        resume: () => undefined,
      };
    },
    peerUp: () => undefined,
    peerDown: () => undefined,
    expireLeases: () => {
      for (const lease of mvcc.leases()) {
        const revoked = mvcc.leaseRevoke(lease.id);
        if (revoked.ok && revoked.value.changed.length > 0) hub.applied(revoked.value.changed);
      }
    },
    stored: (key) => {
      const read = mvcc.range({ key });
      return read.ok ? read.value.kvs[0] : undefined;
    },
    compactNow: (at) => {
      mvcc.compact(at);
    },
    put: (key, value) => {
      const written = mvcc.put({ key, value: new TextEncoder().encode(value) });
      if (written.ok) hub.applied(written.value.changed);
    },
  };
  return store;
}
