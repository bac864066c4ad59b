import type {
  V1ClusterRoleBinding,
  V1Deployment,
  V1EndpointSlice,
  V1Endpoints,
  V1Namespace,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1Secret,
  V1Service,
} from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import {
  setEndpointSliceDefaults,
  setEndpointsDefaults,
  setNamespaceDefaults,
  setNodeDefaults,
  setRoleBindingDefaults,
  setSecretDefaults,
} from './cluster.js';
import { setPodDefaults } from './pod.js';
import { setServiceDefaults } from './service.js';
import { setDeploymentDefaults, setReplicaSetDefaults } from './workload.js';

/**
 * Sets Kubernetes' v1 defaults in place, as it does when an object is decoded, on writes and on reads alike. The
 * object must be the caller's own, decoded as its model (lists are lists). `key` is that of `resourceKeyOf`; keys that
 * are not here have no defaults.
 */
export function setDefaults(key: string, object: KubernetesObject): void {
  switch (key) {
    case 'pods':
      setPodDefaults(object as V1Pod);
      break;
    case 'services':
      setServiceDefaults(object as V1Service);
      break;
    case 'namespaces':
      setNamespaceDefaults(object as V1Namespace);
      break;
    case 'nodes':
      setNodeDefaults(object as V1Node);
      break;
    case 'secrets':
      setSecretDefaults(object as V1Secret);
      break;
    case 'endpoints':
      setEndpointsDefaults(object as V1Endpoints);
      break;
    case 'apps/deployments':
      setDeploymentDefaults(object as V1Deployment);
      break;
    case 'apps/replicasets':
      setReplicaSetDefaults(object as V1ReplicaSet);
      break;
    case 'discovery.k8s.io/endpointslices':
      setEndpointSliceDefaults(object as unknown as V1EndpointSlice);
      break;
    case 'rbac.authorization.k8s.io/rolebindings':
    case 'rbac.authorization.k8s.io/clusterrolebindings':
      setRoleBindingDefaults(object as unknown as V1ClusterRoleBinding);
      break;
    default:
  }
}
