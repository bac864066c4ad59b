import type { KubernetesObject } from '../../api/index.js';
import { ALLOW, NO_OPINION } from './authorizer.js';
import type {
  Attributes,
  Authorizer,
  Decision,
  PolicyRule,
  ResourceAttributes,
} from './authorizer.js';
import { ruleAllows } from './rbac.js';

const NODE_PREFIX = 'system:node:';
const LEASE_NAMESPACE = 'kube-node-lease';
const READS: readonly string[] = ['get', 'list', 'watch'];

/** Where the authorizer looks what a node has to do with an object. */
export interface NodeObjects {
  /** Pods of a namespace. */
  pods(namespace: string): Iterable<KubernetesObject>;
}

/**
 * Nodes may do what kubelets do (`rules`), and of that only what concerns themselves: their own lease, and the Secrets
 * and ConfigMaps of pods that are assigned to them (kube-apiserver's Node authorizer).
 */
export function nodeAuthorizer(rules: readonly PolicyRule[], objects: NodeObjects): Authorizer {
  return {
    authorize(attributes) {
      const node = nodeName(attributes);
      if (node === undefined || attributes.type === 'path') return NO_OPINION;
      const narrowed = narrow(attributes, node, objects);
      if (narrowed !== undefined) return narrowed;
      return rules.some((rule) => ruleAllows(rule, attributes)) ? ALLOW : NO_OPINION;
    },
    // What a node may do depends on the object, which no list of rules can say.
    rules: (user) => ({ rules: [], complete: nodeName({ user }) === undefined }),
  };
}

function nodeName({ user }: Pick<Attributes, 'user'>): string | undefined {
  const isNode = user.groups.includes('system:nodes') && user.name.startsWith(NODE_PREFIX);
  return isNode ? user.name.slice(NODE_PREFIX.length) : undefined;
}

function noOpinion(reason: string): Decision {
  return { decision: 'no-opinion', reason };
}

/** The decision where the rules alone would allow too much. */
function narrow(
  attributes: ResourceAttributes,
  node: string,
  objects: NodeObjects,
): Decision | undefined {
  const { group, resource } = attributes;
  if (group === 'coordination.k8s.io' && resource === 'leases')
    return narrowLease(attributes, node);
  if (group === '' && (resource === 'secrets' || resource === 'configmaps'))
    return narrowVolume(attributes, node, objects);
  return undefined;
}

function narrowLease(
  { namespace, name, verb }: ResourceAttributes,
  node: string,
): Decision | undefined {
  if (namespace !== LEASE_NAMESPACE)
    return noOpinion('can only access leases in the "kube-node-lease" system namespace');
  if (verb !== 'create' && name !== node)
    return noOpinion('can only access node lease with the same name as the requesting node');
  return undefined;
}

function narrowVolume(
  attributes: ResourceAttributes,
  node: string,
  objects: NodeObjects,
): Decision {
  const { verb, namespace, name, subresource, resource } = attributes;
  if (!READS.includes(verb)) return noOpinion('can only get individual resources of this type');
  if (subresource !== '') return noOpinion('cannot get subresource');
  if (namespace === '') return noOpinion('can only read namespaced object of this type');
  if (name === '') return noOpinion('No Object name found');
  for (const pod of objects.pods(namespace)) {
    const { nodeName: assigned } = (pod['spec'] ?? {}) as { nodeName?: string };
    if (assigned === node && refersTo(pod['spec'], resource, name)) return ALLOW;
  }
  return noOpinion(`no relationship found between node '${node}' and this object`);
}

const REFERENCES: Readonly<Record<string, readonly (readonly [key: string, name: string])[]>> = {
  secrets: [
    ['secret', 'secretName'],
    ['secret', 'name'],
    ['secretRef', 'name'],
    ['secretKeyRef', 'name'],
    ['imagePullSecrets', 'name'],
  ],
  configmaps: [
    ['configMap', 'name'],
    ['configMapRef', 'name'],
    ['configMapKeyRef', 'name'],
  ],
};

/** Whether a pod's spec names the object anywhere: in volumes, projections, environment or pull secrets. */
function refersTo(spec: unknown, resource: string, name: string): boolean {
  const references = REFERENCES[resource] ?? [];
  const visit = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.some(visit);
    return Object.entries(value).some(([key, child]) => {
      const fields = references.filter(([parent]) => parent === key).map(([, field]) => field);
      const items = (Array.isArray(child) ? child : [child]) as (Record<string, unknown> | null)[];
      return fields.some((field) => items.some((item) => item?.[field] === name)) || visit(child);
    });
  };
  return visit(spec);
}
