import { findResource, forbiddenBecause, isBeingDeleted, notFound } from '../../api/index.js';
import type { KubernetesObject, Status } from '../../api/index.js';
import { assertDefined } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { ADMITTED, forbiddenAs } from './admission.js';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.js';

/** The namespaces that Kubernetes cannot be without. */
const IMMORTAL: readonly string[] = ['default', 'kube-system', 'kube-public'];

/** Finds a namespace: in the cache, and where it is not there (yet), in the store. */
export type NamespaceLookup = (name: string) => Promise<Outcome<KubernetesObject | undefined>>;

/** Nothing is created where there is no namespace, or where it is going; some namespaces never go. */
export function namespaceLifecycle(lookup: NamespaceLookup): AdmissionPlugin {
  const namespaces = assertDefined(findResource('', 'v1', 'namespaces'), 'the resource namespaces');
  return {
    name: 'NamespaceLifecycle',
    async admit(attributes) {
      const { operation, resource, namespace, name } = attributes;
      if (resource === namespaces) {
        if (operation !== 'DELETE' || !IMMORTAL.includes(name)) return ADMITTED;
        return refuse(forbiddenBecause(resource, name, 'this namespace may not be deleted'));
      }
      if (operation !== 'CREATE' || !resource.namespaced) return ADMITTED;
      const found = await lookup(namespace);
      if (!found.ok) return found;
      if (found.value === undefined) return refuse(notFound(namespaces, namespace));
      return isTerminating(found.value) ? refuse(beingTerminated(attributes)) : ADMITTED;
    },
  };
}

function isTerminating(namespace: KubernetesObject): boolean {
  const { phase } = (namespace['status'] ?? {}) as { phase?: string };
  return phase === 'Terminating' || isBeingDeleted(namespace);
}

function beingTerminated(attributes: AdmissionAttributes): Status {
  const { namespace } = attributes;
  const detail = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const status = forbiddenAs(attributes, detail);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return { ...status, details: { ...status.details, causes: [cause] } };
}
