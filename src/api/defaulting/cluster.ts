import { isUnset, listOf, maybe } from '../absent.js';
import type {
  RbacV1Subject,
  V1ClusterRoleBinding,
  V1Endpoints,
  V1EndpointSlice,
  V1Namespace,
  V1Node,
  V1RoleBinding,
  V1Secret,
} from '../generated/types.js';
import { setResourceListDefaults } from './resource-list.js';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** The label of its own name, once it has one. The finalizer is put on at creation only, since it is taken off to end. */
export function setNamespaceDefaults(namespace: V1Namespace): void {
  namespace.status ??= {};
  if (isUnset(namespace.status.phase)) namespace.status.phase = 'Active';
  const name = namespace.metadata?.name;
  if (namespace.metadata === undefined || name === undefined || name === '') return;
  if (namespace.metadata.labels?.[NAME_LABEL] === name) return;
  namespace.metadata.labels = { ...namespace.metadata.labels, [NAME_LABEL]: name };
}

export function setNodeDefaults(node: V1Node): void {
  const { status } = node;
  if (status === undefined) return;
  setResourceListDefaults(status.capacity);
  if (status.allocatable !== undefined) setResourceListDefaults(status.allocatable);
  else if (status.capacity !== undefined) status.allocatable = { ...status.capacity };
}

export function setSecretDefaults(secret: V1Secret): void {
  if (isUnset(secret.type)) secret.type = 'Opaque';
}

export function setEndpointsDefaults(endpoints: V1Endpoints): void {
  for (const subset of listOf(endpoints.subsets)) {
    for (const port of listOf(subset.ports)) {
      if (isUnset(port.protocol)) port.protocol = 'TCP';
    }
  }
}

export function setEndpointSliceDefaults(slice: V1EndpointSlice): void {
  for (const port of listOf(slice.ports)) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}

export function setRoleBindingDefaults(binding: V1RoleBinding | V1ClusterRoleBinding): void {
  const roleRef = maybe(binding.roleRef);
  if (roleRef !== undefined && isUnset(roleRef.apiGroup)) roleRef.apiGroup = RBAC_GROUP;
  for (const subject of listOf(binding.subjects)) setSubjectDefaults(subject);
}

function setSubjectDefaults(subject: RbacV1Subject): void {
  if (!isUnset(subject.apiGroup)) return;
  if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup = RBAC_GROUP;
}
