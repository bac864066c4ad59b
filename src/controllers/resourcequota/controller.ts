import { growthOf, isMeasured, quotaStatus, sumOfAmounts, usageIn } from '../../api/index.js';
import { isInQuotaScopes, usageOfCount } from '../../api/index.js';
import type { KubernetesObject, ResourceAmounts, V1ResourceQuota } from '../../api/index.js';
import type { ApiError, ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNotFound,
  objectKey,
  RECONCILED,
  Resource,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { sameJson } from '../same-json.js';
import { countableId, countables, createFollowed } from './followed.js';
import type { Countable } from './followed.js';

/** As --resource-quota-sync-period. */
const RESYNC_MS = 300_000;
/** What was let in before a quota limited it, and was still on its way when it was first counted, is there by then. */
const SETTLED_MS = 1_000;
/** What goes, often goes with others: they are settled together. */
const GATHER_MS = 100;

/**
 * Counts what the quotas of each namespace limit, and writes it into their status: when a quota changes, when something
 * that it counts is gone or uses less, and now and then. What is created the API server charges itself, in the very
 * transaction that stores it: so whoever counts after he has read a quota misses nothing that it was charged for.
 */
export const resourceQuotaController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const quotas = informers.informer(Resource.resourcequotas);
  informers.index(quotas, 'namespace', ({ metadata }) => [metadata?.namespace ?? '']);
  const definitions = informers.informer(Resource.customresourcedefinitions);
  const reconciler = createReconciler(context, { name: 'resourcequota' }, reconcile);
  const followed = createFollowed(ports, {
    onGone: (counted, object) => {
      for (const quota of quotasOf(counted, object))
        reconciler.enqueueAfter(objectKey(quota), GATHER_MS);
    },
    onUpdate: (counted, old, object) => {
      for (const quota of quotasOf(counted, object))
        if (usesLess(quota, counted, old, object))
          reconciler.enqueueAfter(objectKey(quota), GATHER_MS);
    },
    onFollowed: (counted) => {
      for (const quota of quotas.list())
        if (isMeasured(quota, counted.evaluator)) reconciler.enqueue(objectKey(quota));
    },
  });

  function quotasOf({ evaluator }: Countable, { metadata }: KubernetesObject): V1ResourceQuota[] {
    return quotas
      .byIndex('namespace', metadata?.namespace ?? '')
      .filter((quota) => isMeasured(quota, evaluator));
  }

  function usesLess(
    quota: V1ResourceQuota,
    { evaluator }: Countable,
    old: KubernetesObject,
    object: KubernetesObject,
  ): boolean {
    const wallMs = context.clock.wallMs();
    const usage = (state: KubernetesObject): ResourceAmounts =>
      isInQuotaScopes(quota, evaluator, state) ? evaluator.usage(state, wallMs) : new Map();
    return growthOf(usage(old), usage(object)).size > 0;
  }

  quotas.addHandler({
    onAdd: (quota) => {
      reconciler.enqueue(objectKey(quota));
    },
    onUpdate: (old, quota) => {
      // The status is ours, and the API server's: whatever it says is looked at with the rest.
      if (!sameJson(old.spec, quota.spec)) reconciler.enqueue(objectKey(quota));
    },
    onDelete: letGo,
  });
  definitions.addHandler({
    onAdd: kindsChanged,
    onUpdate: kindsChanged,
    onDelete: kindsChanged,
  });

  function kindsChanged(): void {
    letGo();
    for (const quota of quotas.list()) if (namesCustom(quota)) reconciler.enqueue(objectKey(quota));
  }

  function letGo(): void {
    const served = new Set(countables(definitions.list()).map(countableId));
    followed.keep(
      (counted) =>
        served.has(countableId(counted)) &&
        quotas.list().some((quota) => isMeasured(quota, counted.evaluator)),
    );
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const quota = quotas.get(key);
    if (quota === undefined || quota.metadata?.deletionTimestamp !== undefined) return RECONCILED;
    const counted = countables(definitions.list()).filter(({ evaluator }) =>
      isMeasured(quota, evaluator),
    );
    let measured: ResourceAmounts = new Map();
    let error: ApiError | undefined;
    for (const each of counted) {
      followed.follow(each);
      const usage = await measure(quota, each);
      if (usage.ok) measured = sumOfAmounts(measured, usage.value);
      else error ??= usage.error;
    }
    const status = quotaStatus(quota, measured);
    if (status !== undefined) {
      const written = await client.updateStatus(Resource.resourcequotas, { ...quota, status });
      if (!written.ok && !isNotFound(written.error)) error ??= written.error;
    }
    if (error !== undefined) return { type: 'failed', error };
    const begins = status !== undefined && !sameJson(quota.status?.hard, status.hard);
    return { type: 'again', afterMs: begins ? SETTLED_MS : RESYNC_MS };
  }

  return {
    name: 'resourcequota',
    start: reconciler.start,
    stop: () => {
      reconciler.stop();
      followed.stop();
    },
    report: reconciler.report,
  };

  /** Reads what there is now: no local copy says up to when it is complete. */
  async function measure(
    quota: V1ResourceQuota,
    { resource, evaluator }: Countable,
  ): Promise<ApiResult<ResourceAmounts>> {
    const { namespace } = quota.metadata ?? {};
    if (!evaluator.countsOnly) {
      const listed = await client.list(resource, { namespace });
      if (!listed.ok) return listed;
      const objects = listed.value.items as readonly KubernetesObject[];
      return { ok: true, value: usageIn(quota, evaluator, objects, context.clock.wallMs()) };
    }
    // One object, and how many there are beside it.
    const { group, version, resource: plural } = resource;
    const listed = await client.request(
      { verb: 'list', group, version, resource: plural, namespace, query: { limit: '1' } },
      { repeatability: 'idempotent' },
    );
    if (!listed.ok) return listed;
    const { items = [], metadata } = listed.value as CountedList;
    const count = items.length + (metadata?.remainingItemCount ?? 0);
    return { ok: true, value: usageOfCount(quota, evaluator, count) };
  }
};

interface CountedList {
  readonly items?: readonly unknown[];
  readonly metadata?: { readonly remainingItemCount?: number };
}

/** Whether it may count objects of a resource that is not built in: a group's name has a dot. */
function namesCustom({ spec }: V1ResourceQuota): boolean {
  return Object.keys(spec?.hard ?? {}).some((name) => /^count\/[^.]+\..*\./.test(name));
}
