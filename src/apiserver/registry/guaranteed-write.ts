import { conflict, sameButForTimes } from '../../api/index.js';
import type { ApiResource, KubernetesObject, ObjectMeta } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { WEBHOOK_REQUEST_MS } from '../deadline.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { AdmissionAttributes } from '../admission/admission.js';
import type { Changed, Removed, Written } from '../storage/object-storage.js';
import { objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { jsonEqual } from './json-value.js';
import { objectKey } from './object-key.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import type { Reservation } from './strategy/strategy.js';
import { NOTHING_RESERVED } from './strategy/strategy.js';

export type WritePlan =
  | {
      readonly type: 'write';
      readonly object: KubernetesObject;
      readonly reservation?: Reservation;
      /** As which it is charged to quotas; absent: it is not. */
      readonly attributes?: AdmissionAttributes;
    }
  | { readonly type: 'remove'; readonly object: KubernetesObject }
  /** Nothing is to be done. */
  | { readonly type: 'keep'; readonly object: KubernetesObject };

export interface WriteResult {
  readonly type: 'created' | 'updated' | 'removed' | 'kept';
  readonly object: KubernetesObject;
}

export interface WriteTarget {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
}

/** Given a copy of what is stored (or undefined), which it may change, says what is to be done. */
export type Planner = (
  old: KubernetesObject | undefined,
) => Outcome<WritePlan> | Promise<Outcome<WritePlan>>;

/**
 * Reads, plans and writes under optimistic locking, again where somebody else was faster (GuaranteedUpdate). The first
 * plan may start from the cache; a refusal or a no-op is believed only once it was planned on what the store has now. It
 * is tried for as long as the client waits, since each time somebody's write was done: a conflict is the client's own
 * resourceVersion, and for the planner to find.
 */
export async function guaranteedWrite(
  ports: RegistryPorts,
  target: WriteTarget,
  plan: Planner,
): Promise<Outcome<WriteResult>> {
  const { resource, namespace, name } = target;
  const key = objectKey(resource, namespace, name);
  let old = target.dryRun ? undefined : cacheOf(ports, resource).get(key);
  let current = false;
  const endMs = ports.clock.monotonicMs() + triesMs(ports);
  do {
    if (old === undefined && !current) {
      const read = await ports.storage.get(key);
      if (!read.ok) return read;
      old = read.value;
      current = true;
    }
    const served = old === undefined ? ok(undefined) : await ports.converter.served(resource, old);
    if (!served.ok) return served;
    const planned = rewritten(resource, old, await plan(served.value));
    if (!planned.ok || planned.value.type === 'keep') {
      const read = current ? ok(old) : await ports.storage.get(key);
      if (!read.ok) return read;
      // What was planned on was not stale: planning again would come to the same, and ask webhooks again.
      if (read.value?.revision === old?.revision)
        return planned.ok ? ok({ type: 'kept', object: planned.value.object }) : planned;
      old = read.value;
      current = true;
      continue;
    }
    if (target.dryRun) return await dryResult(ports, planned.value, old);
    const done = await carryOut(ports, target, key, old, planned.value);
    if (!done.ok) return done;
    if (done.value.type !== 'changed') return ok(resultOf(planned.value, old, done.value));
    old = done.value.current;
    current = true;
  } while (ports.clock.monotonicMs() < endMs);
  return refuse(conflict(resource, name));
}

/** Somebody else's webhook may take most of a try. */
function triesMs({ admission, config }: RegistryPorts): number {
  return admission.asksWebhooks
    ? Math.max(WEBHOOK_REQUEST_MS, config.requestTimeoutMs)
    : config.requestTimeoutMs;
}

/** A write that changes nothing still brings an object to its storage version: so objects are migrated. */
function rewritten(
  { custom }: ApiResource,
  old: CachedObject | undefined,
  planned: Outcome<WritePlan>,
): Outcome<WritePlan> {
  if (custom === undefined || old === undefined) return planned;
  if (!planned.ok || planned.value.type !== 'keep') return planned;
  if (objectOf(old).apiVersion === custom.storageApiVersion) return planned;
  return ok({ type: 'write', object: planned.value.object });
}

async function dryResult(
  { quotas }: RegistryPorts,
  plan: WritePlan,
  old: CachedObject | undefined,
): Promise<Outcome<WriteResult>> {
  const { object } = plan;
  if (plan.type === 'remove') return ok({ type: 'removed', object });
  if (plan.type === 'write') {
    plan.reservation?.settle('not-written');
    const checked =
      plan.attributes === undefined ? ok(undefined) : await quotas.check(plan.attributes);
    if (!checked.ok) return checked;
  }
  return ok({ type: old === undefined ? 'created' : 'updated', object });
}

function resultOf(
  plan: WritePlan,
  old: CachedObject | undefined,
  done: Written | Removed,
): WriteResult {
  if (done.type === 'removed') return { type: 'removed', object: plan.object };
  const metadata = { ...plan.object.metadata, resourceVersion: String(done.object.revision) };
  return { type: old === undefined ? 'created' : 'updated', object: { ...plan.object, metadata } };
}

async function carryOut(
  ports: RegistryPorts,
  { resource }: WriteTarget,
  key: string,
  old: CachedObject | undefined,
  plan: WritePlan,
): Promise<Outcome<Written | Removed | Changed>> {
  const revision = old?.revision ?? 0;
  if (plan.type !== 'write') return await ports.storage.remove(key, revision);
  const reservation = plan.reservation ?? NOTHING_RESERVED;
  const stored = await ports.converter.stored(resource, plan.object);
  if (!stored.ok) {
    reservation.settle('not-written');
    return stored;
  }
  const ttlSeconds =
    ports.strategyOf(resource).expires === true ? ports.config.eventTtlSeconds : undefined;
  const write = { key, revision, object: stored.value, ttlSeconds };
  const written = await ports.quotas.write(plan.attributes, write);
  if (!written.ok) reservation.settle(written.error.code === 504 ? 'unknown' : 'not-written');
  else
    reservation.settle(
      written.value.type === 'written' ? written.value.object.revision : 'not-written',
    );
  return written;
}

/** Whether two versions of an object differ in nothing but their resourceVersions and the times of their managers. */
export function isUnchanged(object: KubernetesObject, old: KubernetesObject): boolean {
  const { resourceVersion = '', managedFields } = old.metadata ?? {};
  const metadata: ObjectMeta = { ...object.metadata, resourceVersion };
  if (managedFields === undefined) delete metadata.managedFields;
  else metadata.managedFields = managedFields;
  return (
    jsonEqual({ ...object, metadata }, old) &&
    sameButForTimes(object.metadata?.managedFields, managedFields)
  );
}
