import { assert } from '../../base/index.js';

/** What Kubernetes' types say about a list or a map beyond OpenAPI's shape (struct tags and markers of k8s.io/api). */
export interface MergeRule {
  /** The field by which strategic merge patch tells the items of a list apart. */
  readonly mergeKey?: string;
  /** Strategic merge patch: `merge` items or add to a set of primitives; `replace` the whole. */
  readonly strategy?: 'merge' | 'replace';
  /** Strategic merge patch: what the patch does not name is dropped where it says `$retainKeys`. */
  readonly retainKeys?: boolean;
  /** Server-side apply. */
  readonly listType?: 'map' | 'set' | 'atomic';
  /** Server-side apply: the keys of a `map` list; not always the merge key. */
  readonly listMapKeys?: readonly string[];
}

/** `MODEL FIELD [patch=STRATEGY[:MERGE KEY]] [list=TYPE[:KEYS]]`, sorted. Lists without a row are replaced, and atomic. */
const ROWS = `
V1APIServiceStatus conditions patch=merge:type list=map:type
V1AllocatedDeviceStatus conditions list=map:type
V1CSIDriverSpec volumeLifecycleModes list=set
V1CSINodeSpec drivers patch=merge:name list=map:name
V1CertificateSigningRequestStatus conditions list=map:type
V1ComponentStatus conditions patch=merge:type list=map:type
V1Container env patch=merge:name list=map:name
V1Container ports patch=merge:containerPort list=map:containerPort,protocol
V1Container volumeDevices patch=merge:devicePath list=map:devicePath
V1Container volumeMounts patch=merge:mountPath list=map:mountPath
V1ContainerRestartRuleOnExitCodes values list=set
V1ContainerStatus allocatedResourcesStatus patch=merge:name list=map:name
V1ContainerStatus volumeMounts patch=merge:mountPath list=map:mountPath
V1CustomResourceDefinitionStatus conditions list=map:type
V1DaemonSetStatus conditions patch=merge:type list=map:type
V1DeploymentSpec strategy patch=retainKeys
V1DeploymentStatus conditions patch=merge:type list=map:type
V1Endpoint addresses list=set
V1EphemeralContainer env patch=merge:name list=map:name
V1EphemeralContainer ports patch=merge:containerPort list=map:containerPort,protocol
V1EphemeralContainer volumeDevices patch=merge:devicePath list=map:devicePath
V1EphemeralContainer volumeMounts patch=merge:mountPath list=map:mountPath
V1FlowSchemaStatus conditions patch=merge:type list=map:type
V1JobStatus conditions patch=merge:type list=atomic
V1MutatingAdmissionPolicySpec matchConditions patch=merge:name list=map:name
V1MutatingWebhook matchConditions patch=merge:name list=map:name
V1MutatingWebhookConfiguration webhooks patch=merge:name list=map:name
V1NamespaceStatus conditions patch=merge:type list=map:type
V1NodeAllocatableResourceClaimStatus containers list=set
V1NodeSpec podCIDRs patch=merge list=set
V1NodeStatus addresses patch=merge:type list=map:type
V1NodeStatus conditions patch=merge:type list=map:type
V1NonResourcePolicyRule nonResourceURLs list=set
V1NonResourcePolicyRule verbs list=set
V1ObjectMeta finalizers patch=merge list=set
V1ObjectMeta ownerReferences patch=merge:uid list=map:uid
V1PersistentVolumeClaimStatus conditions patch=merge:type list=map:type
V1PodDisruptionBudgetSpec selector patch=replace
V1PodDisruptionBudgetStatus conditions patch=merge:type list=map:type
V1PodFailurePolicyOnExitCodesRequirement values list=set
V1PodSpec containers patch=merge:name list=map:name
V1PodSpec ephemeralContainers patch=merge:name list=map:name
V1PodSpec hostAliases patch=merge:ip list=map:ip
V1PodSpec imagePullSecrets patch=merge:name list=map:name
V1PodSpec initContainers patch=merge:name list=map:name
V1PodSpec resourceClaims patch=merge+retainKeys:name list=map:name
V1PodSpec schedulingGates patch=merge:name list=map:name
V1PodSpec topologySpreadConstraints patch=merge:topologyKey list=map:topologyKey,whenUnsatisfiable
V1PodSpec volumes patch=merge+retainKeys:name list=map:name
V1PodStatus conditions patch=merge:type list=map:type
V1PodStatus hostIPs patch=merge:ip list=atomic
V1PodStatus nodeAllocatableResourceClaimStatuses patch=merge:resourceClaimName list=map:resourceClaimName
V1PodStatus podIPs patch=merge:ip list=map:ip
V1PodStatus resourceClaimStatuses patch=merge+retainKeys:name list=map:name
V1PriorityLevelConfigurationStatus conditions patch=merge:type list=map:type
V1ReplicaSetStatus conditions patch=merge:type list=map:type
V1ReplicationControllerStatus conditions patch=merge:type list=map:type
V1ResourceClaimStatus devices list=map:driver,device,pool,shareID
V1ResourceClaimStatus reservedFor patch=merge:uid list=map:uid
V1ResourcePolicyRule apiGroups list=set
V1ResourcePolicyRule namespaces list=set
V1ResourcePolicyRule resources list=set
V1ResourcePolicyRule verbs list=set
V1ResourceRequirements claims list=map:name
V1ResourceStatus resources list=map:resourceID
V1ServiceAccount secrets patch=merge:name list=map:name
V1ServiceCIDRStatus conditions patch=merge:type list=map:type
V1ServiceSpec ports patch=merge:port list=map:port,protocol
V1ServiceStatus conditions patch=merge:type list=map:type
V1StatefulSetStatus conditions patch=merge:type list=map:type
V1UncountedTerminatedPods failed list=set
V1UncountedTerminatedPods succeeded list=set
V1ValidatingAdmissionPolicyBindingSpec validationActions list=set
V1ValidatingAdmissionPolicySpec matchConditions patch=merge:name list=map:name
V1ValidatingAdmissionPolicySpec variables patch=merge:name list=map:name
V1ValidatingAdmissionPolicyStatus conditions list=map:type
V1ValidatingWebhook matchConditions patch=merge:name list=map:name
V1ValidatingWebhookConfiguration webhooks patch=merge:name list=map:name
`;

let rules: ReadonlyMap<string, MergeRule> | undefined;

/** The rule of a model's field (`V1PodSpec`, `containers`). Undefined: maps are merged field by field, lists replaced. */
export function mergeKeyOf(model: string, field: string): MergeRule | undefined {
  rules ??= readRows();
  return rules.get(`${model} ${field}`);
}

function readRows(): ReadonlyMap<string, MergeRule> {
  const read = new Map<string, MergeRule>();
  for (const row of ROWS.trim().split('\n')) {
    const [model = '', field = '', ...columns] = row.split(' ');
    const key = `${model} ${field}`;
    assert(!read.has(key), `two rows for ${key}`);
    read.set(key, readColumns(columns));
  }
  return read;
}

function readColumns(columns: readonly string[]): MergeRule {
  let rule: MergeRule = {};
  for (const column of columns) {
    const [name, value = ''] = column.split('=', 2);
    rule = { ...rule, ...(name === 'patch' ? readPatch(value) : readList(value)) };
  }
  return rule;
}

/** `merge:name`, `merge+retainKeys:name`, `retainKeys`, `replace`. */
function readPatch(text: string): MergeRule {
  const [strategies = '', mergeKey] = text.split(':', 2);
  const words = strategies.split('+');
  const rule: { -readonly [K in keyof MergeRule]: MergeRule[K] } = {};
  if (words.includes('merge')) rule.strategy = 'merge';
  if (words.includes('replace')) rule.strategy = 'replace';
  if (words.includes('retainKeys')) rule.retainKeys = true;
  if (mergeKey !== undefined) rule.mergeKey = mergeKey;
  return rule;
}

/** `map:containerPort,protocol`, `set`, `atomic`. */
function readList(text: string): MergeRule {
  const [type = '', keys] = text.split(':', 2);
  assert(type === 'map' || type === 'set' || type === 'atomic', `no list type: ${type}`);
  return keys === undefined ? { listType: type } : { listType: type, listMapKeys: keys.split(',') };
}
