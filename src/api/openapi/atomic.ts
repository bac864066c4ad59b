/** Models that server-side apply takes or leaves whole (`+structType=atomic` in k8s.io/api and meta/v1 1.36). */
const ATOMIC_MODELS: ReadonlySet<string> = /* @__PURE__ */ new Set(
  `CoreV1EndpointPort DiscoveryV1EndpointPort RbacV1Subject V1ConfigMapKeySelector
  V1CrossVersionObjectReference V1EndpointAddress V1FileKeySelector V1LabelSelector
  V1LocalObjectReference V1MatchResources V1NamedRuleWithOperations V1NodeSelector V1NodeSelectorTerm
  V1ObjectFieldSelector V1ObjectReference V1OwnerReference V1ParamKind V1ParamRef V1ResourceFieldSelector
  V1RoleRef V1ScopeSelector V1SecretKeySelector V1SecretReference V1ServiceBackendPort
  V1TopologySelectorTerm V1TypedLocalObjectReference V1Variable V1alpha1MatchResources
  V1alpha1NamedRuleWithOperations V1alpha1ParamKind V1alpha1ParamRef V1beta1MatchResources
  V1beta1NamedRuleWithOperations V1beta1ParamKind V1beta1ParamRef V1beta1Variable`.split(/\s+/),
);

/** Maps that it takes or leaves whole (`+mapType=atomic`). */
const ATOMIC_FIELDS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'V1PodSpec.nodeSelector',
  'V1ReplicationControllerSpec.selector',
  'V1Scheduling.nodeSelector',
  'V1ServiceSpec.selector',
]);

export function isAtomicModel(model: string): boolean {
  return ATOMIC_MODELS.has(model);
}

export function isAtomicField(model: string, field: string): boolean {
  return ATOMIC_FIELDS.has(`${model}.${field}`);
}
