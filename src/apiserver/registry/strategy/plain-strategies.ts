import { fieldElement, setOf } from '../../../api/index.js';
import type { KubernetesObject } from '../../../api/index.js';
import { podStrategy } from './pods.js';
import type { Strategy } from './strategy.js';

const NAMESPACE_FINALIZER = 'kubernetes';

interface Namespace extends KubernetesObject {
  spec?: { finalizers?: string[] };
}

const namespaces: Strategy = {
  prepareForCreate(object: Namespace) {
    const finalizers = object.spec?.finalizers ?? [];
    object.spec = {
      finalizers: finalizers.includes(NAMESPACE_FINALIZER)
        ? finalizers
        : [...finalizers, NAMESPACE_FINALIZER],
    };
    object['status'] = { phase: 'Active' };
  },
  prepareForUpdate(object, old) {
    object['spec'] = old['spec'];
  },
};

/** Deployments count changes of their annotations, too: they tell the controller of rollbacks. */
const deployments: Strategy = {
  generationOf: (object) => [object['spec'], object.metadata?.annotations ?? {}],
  ignoredByStatus: setOf([fieldElement('metadata'), fieldElement('labels')]),
  prepareForCreate: resetStatus,
  prepareForStatusUpdate: keepLabels,
};

const replicaSets: Strategy = {
  generationOf: (object) => object['spec'],
  prepareForCreate: resetStatus,
};

/** They have no status: all of an EndpointSlice counts but its metadata, and of that its labels. */
const endpointSlices: Strategy = {
  generationOf: (object) => [
    object['endpoints'],
    object['ports'],
    object['addressType'],
    object.metadata?.labels ?? {},
  ],
};

const secrets: Strategy = {
  prepareForCreate: encodeStringData,
  prepareForUpdate: encodeStringData,
};

/** Those that need nothing but data; services are made where the allocators are (`services.ts`). */
export const PLAIN_STRATEGIES: Readonly<Record<string, Strategy>> = {
  pods: podStrategy,
  namespaces,
  secrets,
  events: { expires: true, createsOnUpdate: true },
  endpoints: { createsOnUpdate: true },
  serviceaccounts: { returnsDeleted: true },
  'apps/deployments': deployments,
  'apps/replicasets': replicaSets,
  'coordination.k8s.io/leases': { createsOnUpdate: true, needsResourceVersion: true },
  'discovery.k8s.io/endpointslices': endpointSlices,
  'rbac.authorization.k8s.io/clusterroles': { createsOnUpdate: true },
  'rbac.authorization.k8s.io/clusterrolebindings': { createsOnUpdate: true },
  'rbac.authorization.k8s.io/roles': { createsOnUpdate: true },
  'rbac.authorization.k8s.io/rolebindings': { createsOnUpdate: true },
};

function resetStatus(object: KubernetesObject): void {
  object['status'] = {};
}

function keepLabels(object: KubernetesObject, old: KubernetesObject): void {
  if (object.metadata === undefined) return;
  delete object.metadata.labels;
  if (old.metadata?.labels !== undefined) object.metadata.labels = old.metadata.labels;
}

/** `stringData` is for writing only: it overrides `data`, as base64, and is not stored. */
function encodeStringData(object: KubernetesObject): void {
  const plain = object['stringData'] as Record<string, string> | undefined;
  delete object['stringData'];
  if (plain === undefined) return;
  const data = { ...(object['data'] as Record<string, string> | undefined) };
  for (const [name, text] of Object.entries(plain)) data[name] = base64(text);
  object['data'] = data;
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
