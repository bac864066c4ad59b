import { isUnset, listOf, maybe } from '../absent.js';
import type {
  ResourceV1ResourceClaim,
  V1DeviceClaim,
  V1DeviceSubRequest,
  V1IngressClass,
  V1LimitRange,
  V1NetworkPolicy,
  V1PodDisruptionBudget,
  V1PriorityClass,
  V1ResourceClaimTemplate,
  V1ResourceQuota,
  V2HorizontalPodAutoscaler,
  V2HPAScalingRules,
} from '../generated/types.js';
import { setResourceListDefaults } from './resource-list.js';

export function setPriorityClassDefaults(priorityClass: V1PriorityClass): void {
  priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
}

export function setResourceQuotaDefaults(quota: V1ResourceQuota): void {
  setResourceListDefaults(quota.spec?.hard);
  setResourceListDefaults(quota.status?.hard);
  setResourceListDefaults(quota.status?.used);
}

/** For containers: the default limit is the maximum, and the default request the default limit or the minimum. */
export function setLimitRangeDefaults(limitRange: V1LimitRange): void {
  for (const item of listOf(limitRange.spec?.limits)) {
    const { max, min } = item;
    for (const list of [max, min, item.default, item.defaultRequest, item.maxLimitRequestRatio])
      setResourceListDefaults(list);
    if (item.type !== 'Container') continue;
    const limits = { ...max, ...item.default };
    const requests = { ...min, ...limits, ...item.defaultRequest };
    if (Object.keys(limits).length > 0) item.default = limits;
    if (Object.keys(requests).length > 0) item.defaultRequest = requests;
  }
}

export function setPodDisruptionBudgetDefaults(budget: V1PodDisruptionBudget): void {
  const { status } = budget;
  if (status === undefined) return;
  status.currentHealthy ??= 0;
  status.desiredHealthy ??= 0;
  status.disruptionsAllowed ??= 0;
  status.expectedPods ??= 0;
}

/** Which directions a policy is about follows from its rules. */
export function setNetworkPolicyDefaults(policy: V1NetworkPolicy): void {
  const { spec } = policy;
  if (spec === undefined) return;
  const rules = [...listOf(spec.ingress), ...listOf(spec.egress)];
  for (const port of rules.flatMap((rule) => listOf(rule.ports))) port.protocol ??= 'TCP';
  if (listOf(spec.policyTypes).length > 0) return;
  spec.policyTypes = listOf(spec.egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

export function setIngressClassDefaults(ingressClass: V1IngressClass): void {
  const parameters = ingressClass.spec?.parameters;
  if (parameters !== undefined) parameters.scope ??= 'Cluster';
}

const TARGET_PERCENT = 80;

export function setAutoscalerDefaults(autoscaler: V2HorizontalPodAutoscaler): void {
  const spec = maybe(autoscaler.spec);
  if (spec === undefined) return;
  spec.minReplicas ??= 1;
  if (listOf(spec.metrics).length === 0) {
    const target = { type: 'Utilization', averageUtilization: TARGET_PERCENT };
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  const { behavior } = spec;
  if (behavior?.scaleUp === undefined && behavior?.scaleDown === undefined) return;
  behavior.scaleUp = scalingRules(behavior.scaleUp, {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  });
  behavior.scaleDown = scalingRules(behavior.scaleDown, {
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  });
}

function scalingRules(
  rules: V2HPAScalingRules | undefined,
  usual: V2HPAScalingRules,
): V2HPAScalingRules {
  const filled = { selectPolicy: 'Max', ...usual, ...rules };
  if (listOf(filled.policies).length === 0 && usual.policies !== undefined)
    filled.policies = usual.policies;
  return filled;
}

export function setResourceClaimDefaults(claim: ResourceV1ResourceClaim): void {
  setDeviceClaimDefaults(maybe(claim.spec)?.devices);
}

export function setResourceClaimTemplateDefaults(template: V1ResourceClaimTemplate): void {
  setDeviceClaimDefaults(maybe(maybe(template.spec)?.spec)?.devices);
}

type DeviceRequest = Pick<V1DeviceSubRequest, 'allocationMode' | 'count' | 'tolerations'>;

function setDeviceClaimDefaults(claim: V1DeviceClaim | undefined): void {
  for (const { exactly, firstAvailable } of listOf(claim?.requests)) {
    if (exactly !== undefined) setDeviceRequestDefaults(exactly);
    for (const request of listOf(firstAvailable)) setDeviceRequestDefaults(request);
  }
}

function setDeviceRequestDefaults(request: DeviceRequest): void {
  if (isUnset(request.allocationMode)) request.allocationMode = 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ??= 1;
  for (const toleration of listOf(request.tolerations)) {
    if (isUnset(toleration.operator)) toleration.operator = 'Equal';
  }
}
