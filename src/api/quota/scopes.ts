import type {
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodAffinityTerm,
  V1ResourceQuota,
  V1ScopedResourceSelectorRequirement,
} from '../generated/types.js';
import { podQosClass } from '../placement/pod-qos.js';

type Scope = V1ScopedResourceSelectorRequirement;

/** All that an object must match for a quota to count it. */
export function scopesOf({ spec }: V1ResourceQuota): readonly Scope[] {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }));
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])];
}

export function isPodInScope(scope: Scope, pod: V1Pod): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return isToEnd(pod);
    case 'NotTerminating':
      return !isToEnd(pod);
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return isSelected(scope, [pod.spec?.priorityClassName]);
    case 'CrossNamespacePodAffinity':
      return hasCrossNamespaceAffinity(pod);
    default:
      return false;
  }
}

/** A claim is of the class that it wants, of the one that its volume has, and of the one on the way. */
export function isClaimInScope(scope: Scope, { spec, status }: V1PersistentVolumeClaim): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false;
  if (scope.operator === 'Exists') return isSelected(scope, [spec?.volumeAttributesClassName]);
  return isSelected(scope, [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ]);
}

/** Whether the selector matches one of the classes, or, where there is none, their absence. */
function isSelected(
  { operator, values = [] }: Scope,
  named: readonly (string | undefined)[],
): boolean {
  const classes = named.flatMap((name) => (name === undefined || name === '' ? [] : [name]));
  switch (operator) {
    case 'Exists':
      return classes.length > 0;
    case 'DoesNotExist':
      return classes.length === 0;
    case 'In':
      return classes.some((name) => values.includes(name));
    case 'NotIn':
      return classes.length === 0 || classes.some((name) => !values.includes(name));
    default:
      return false;
  }
}

function isToEnd({ spec }: V1Pod): boolean {
  return (spec?.activeDeadlineSeconds ?? -1) >= 0;
}

function isBestEffort({ spec, status }: V1Pod): boolean {
  return (status?.qosClass ?? podQosClass(spec)) === 'BestEffort';
}

function hasCrossNamespaceAffinity({ spec }: V1Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return [podAffinity, podAntiAffinity].some(
    (each) =>
      each?.requiredDuringSchedulingIgnoredDuringExecution?.some(isCrossNamespace) === true ||
      each?.preferredDuringSchedulingIgnoredDuringExecution?.some(({ podAffinityTerm }) =>
        isCrossNamespace(podAffinityTerm),
      ) === true,
  );
}

function isCrossNamespace({ namespaces = [], namespaceSelector }: V1PodAffinityTerm): boolean {
  return namespaces.length > 0 || namespaceSelector !== undefined;
}
