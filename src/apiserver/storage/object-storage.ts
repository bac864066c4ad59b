import { assertDefined, ok } from '../../base/index.js';
import type { KubernetesObject } from '../../api/index.js';
import type { Outcome } from '../outcome.js';
import { refuse } from '../outcome.js';
import { cachedObject, encodeStored } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { storeStatus } from './store-status.js';
import type { KeyValue, StorePort, TxnRequest, TxnValue } from './store-port.js';

/** Someone else was faster: this is what he left (undefined: nothing). */
export interface Changed {
  readonly type: 'changed';
  readonly current: CachedObject | undefined;
}
export interface Written {
  readonly type: 'written';
  readonly object: CachedObject;
}
export interface Removed {
  readonly type: 'removed';
  readonly revision: number;
}

/** Another object that changes together with one, if it is still the one that was read, or that is expected. */
export interface Along {
  readonly key: string;
  /** Its mod revision, or what is stored of it. */
  readonly expected: number | Uint8Array;
  /** What is to be stored. */
  readonly value: Uint8Array;
}
/** The same, as it is after the write. */
export interface WrittenAlong extends Written {
  readonly along: readonly CachedObject[];
}
/** The object is as it was; of those that were to change along these are what is there, as of `revision`. */
export interface AlongChanged {
  readonly type: 'along-changed';
  readonly revision: number;
  readonly current: ReadonlyMap<string, CachedObject | undefined>;
}

/**
 * Objects in the store, under optimistic locking by mod revision, in kube-apiserver's own three transactions, and in one more:
 * several objects at once.
 */
export interface ObjectStorage {
  /** Linearizable. */
  get(key: string): Promise<Outcome<CachedObject | undefined>>;
  create(
    key: string,
    object: KubernetesObject,
    ttlSeconds?: number,
  ): Promise<Outcome<Written | Changed>>;
  replace(
    key: string,
    revision: number,
    object: KubernetesObject,
    ttlSeconds?: number,
  ): Promise<Outcome<Written | Changed>>;
  /** All or nothing; `revision` 0 creates. */
  writeAlong(
    key: string,
    revision: number,
    object: KubernetesObject,
    ttlSeconds: number | undefined,
    along: readonly Along[],
  ): Promise<Outcome<WrittenAlong | Changed | AlongChanged>>;
  remove(key: string, revision: number): Promise<Outcome<Removed | Changed>>;
}

export function objectStorage(store: StorePort, leases: LeaseSource): ObjectStorage {
  return {
    async get(key) {
      const answer = await store.range({ key });
      if (!answer.ok) return refuse(storeStatus(answer.error));
      return ok(toCached(answer.value.kvs[0]));
    },
    async create(key, object, ttlSeconds) {
      return await write(store, leases, key, 0, object, ttlSeconds);
    },
    async replace(key, revision, object, ttlSeconds) {
      return await write(store, leases, key, revision, object, ttlSeconds);
    },
    async writeAlong(key, revision, object, ttlSeconds, along) {
      const first = { key, expected: revision, value: encodeStored(object) };
      return await writeAll(store, leases, first, ttlSeconds, along);
    },
    async remove(key, revision) {
      const answer = await guarded(store, key, revision, { type: 'deleteRange', key });
      if (!answer.ok) return answer;
      return ok(
        answer.value.succeeded
          ? { type: 'removed', revision: Number(answer.value.header.revision) }
          : changed(answer.value),
      );
    },
  };
}

/** Gives the id of a store lease that lives for at least so long (see `storage/event-leases.ts`). */
export interface LeaseSource {
  lease(ttlSeconds: number): Promise<Outcome<bigint>>;
}

async function write(
  store: StorePort,
  leases: LeaseSource,
  key: string,
  revision: number,
  object: KubernetesObject,
  ttlSeconds: number | undefined,
): Promise<Outcome<Written | Changed>> {
  const lease = ttlSeconds === undefined ? ok(0n) : await leases.lease(ttlSeconds);
  if (!lease.ok) return lease;
  const value = encodeStored(object);
  const answer = await guarded(store, key, revision, {
    type: 'put',
    key,
    value,
    lease: lease.value,
  });
  if (!answer.ok) return answer;
  if (!answer.value.succeeded) return ok(changed(answer.value));
  return ok({
    type: 'written',
    object: cachedObject(key, Number(answer.value.header.revision), value),
  });
}

async function writeAll(
  store: StorePort,
  leases: LeaseSource,
  first: Along,
  ttlSeconds: number | undefined,
  along: readonly Along[],
): Promise<Outcome<WrittenAlong | Changed | AlongChanged>> {
  const lease = ttlSeconds === undefined ? ok(0n) : await leases.lease(ttlSeconds);
  if (!lease.ok) return lease;
  const all = [first, ...along];
  const answer = await store.txn({
    compare: all.map(({ key, expected }) => ({
      key,
      target: typeof expected === 'number' ? 'mod' : 'value',
      result: '=',
      value: expected,
    })),
    success: all.map(({ key, value }, at) => ({
      type: 'put',
      key,
      value,
      lease: at === 0 ? lease.value : 0n,
    })),
    failure: all.map(({ key }) => ({ type: 'range', key })),
  });
  if (!answer.ok) return refuse(storeStatus(answer.error));
  const revision = Number(answer.value.header.revision);
  if (answer.value.succeeded) {
    const [object, ...rest] = all.map(({ key, value }) => cachedObject(key, revision, value));
    return ok({ type: 'written', object: assertDefined(object, 'the first of them'), along: rest });
  }
  const found = answer.value.responses.map((read) =>
    read.type === 'range' ? toCached(read.kvs[0]) : undefined,
  );
  if ((found[0]?.revision ?? 0) !== first.expected)
    return ok({ type: 'changed', current: found[0] });
  const current = new Map(along.map(({ key }, at) => [key, found[at + 1]]));
  return ok({ type: 'along-changed', revision, current });
}

/** Runs one operation if the key's mod revision is still `revision` (0: it does not exist), and else reads it. */
async function guarded(
  store: StorePort,
  key: string,
  revision: number,
  operation: TxnRequest['success'][number],
): Promise<Outcome<TxnValue>> {
  const answer = await store.txn({
    compare: [{ key, target: 'mod', result: '=', value: revision }],
    success: [operation],
    failure: [{ type: 'range', key }],
  });
  return answer.ok ? answer : refuse(storeStatus(answer.error));
}

function changed(value: TxnValue): Changed {
  const read = assertDefined(value.responses[0], 'the answer to the read of a failed transaction');
  return { type: 'changed', current: read.type === 'range' ? toCached(read.kvs[0]) : undefined };
}

function toCached(kv: KeyValue | undefined): CachedObject | undefined {
  return kv === undefined ? undefined : cachedObject(kv.key, Number(kv.modRevision), kv.value);
}
