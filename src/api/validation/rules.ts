import type { V1ClusterRole, V1ClusterRoleBinding, V1PodTemplate } from '../generated/types.js';
import * as definition from '../crd/validate-definition.js';
import * as admission from './admission-policies.js';
import * as batch from './batch.js';
import type { Errors } from './checks.js';
import * as claims from './claims.js';
import * as cluster from './cluster.js';
import * as config from './config.js';
import * as endpoints from './endpoints.js';
import { checkEvent } from './event.js';
import * as extensions from './extensions.js';
import * as ingress from './ingress.js';
import { dns1035LabelProblems, dnsLabelProblems } from './names.js';
import { checkNetworkPolicy } from './network-policy.js';
import type { NameRule } from './object-meta.js';
import * as mutating from './mutating-policies.js';
import * as parts from './parts.js';
import * as pod from './pod.js';
import * as policies from './policies.js';
import { checkRole, checkRoleBinding, checkRoleBindingUpdate } from './rbac.js';
import { INFRASTRUCTURE_RULES } from './infrastructure-rules.js';
import type { AnyRule, Rule } from './rule.js';
import { CLUSTER_SEGMENT, CLUSTER_SUBDOMAIN, SEGMENT, SUBDOMAIN, ofStatus, rule } from './rule.js';
import * as service from './service.js';
import * as sets from './sets.js';
import { checkTemplate } from './template.js';
import * as workload from './workload.js';

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

const ADMISSION = 'admissionregistration.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';
const WEBHOOKS = rule(CLUSTER_SUBDOMAIN, { create: extensions.checkWebhooks });

const SERVICE: NameRule = { namespaced: true, problems: dns1035LabelProblems };
const NAMESPACE: NameRule = { namespaced: false, problems: dnsLabelProblems };

/** By the keys of `resourceKeyOf`. Those that are not here have a subdomain for a name, and nothing else is checked. */
const RULES = new Map<string, unknown>([
  [
    'pods',
    rule(SUBDOMAIN, {
      create: pod.checkPodCreate,
      update: pod.checkPodUpdate,
      status: pod.checkPodStatusUpdate,
      parts: { ephemeralcontainers: parts.checkEphemeralContainers, resize: parts.checkResize },
    }),
  ],
  ['services', rule(SERVICE, { create: service.checkService, update: service.checkServiceUpdate })],
  [
    'namespaces',
    rule(NAMESPACE, {
      create: cluster.checkNamespace,
      status: ofStatus(cluster.checkNamespaceStatus),
    }),
  ],
  [
    'nodes',
    rule(CLUSTER_SUBDOMAIN, {
      create: cluster.checkNode,
      update: cluster.checkNodeUpdate,
      status: cluster.checkNodeUpdate,
    }),
  ],
  [
    'configmaps',
    rule(SUBDOMAIN, { create: config.checkConfigMap, update: config.checkConfigMapUpdate }),
  ],
  ['secrets', rule(SUBDOMAIN, { create: config.checkSecret, update: config.checkSecretUpdate })],
  ['serviceaccounts', rule(SUBDOMAIN)],
  ['endpoints', rule(SUBDOMAIN, { create: endpoints.checkEndpoints })],
  ['events', rule(SUBDOMAIN, { create: checkEvent })],
  ['limitranges', rule(SUBDOMAIN, { create: policies.checkLimitRange })],
  [
    'persistentvolumeclaims',
    rule(SUBDOMAIN, {
      create: claims.checkClaim,
      update: claims.checkClaimUpdate,
      status: ofStatus(claims.checkClaimStatus),
    }),
  ],
  [
    'persistentvolumes',
    rule(CLUSTER_SUBDOMAIN, {
      create: claims.checkPersistentVolume,
      update: claims.checkPersistentVolumeUpdate,
    }),
  ],
  ['podtemplates', rule(SUBDOMAIN, { create: checkPodTemplate })],
  [
    'replicationcontrollers',
    rule(SUBDOMAIN, {
      create: sets.checkReplicationController,
      status: ofStatus(workload.checkReplicaSetStatus),
    }),
  ],
  [
    'resourcequotas',
    rule(SUBDOMAIN, {
      create: policies.checkResourceQuota,
      update: policies.checkResourceQuotaUpdate,
      status: ofStatus(policies.checkResourceQuotaStatus),
    }),
  ],
  [
    'apps/daemonsets',
    rule(SUBDOMAIN, {
      create: sets.checkDaemonSet,
      update: sets.checkDaemonSetUpdate,
      status: ofStatus(sets.checkDaemonSetStatus),
    }),
  ],
  [
    'apps/deployments',
    rule(SUBDOMAIN, {
      create: workload.checkDeployment,
      update: workload.checkDeploymentUpdate,
      status: ofStatus(workload.checkDeploymentStatus),
    }),
  ],
  [
    'apps/replicasets',
    rule(SUBDOMAIN, {
      create: workload.checkReplicaSet,
      update: workload.checkReplicaSetUpdate,
      status: ofStatus(workload.checkReplicaSetStatus),
    }),
  ],
  [
    'apps/statefulsets',
    rule(SUBDOMAIN, {
      create: sets.checkStatefulSet,
      update: sets.checkStatefulSetUpdate,
      status: ofStatus(sets.checkStatefulSetStatus),
    }),
  ],
  ['autoscaling/horizontalpodautoscalers', rule(SUBDOMAIN, { create: policies.checkAutoscaler })],
  [
    'batch/cronjobs',
    rule(SUBDOMAIN, { create: batch.checkCronJob, update: batch.checkCronJobUpdate }),
  ],
  [
    'batch/jobs',
    rule(SUBDOMAIN, {
      create: batch.checkJob,
      update: batch.checkJobUpdate,
      status: ofStatus(batch.checkJobStatus),
    }),
  ],
  [
    'certificates.k8s.io/certificatesigningrequests',
    rule(CLUSTER_SUBDOMAIN, {
      create: extensions.checkSigningRequest,
      update: extensions.checkSigningRequestUpdate,
      status: extensions.checkSigningRequestUpdate,
      parts: { approval: parts.checkApproval },
    }),
  ],
  [
    'apiextensions.k8s.io/customresourcedefinitions',
    rule(CLUSTER_SUBDOMAIN, {
      create: definition.checkDefinition,
      update: definition.checkDefinitionUpdate,
    }),
  ],
  ['coordination.k8s.io/leases', rule(SUBDOMAIN, { create: cluster.checkLease })],
  [
    'discovery.k8s.io/endpointslices',
    rule(SUBDOMAIN, {
      create: endpoints.checkEndpointSlice,
      update: endpoints.checkEndpointSliceUpdate,
    }),
  ],
  [
    'networking.k8s.io/ingressclasses',
    rule(CLUSTER_SUBDOMAIN, {
      create: ingress.checkIngressClass,
      update: ingress.checkIngressClassUpdate,
    }),
  ],
  ['networking.k8s.io/ingresses', rule(SUBDOMAIN, { create: ingress.checkIngress })],
  ['networking.k8s.io/networkpolicies', rule(SUBDOMAIN, { create: checkNetworkPolicy })],
  [
    'node.k8s.io/runtimeclasses',
    rule(CLUSTER_SUBDOMAIN, {
      create: policies.checkRuntimeClass,
      update: policies.checkRuntimeClassUpdate,
    }),
  ],
  ['policy/poddisruptionbudgets', rule(SUBDOMAIN, { create: policies.checkPodDisruptionBudget })],
  [`${RBAC}/roles`, roles(true)],
  [`${RBAC}/clusterroles`, roles(false)],
  [`${RBAC}/rolebindings`, roleBindings(true)],
  [`${RBAC}/clusterrolebindings`, roleBindings(false)],
  [
    'scheduling.k8s.io/priorityclasses',
    rule(CLUSTER_SUBDOMAIN, {
      create: policies.checkPriorityClass,
      update: policies.checkPriorityClassUpdate,
    }),
  ],
  [
    'storage.k8s.io/storageclasses',
    rule(CLUSTER_SUBDOMAIN, {
      create: claims.checkStorageClass,
      update: claims.checkStorageClassUpdate,
    }),
  ],
  [
    'apiregistration.k8s.io/apiservices',
    rule(CLUSTER_SEGMENT, { create: extensions.checkApiService }),
  ],
  [`${ADMISSION}/mutatingwebhookconfigurations`, WEBHOOKS],
  [`${ADMISSION}/validatingwebhookconfigurations`, WEBHOOKS],
  [
    `${ADMISSION}/validatingadmissionpolicies`,
    rule(CLUSTER_SUBDOMAIN, {
      create: admission.checkAdmissionPolicy,
      update: admission.checkAdmissionPolicyUpdate,
    }),
  ],
  [
    `${ADMISSION}/validatingadmissionpolicybindings`,
    rule(CLUSTER_SUBDOMAIN, { create: admission.checkPolicyBinding }),
  ],
  [
    `${ADMISSION}/mutatingadmissionpolicies`,
    rule(CLUSTER_SUBDOMAIN, {
      create: mutating.checkMutatingPolicy,
      update: mutating.checkMutatingPolicyUpdate,
    }),
  ],
  [
    `${ADMISSION}/mutatingadmissionpolicybindings`,
    rule(CLUSTER_SUBDOMAIN, { create: mutating.checkMutatingBinding }),
  ],
  ...INFRASTRUCTURE_RULES,
]) as ReadonlyMap<string, AnyRule>;

function checkPodTemplate({ template }: V1PodTemplate, errors: Errors): void {
  checkTemplate(template, 'template', errors);
}

export function ruleOf(key: string): AnyRule | undefined {
  return RULES.get(key);
}
