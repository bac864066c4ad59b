import type { KubernetesObject } from '../object.js';
import { setDefinitionDefaults } from '../crd/set-definition-defaults.js';
import * as cluster from './cluster.js';
import * as extensions from './extensions.js';
import { setPodDefaults } from './pod.js';
import * as policies from './policies.js';
import { setServiceDefaults } from './service.js';
import * as volumes from './volumes.js';
import * as workload from './workload.js';

const ADMISSION = 'admissionregistration.k8s.io';
const FLOWCONTROL = 'flowcontrol.apiserver.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';

/** Each takes objects that were decoded as the model of its resource. */
const DEFAULTS = new Map<string, unknown>([
  ['pods', setPodDefaults],
  ['services', setServiceDefaults],
  ['namespaces', cluster.setNamespaceDefaults],
  ['nodes', cluster.setNodeDefaults],
  ['secrets', cluster.setSecretDefaults],
  ['endpoints', cluster.setEndpointsDefaults],
  ['limitranges', policies.setLimitRangeDefaults],
  ['resourcequotas', policies.setResourceQuotaDefaults],
  ['persistentvolumes', volumes.setPersistentVolumeDefaults],
  ['persistentvolumeclaims', volumes.setClaimDefaults],
  ['podtemplates', workload.setPodTemplateDefaults],
  ['replicationcontrollers', workload.setReplicationControllerDefaults],
  ['apps/daemonsets', workload.setDaemonSetDefaults],
  ['apps/deployments', workload.setDeploymentDefaults],
  ['apps/replicasets', workload.setReplicaSetDefaults],
  ['apps/statefulsets', workload.setStatefulSetDefaults],
  ['autoscaling/horizontalpodautoscalers', policies.setAutoscalerDefaults],
  ['batch/jobs', workload.setJobDefaults],
  ['batch/cronjobs', workload.setCronJobDefaults],
  ['discovery.k8s.io/endpointslices', cluster.setEndpointSliceDefaults],
  ['networking.k8s.io/ingressclasses', policies.setIngressClassDefaults],
  ['networking.k8s.io/networkpolicies', policies.setNetworkPolicyDefaults],
  ['policy/poddisruptionbudgets', policies.setPodDisruptionBudgetDefaults],
  ['resource.k8s.io/resourceclaims', policies.setResourceClaimDefaults],
  ['resource.k8s.io/resourceclaimtemplates', policies.setResourceClaimTemplateDefaults],
  ['scheduling.k8s.io/priorityclasses', policies.setPriorityClassDefaults],
  ['storage.k8s.io/csidrivers', volumes.setCsiDriverDefaults],
  ['storage.k8s.io/storageclasses', volumes.setStorageClassDefaults],
  ['apiextensions.k8s.io/customresourcedefinitions', setDefinitionDefaults],
  ['apiregistration.k8s.io/apiservices', extensions.setApiServiceDefaults],
  [`${ADMISSION}/mutatingadmissionpolicies`, extensions.setAdmissionPolicyDefaults],
  [`${ADMISSION}/mutatingadmissionpolicybindings`, extensions.setAdmissionPolicyBindingDefaults],
  [`${ADMISSION}/mutatingwebhookconfigurations`, extensions.setMutatingWebhooksDefaults],
  [`${ADMISSION}/validatingadmissionpolicies`, extensions.setAdmissionPolicyDefaults],
  [`${ADMISSION}/validatingadmissionpolicybindings`, extensions.setAdmissionPolicyBindingDefaults],
  [`${ADMISSION}/validatingwebhookconfigurations`, extensions.setValidatingWebhooksDefaults],
  [`${FLOWCONTROL}/flowschemas`, extensions.setFlowSchemaDefaults],
  [`${FLOWCONTROL}/prioritylevelconfigurations`, extensions.setPriorityLevelDefaults],
  [`${RBAC}/rolebindings`, cluster.setRoleBindingDefaults],
  [`${RBAC}/clusterrolebindings`, cluster.setRoleBindingDefaults],
]) as ReadonlyMap<string, (object: KubernetesObject) => void>;

/**
 * Sets Kubernetes' v1 defaults in place, as it does when an object is decoded, on writes and on reads alike. The
 * object must be the caller's own, decoded as its model (lists are lists). `key` is that of `resourceKeyOf`; keys that
 * are not here have no defaults.
 */
export function setDefaults(key: string, object: KubernetesObject): void {
  DEFAULTS.get(key)?.(object);
}
