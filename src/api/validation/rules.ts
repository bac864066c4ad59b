import type {
  CoreV1Event,
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1Deployment,
  V1EndpointSlice,
  V1Endpoints,
  V1Lease,
  V1Namespace,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1Secret,
  V1Service,
} from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import type { Errors } from './checks.js';
import {
  checkLease,
  checkNamespace,
  checkNamespaceStatus,
  checkNode,
  checkNodeUpdate,
} from './cluster.js';
import { checkConfigMap, checkConfigMapUpdate, checkSecret, checkSecretUpdate } from './config.js';
import { checkEndpointSlice, checkEndpointSliceUpdate, checkEndpoints } from './endpoints.js';
import { checkEvent } from './event.js';
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  pathSegmentProblems,
} from './names.js';
import type { NameRule } from './object-meta.js';
import { checkPodCreate, checkPodStatusUpdate, checkPodUpdate } from './pod.js';
import { checkRole, checkRoleBinding, checkRoleBindingUpdate } from './rbac.js';
import { checkService, checkServiceUpdate } from './service.js';
import {
  checkDeployment,
  checkDeploymentStatus,
  checkDeploymentUpdate,
  checkReplicaSet,
  checkReplicaSetStatus,
  checkReplicaSetUpdate,
} from './workload.js';

/** How the objects of one resource are validated, beside their metadata. */
export interface Rule<T> {
  readonly name: NameRule;
  create?(object: T, errors: Errors): void;
  /** Absent: as `create`. */
  update?(object: T, old: T, errors: Errors): void;
  status?(object: T, old: T, errors: Errors): void;
}

/** Objects were decoded as the model that the rule is for. */
export type AnyRule = Rule<KubernetesObject>;

const SUBDOMAIN: NameRule = { namespaced: true, problems: dnsSubdomainProblems };
const CLUSTER_SUBDOMAIN: NameRule = { namespaced: false, problems: dnsSubdomainProblems };
const SEGMENT: NameRule = { namespaced: true, problems: pathSegmentProblems };
const CLUSTER_SEGMENT: NameRule = { namespaced: false, problems: pathSegmentProblems };

const pods: Rule<V1Pod> = {
  name: SUBDOMAIN,
  create: checkPodCreate,
  update: checkPodUpdate,
  status: checkPodStatusUpdate,
};
const services: Rule<V1Service> = {
  name: { namespaced: true, problems: dns1035LabelProblems },
  create: checkService,
  update: checkServiceUpdate,
};
const namespaces: Rule<V1Namespace> = {
  name: { namespaced: false, problems: dnsLabelProblems },
  create: checkNamespace,
  status: (object, _old, errors) => {
    checkNamespaceStatus(object, errors);
  },
};
const nodes: Rule<V1Node> = {
  name: CLUSTER_SUBDOMAIN,
  create: checkNode,
  update: checkNodeUpdate,
  status: checkNodeUpdate,
};
const configMaps: Rule<V1ConfigMap> = {
  name: SUBDOMAIN,
  create: checkConfigMap,
  update: checkConfigMapUpdate,
};
const secrets: Rule<V1Secret> = { name: SUBDOMAIN, create: checkSecret, update: checkSecretUpdate };
const endpoints: Rule<V1Endpoints> = { name: SUBDOMAIN, create: checkEndpoints };
const events: Rule<CoreV1Event> = { name: SUBDOMAIN, create: checkEvent };
const leases: Rule<V1Lease> = { name: SUBDOMAIN, create: checkLease };
const deployments: Rule<V1Deployment> = {
  name: SUBDOMAIN,
  create: checkDeployment,
  update: checkDeploymentUpdate,
  status: (object, _old, errors) => {
    checkDeploymentStatus(object, errors);
  },
};
const replicaSets: Rule<V1ReplicaSet> = {
  name: SUBDOMAIN,
  create: checkReplicaSet,
  update: checkReplicaSetUpdate,
  status: (object, _old, errors) => {
    checkReplicaSetStatus(object, errors);
  },
};
const endpointSlices: Rule<V1EndpointSlice> = {
  name: SUBDOMAIN,
  create: checkEndpointSlice,
  update: checkEndpointSliceUpdate,
};

function roles(namespaced: boolean): Rule<V1ClusterRole> {
  return {
    name: namespaced ? SEGMENT : CLUSTER_SEGMENT,
    create: (role, errors) => {
      checkRole(role, namespaced, errors);
    },
  };
}

function roleBindings(namespaced: boolean): Rule<V1ClusterRoleBinding> {
  return {
    name: namespaced ? SEGMENT : CLUSTER_SEGMENT,
    create: (binding, errors) => {
      checkRoleBinding(binding, namespaced, errors);
    },
    update: (binding, old, errors) => {
      checkRoleBindingUpdate(binding, old, namespaced, errors);
    },
  };
}

const RBAC = 'rbac.authorization.k8s.io';

/** By the keys of `resourceKeyOf`. */
const RULES = new Map<string, unknown>([
  ['pods', pods],
  ['services', services],
  ['namespaces', namespaces],
  ['nodes', nodes],
  ['configmaps', configMaps],
  ['secrets', secrets],
  ['serviceaccounts', { name: SUBDOMAIN }],
  ['endpoints', endpoints],
  ['events', events],
  ['apps/deployments', deployments],
  ['apps/replicasets', replicaSets],
  ['coordination.k8s.io/leases', leases],
  ['discovery.k8s.io/endpointslices', endpointSlices],
  [`${RBAC}/roles`, roles(true)],
  [`${RBAC}/clusterroles`, roles(false)],
  [`${RBAC}/rolebindings`, roleBindings(true)],
  [`${RBAC}/clusterrolebindings`, roleBindings(false)],
]) as ReadonlyMap<string, AnyRule>;

export function ruleOf(key: string): AnyRule | undefined {
  return RULES.get(key);
}
