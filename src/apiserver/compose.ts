import type { ActorContext } from '../actor/index.js';
import { findResource, resourceKeyOf, RESOURCES } from '../api/index.js';
import type { ApiResource, KubernetesObject } from '../api/index.js';
import { assertDefined, ok } from '../base/index.js';
import type { WebhookCaller } from '../protocol/index.js';
import { admissionChain } from './admission/admission-chain.js';
import { limitRanger } from './admission/limit-ranger.js';
import { namespaceLifecycle } from './admission/namespace-lifecycle.js';
import type { NamespaceLookup } from './admission/namespace-lifecycle.js';
import {
  defaultTolerationSeconds,
  priorityAdmission,
  serviceAccountAdmission,
} from './admission/pod-defaults.js';
import { admissionPolicies } from './admission/policies/admission-policies.js';
import { paramAccess } from './admission/policies/param-access.js';
import { admissionWebhooks } from './admission/webhooks/admission-webhooks.js';
import { QUOTAS, resourceQuotaAdmission } from './admission/resource-quota.js';
import { runtimeClassAdmission } from './admission/runtime-class.js';
import { firstOpinion, privilegedGroups } from './authz/authorizer.js';
import type { Authorizer } from './authz/authorizer.js';
import { nodeAuthorizer } from './authz/node.js';
import { rbacAuthorizer } from './authz/rbac.js';
import { NODE_RULES } from './bootstrap/component-roles.js';
import type { ApiServerConfig } from './config.js';
import { createCatalog } from './custom/catalog.js';
import { createConverter } from './custom/converter.js';
import { customStrategy, definitionStrategy } from './custom/strategy.js';
import { cachePrefix, collectionPrefix, objectKey } from './registry/object-key.js';
import type { PolicyMetrics } from './policy-metrics.js';
import { cacheOf } from './registry/ports.js';
import { currentRevision } from './registry/resource-version.js';
import type { RegistryPorts } from './registry/ports.js';
import { admissionPolicyStrategy } from './registry/strategy/admission-policies.js';
import { ipRange } from './registry/strategy/ip-range.js';
import { PLAIN_STRATEGIES } from './registry/strategy/plain-strategies.js';
import { serviceStrategy } from './registry/strategy/services.js';
import type { Strategy } from './registry/strategy/strategy.js';
import { sharedLeases } from './storage/event-leases.js';
import { objectStorage } from './storage/object-storage.js';
import type { ObjectStorage } from './storage/object-storage.js';
import type { StorePort } from './storage/store-port.js';
import { boundResource, serviceAccountTokens } from './tokens/service-account-tokens.js';
import type { BoundLookup } from './tokens/service-account-tokens.js';
import type { TokenKey } from './tokens/token-key.js';
import { objectOf } from './watch-cache/cached-object.js';
import { ReadBarrier } from './watch-cache/read-barrier.js';
import type { WebhookMetrics } from './webhook-metrics.js';
import { RegistryFeed } from './watch-cache/registry-feed.js';

const USUAL: Strategy = {};
export const DEFINITIONS = assertDefined(
  findResource('apiextensions.k8s.io', 'v1', 'customresourcedefinitions'),
  'the resource customresourcedefinitions',
);

function core(resource: string): ApiResource {
  return assertDefined(findResource('', 'v1', resource), resource);
}

/** The registry, and who says what users may do: admission asks that, too. */
export type ComposedRegistry = RegistryPorts & { readonly authorizer: Authorizer };

/** Wires the registry to its store. */
export function composeRegistry(
  context: ActorContext,
  config: ApiServerConfig,
  store: StorePort,
  webhooks: WebhookCaller,
  tokenKey: TokenKey | undefined,
  metrics: WebhookMetrics,
  policyMetrics: PolicyMetrics,
): ComposedRegistry {
  const { clock, random, crypto, log } = context;
  const storage = objectStorage(store, sharedLeases(store, clock));
  const feed = new RegistryFeed(context, store, {
    prefixes: RESOURCES.filter((row) => row.storagePrefix !== '' && row.storedAs === undefined).map(
      cachePrefix,
    ),
    historyEventsMax: config.watchHistoryEvents,
    replayRevisionsMax: config.watchHistoryEvents,
  });
  const strategies = new Map<string, Strategy>(Object.entries(PLAIN_STRATEGIES));
  strategies.set('apiextensions.k8s.io/customresourcedefinitions', definitionStrategy);
  const catalog = createCatalog(cacheOf({ feed }, DEFINITIONS));
  strategies.set(
    'admissionregistration.k8s.io/validatingadmissionpolicies',
    admissionPolicyStrategy(() => catalog.rows()),
  );
  const services = (): Iterable<KubernetesObject> => objectsBelow(feed, core('services'), '');
  const state = { services, revision: () => feed.revision };
  strategies.set(
    'services',
    serviceStrategy({ clock, random, range: ipRange(config.serviceCidr), state }),
  );
  const priorityClasses = assertDefined(
    findResource('scheduling.k8s.io', 'v1', 'priorityclasses'),
    'priorityclasses',
  );
  const runtimeClasses = assertDefined(
    findResource('node.k8s.io', 'v1', 'runtimeclasses'),
    'runtimeclasses',
  );
  const namespaces = lookup(feed, storage, core('namespaces'));
  const converter = createConverter({ webhooks, feed, random, crypto });
  const authorizer = composeAuthorizer(feed);
  const met = { catalog, converter, namespaces, authorizer, feed, log };
  const policies = admissionPolicies({ ...met, storage, policyMetrics });
  const hooks = admissionWebhooks({ ...met, webhooks, random, crypto, clock, metrics });
  const plugins = [
    namespaceLifecycle(namespaces),
    limitRanger((namespace) => objectsBelow(feed, core('limitranges'), namespace)),
    serviceAccountAdmission,
    defaultTolerationSeconds,
    priorityAdmission(() => objectsBelow(feed, priorityClasses, '')),
    runtimeClassAdmission(lookup(feed, storage, runtimeClasses)),
    paramAccess({ ...met, policy: policies.find }),
  ];
  const barrier = new ReadBarrier(store);
  const quotas = resourceQuotaAdmission({
    clock,
    storage,
    quotas: cacheOf({ feed }, QUOTAS),
    cacheRevision: () => feed.revision,
    caughtUp: () => currentRevision({ feed, barrier }),
    timeoutMs: config.requestTimeoutMs,
  });
  const admission = admissionChain(plugins, policies, hooks);
  return {
    clock,
    random,
    crypto,
    log,
    config,
    store,
    storage,
    feed,
    admission,
    authorizer,
    quotas,
    barrier,
    catalog,
    converter,
    tokens:
      tokenKey === undefined
        ? undefined
        : serviceAccountTokens({ clock, crypto }, tokenKey, boundLookup(feed, storage)),
    strategyOf: (resource) =>
      resource.custom === undefined
        ? (strategies.get(resourceKeyOf(resource)) ?? USUAL)
        : customStrategy(resource),
  };
}

function* objectsBelow(
  feed: RegistryFeed,
  resource: ApiResource,
  namespace: string,
): Iterable<KubernetesObject> {
  for (const object of cacheOf({ feed }, resource).list(collectionPrefix(resource, namespace)))
    yield objectOf(object);
}

/** The cache may be a moment behind: only the store knows that a namespace, or a class, is not there. */
function lookup(
  feed: RegistryFeed,
  storage: ObjectStorage,
  resource: ApiResource,
): NamespaceLookup {
  return async (name) => {
    const key = objectKey(resource, '', name);
    const cached = cacheOf({ feed }, resource).get(key);
    if (cached !== undefined) return ok(objectOf(cached));
    const stored = await storage.get(key);
    if (!stored.ok) return stored;
    return ok(stored.value === undefined ? undefined : objectOf(stored.value));
  };
}

/** As for namespaces. */
function boundLookup(feed: RegistryFeed, storage: ObjectStorage): BoundLookup {
  return async (resource, namespace, name) => {
    const row = boundResource(resource);
    const key = objectKey(row, namespace, name);
    const cached = cacheOf({ feed }, row).get(key);
    if (cached !== undefined) return ok(objectOf(cached));
    const stored = await storage.get(key);
    if (!stored.ok) return stored;
    return ok(stored.value === undefined ? undefined : objectOf(stored.value));
  };
}

/** In kube-apiserver's order: the privileged group, Node, RBAC. */
function composeAuthorizer(feed: RegistryFeed): Authorizer {
  const rbac = (resource: string): ApiResource =>
    assertDefined(findResource('rbac.authorization.k8s.io', 'v1', resource), resource);
  const one = (
    resource: ApiResource,
    namespace: string,
    name: string,
  ): KubernetesObject | undefined => {
    const cached = cacheOf({ feed }, resource).get(objectKey(resource, namespace, name));
    return cached === undefined ? undefined : objectOf(cached);
  };
  const objects = {
    clusterRoleBindings: () => objectsBelow(feed, rbac('clusterrolebindings'), ''),
    roleBindings: (namespace: string) => objectsBelow(feed, rbac('rolebindings'), namespace),
    clusterRole: (name: string) => one(rbac('clusterroles'), '', name),
    role: (namespace: string, name: string) => one(rbac('roles'), namespace, name),
  };
  const pods = core('pods');
  return firstOpinion([
    privilegedGroups(['system:masters']),
    nodeAuthorizer(NODE_RULES, { pods: (namespace) => objectsBelow(feed, pods, namespace) }),
    rbacAuthorizer(objects),
  ]);
}
