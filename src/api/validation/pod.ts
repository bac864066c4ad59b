import { listOf } from '../absent.js';
import type {
  V1Container,
  V1Pod,
  V1PodSpec,
  V1PodStatus,
  V1Toleration,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { INT32_MAX } from './checks.js';
import { forbidden, invalid } from './field-error.js';
import { differences, semanticEqual } from './json-equal.js';
import { rangeProblems } from './names.js';
import { checkPodSpec } from './pod-spec.js';

export function checkPodCreate(pod: V1Pod, errors: Errors): void {
  checkPodSpec(pod.spec, 'spec', errors);
  if (listOf(pod.spec?.ephemeralContainers).length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if ((pod.spec?.nodeName ?? '') !== '' && listOf(pod.spec?.schedulingGates).length > 0) {
    const text = 'cannot be set until all schedulingGates have been cleared';
    errors.push(forbidden('spec.nodeName', text));
  }
}

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** core ValidatePodUpdate: images, deadlines, added tolerations and removed gates; nothing else of the spec. */
export function checkPodUpdate(pod: V1Pod, old: V1Pod, errors: Errors): void {
  if (semanticEqual(pod.spec, old.spec)) return;
  checkPodSpec(pod.spec, 'spec', errors);
  const spec = pod.spec ?? { containers: [] };
  const oldSpec = old.spec ?? { containers: [] };
  if (!checkContainerUpdate(spec.containers, oldSpec.containers, 'spec.containers', errors)) return;
  const { initContainers } = spec;
  if (
    !checkContainerUpdate(initContainers, oldSpec.initContainers, 'spec.initContainers', errors)
  ) {
    return;
  }
  if (!checkDeadline(spec.activeDeadlineSeconds, oldSpec.activeDeadlineSeconds, errors)) return;
  checkAddedTolerations(listOf(spec.tolerations), listOf(oldSpec.tolerations), errors);
  checkRemovedGates(spec, oldSpec, errors);
  const kept = withOldUpdatable(spec, oldSpec);
  if (listOf(oldSpec.schedulingGates).length > 0) keepNodeSelector(kept, oldSpec, errors);
  if (semanticEqual(kept, oldSpec)) return;
  const changes = differences(oldSpec, kept, 'spec').map((line) => `  ${line}`);
  const text = `pod updates may not change fields other than ${UPDATABLE}\n${changes.join('\n')}\n`;
  errors.push(forbidden('spec', text));
}

/** False where the lists cannot be compared item by item. */
function checkContainerUpdate(
  containers: readonly V1Container[] | undefined,
  old: readonly V1Container[] | undefined,
  field: string,
  errors: Errors,
): boolean {
  if (listOf(containers).length === listOf(old).length) return true;
  errors.push(forbidden(field, 'pod updates may not add or remove containers'));
  return false;
}

/** It may be set, and shortened. */
function checkDeadline(
  seconds: number | undefined,
  old: number | undefined,
  errors: Errors,
): boolean {
  const field = 'spec.activeDeadlineSeconds';
  if (seconds === undefined) {
    if (old === undefined) return true;
    errors.push(invalid(field, null, 'must not update from a positive integer to nil value'));
    return true;
  }
  const problems = rangeProblems(seconds, 0, INT32_MAX);
  if (old !== undefined && old < seconds)
    problems.push('must be less than or equal to previous value');
  for (const problem of problems.slice(0, 1)) errors.push(invalid(field, seconds, problem));
  return problems.length === 0;
}

/** Old tolerations stay; of those for NoExecute the seconds may change. */
function checkAddedTolerations(
  tolerations: readonly V1Toleration[],
  old: readonly V1Toleration[],
  errors: Errors,
): void {
  const identity = (each: V1Toleration): unknown => ({
    ...each,
    tolerationSeconds: each.effect === 'NoExecute' ? undefined : each.tolerationSeconds,
  });
  for (const each of old) {
    if (tolerations.some((other) => semanticEqual(identity(other), identity(each)))) continue;
    const text = 'existing toleration can not be modified except its tolerationSeconds';
    errors.push(forbidden('spec.tolerations', text));
    return;
  }
}

function checkRemovedGates(spec: V1PodSpec, old: V1PodSpec, errors: Errors): void {
  const known = new Set(listOf(old.schedulingGates).map((each) => each.name));
  for (const { name } of listOf(spec.schedulingGates)) {
    if (known.has(name)) continue;
    const text = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbidden('spec.schedulingGates', text));
  }
}

/** The spec with the old values of what may change: what then still differs may not. */
function withOldUpdatable(spec: V1PodSpec, old: V1PodSpec): V1PodSpec {
  const kept: V1PodSpec = {
    ...spec,
    containers: withOldImages(listOf(spec.containers), listOf(old.containers)),
    initContainers: withOldImages(listOf(spec.initContainers), listOf(old.initContainers)),
    tolerations: old.tolerations ?? [],
    schedulingGates: old.schedulingGates ?? [],
  };
  if (old.activeDeadlineSeconds === undefined) delete kept.activeDeadlineSeconds;
  else kept.activeDeadlineSeconds = old.activeDeadlineSeconds;
  const grace = old.terminationGracePeriodSeconds;
  if (grace !== undefined && grace < 0 && kept.terminationGracePeriodSeconds === 1) {
    kept.terminationGracePeriodSeconds = grace;
  }
  return kept;
}

function withOldImages(
  containers: readonly V1Container[],
  old: readonly V1Container[],
): V1Container[] {
  return containers.map((container, index) => {
    const image = old[index]?.image;
    return image === undefined ? container : { ...container, image };
  });
}

/** A gated pod's node selector may grow. */
function keepNodeSelector(kept: V1PodSpec, old: V1PodSpec, errors: Errors): void {
  for (const [key, value] of Object.entries(old.nodeSelector ?? {})) {
    if (kept.nodeSelector?.[key] === value) continue;
    const text = 'only additions are allowed (no deletions or mutations)';
    errors.push(invalid('spec.nodeSelector', kept.nodeSelector, text));
    break;
  }
  if (old.nodeSelector === undefined) delete kept.nodeSelector;
  else kept.nodeSelector = old.nodeSelector;
}

/** core ValidatePodStatusUpdate: what a kubelet may say of a pod. */
export function checkPodStatusUpdate(pod: V1Pod, old: V1Pod, errors: Errors): void {
  if ((pod.spec?.nodeName ?? '') !== (old.spec?.nodeName ?? '')) {
    errors.push(forbidden('spec.nodeName', 'may not be changed directly'));
  }
  const policy = pod.spec?.restartPolicy;
  if (policy === undefined || policy === 'Always') return;
  checkTransitions(pod.status, old.status, policy === 'OnFailure', errors);
}

/** A container that has ended for good does not run again. */
function checkTransitions(
  status: V1PodStatus | undefined,
  old: V1PodStatus | undefined,
  retries: boolean,
  errors: Errors,
): void {
  listOf(old?.containerStatuses).forEach((before, index) => {
    const ended = before.state?.terminated;
    if (ended === undefined || (retries && ended.exitCode !== 0)) return;
    const after = listOf(status?.containerStatuses).find((each) => each.name === before.name);
    if (after === undefined || after.state?.terminated !== undefined) return;
    const text = 'may not be transitioned to non-terminated state';
    errors.push(forbidden(`status.containerStatuses[${String(index)}].state`, text));
  });
}
