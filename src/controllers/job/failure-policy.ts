import type { V1ContainerStatus, V1Job, V1Pod, V1PodFailurePolicyRule } from '../../api/index.js';

/** What a failed pod means for its job. Without a rule that matches, it counts against the backoff limit. */
export interface FailureVerdict {
  readonly action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore';
  /** Of the rule that matched. */
  readonly message?: string;
}

const COUNTED: FailureVerdict = { action: 'Count' };

/** The first rule of `spec.podFailurePolicy` that matches decides. */
export function judgeFailure({ spec }: V1Job, pod: V1Pod): FailureVerdict {
  if (pod.status?.phase !== 'Failed') return COUNTED;
  for (const [at, rule] of (spec?.podFailurePolicy?.rules ?? []).entries()) {
    const what = matchOf(rule, pod);
    if (what === undefined) continue;
    const message = `${what} matching ${rule.action} rule at index ${String(at)}`;
    return { action: rule.action as FailureVerdict['action'], message };
  }
  return COUNTED;
}

/** What of the pod the rule matches; undefined: nothing. */
function matchOf(rule: V1PodFailurePolicyRule, pod: V1Pod): string | undefined {
  const name = `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`;
  const container = failedContainer(rule, pod);
  if (container !== undefined) {
    const exitCode = String(container.state?.terminated?.exitCode);
    return `Container ${container.name} for pod ${name} failed with exit code ${exitCode}`;
  }
  for (const { type, status = 'True' } of rule.onPodConditions ?? []) {
    const met = pod.status?.conditions?.some(
      (each) => each.type === type && each.status === status,
    );
    if (met === true) return `Pod ${name} has condition ${type}`;
  }
  return undefined;
}

function failedContainer(
  { onExitCodes }: V1PodFailurePolicyRule,
  { status }: V1Pod,
): V1ContainerStatus | undefined {
  if (onExitCodes === undefined) return undefined;
  const { containerName, operator, values } = onExitCodes;
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.find(({ name, state }) => {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (containerName !== undefined && containerName !== name)) return false;
    return values.includes(exitCode) === (operator === 'In');
  });
}
