import { findCondition, findResource, isBeingDeleted, RESOURCES } from '../../api/index.js';
import { withCondition } from '../../api/index.js';
import type {
  ApiResource,
  KubernetesObject,
  V1APIServiceStatus,
  V1CustomResourceDefinition,
} from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import { user } from '../authn.js';
import { AUTOMANAGED, localApiService, locallyAvailable } from '../bootstrap/api-services.js';
import type { LocalApiServiceSpec } from '../bootstrap/api-services.js';
import { deleteObject } from '../registry/delete.js';
import { guaranteedWrite } from '../registry/guaranteed-write.js';
import { jsonEqual } from '../registry/json-value.js';
import { objectKey } from '../registry/object-key.js';
import { cacheOf, timestamp } from '../registry/ports.js';
import type { RegistryPorts } from '../registry/ports.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { lookAtChanges } from './look-at-changes.js';

const API_SERVICES = assertDefined(
  findResource('apiregistration.k8s.io', 'v1', 'apiservices'),
  'the resource apiservices',
);
const SELF = user('system:apiserver', ['system:masters']);
const RETRY_MS = 200;
/** Behind all built-in groups, as kube-apiserver's crd-autoregister has it. */
const PRIORITIES = { groupPriorityMinimum: 1_000, versionPriority: 100 } as const;
const BUILT_IN = new Set(RESOURCES.map(({ group, version }) => `${version}.${group}`));

/** By name: what the definitions' served versions want, each once. Those of the built-in groups are made at the start. */
export function wantedApiServices(
  definitions: Iterable<V1CustomResourceDefinition>,
): ReadonlyMap<string, LocalApiServiceSpec> {
  const wanted = new Map<string, LocalApiServiceSpec>();
  for (const { spec } of definitions)
    for (const { name: version, served } of spec.versions) {
      const name = `${version}.${spec.group}`;
      if (served && !BUILT_IN.has(name))
        wanted.set(name, { group: spec.group, version, ...PRIORITIES });
    }
  return wanted;
}

export type ApiServicePlan =
  | { readonly type: 'keep' }
  | { readonly type: 'write'; readonly object: KubernetesObject }
  | { readonly type: 'remove' };

const KEEP = { type: 'keep' } as const;

/**
 * What is to be done about one APIService (kube-aggregator's autoregister controller, and its availability controller for local
 * ones). Only those that say so by their label are looked after. `now` is RFC 3339.
 */
export function planApiService(
  current: KubernetesObject | undefined,
  wanted: LocalApiServiceSpec | undefined,
  now: string,
): ApiServicePlan {
  if (current === undefined) {
    if (wanted === undefined) return KEEP;
    return { type: 'write', object: localApiService(wanted, 'true', now) };
  }
  if (!isManaged(current)) return KEEP;
  if (wanted === undefined) return isBeingDeleted(current) ? KEEP : { type: 'remove' };
  const status = (current['status'] ?? {}) as V1APIServiceStatus;
  const conditions = status.conditions ?? [];
  const available = findCondition(conditions, 'Available');
  const isAvailable = available?.status === 'True' && available.reason === 'Local';
  if (isAvailable && jsonEqual(current['spec'], wanted)) return KEEP;
  const after = withCondition(conditions, locallyAvailable(now), now);
  return {
    type: 'write',
    object: { ...current, spec: wanted, status: { ...status, conditions: after } },
  };
}

function isManaged({ metadata }: KubernetesObject): boolean {
  return metadata?.labels?.[AUTOMANAGED] === 'true';
}

/** Keeps an APIService for each group version that definitions serve, for as long as the server lives. */
export async function keepApiServices(
  ports: RegistryPorts,
  definitions: ApiResource,
  isStopped: () => boolean,
): Promise<void> {
  const services = cacheOf(ports, API_SERVICES);
  const caches = [cacheOf(ports, definitions), services];
  await lookAtChanges(ports.clock, caches, isStopped, async (later) => {
    const wanted = wantedApiServices(ports.catalog.definitions());
    const there = [...services.list(services.prefix)].map(objectOf).filter(isManaged);
    const names = new Set([...wanted.keys(), ...there.map(({ metadata }) => metadata?.name ?? '')]);
    const settled = await Promise.all(
      [...names].map((name) => settle(ports, name, wanted.get(name))),
    );
    if (settled.includes(false)) later(RETRY_MS);
  });
}

/** False: it has to be tried again, though nobody may tell of a change. */
async function settle(
  ports: RegistryPorts,
  name: string,
  wanted: LocalApiServiceSpec | undefined,
): Promise<boolean> {
  const cached = cacheOf(ports, API_SERVICES).get(objectKey(API_SERVICES, '', name));
  const current = cached === undefined ? undefined : objectOf(cached);
  const plan = planApiService(current, wanted, timestamp(ports.clock));
  if (plan.type === 'keep') return true;
  return plan.type === 'remove'
    ? await remove(ports, name, current)
    : await write(ports, name, wanted);
}

async function write(
  ports: RegistryPorts,
  name: string,
  wanted: LocalApiServiceSpec | undefined,
): Promise<boolean> {
  const target = { resource: API_SERVICES, namespace: '', name, dryRun: false };
  const written = await guaranteedWrite(ports, target, (old) => {
    const now = timestamp(ports.clock);
    const plan = planApiService(old, wanted, now);
    if (plan.type !== 'write') return ok({ type: 'keep', object: old ?? {} });
    const { object } = plan;
    if (old !== undefined) return ok({ type: 'write', object });
    const metadata = { ...object.metadata, uid: ports.crypto.uuid(), creationTimestamp: now };
    return ok({ type: 'write', object: { ...object, metadata } });
  });
  return written.ok;
}

/** Only the very object that was seen: somebody may have made it his own since. */
async function remove(
  ports: RegistryPorts,
  name: string,
  seen: KubernetesObject | undefined,
): Promise<boolean> {
  const options = {
    gracePeriodSeconds: undefined,
    propagation: undefined,
    uid: seen?.metadata?.uid,
    resourceVersion: seen?.metadata?.resourceVersion,
    dryRun: false,
  };
  const at = { namespace: '', name };
  const deleted = await deleteObject(ports, API_SERVICES, at, options, { user: SELF });
  // What was changed, or is gone, is told of.
  return deleted.ok || deleted.error.code < 500;
}
