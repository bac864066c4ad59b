import { maybe } from '../absent.js';
import type {
  V1Deployment,
  V1DeploymentStrategy,
  V1ReplicaSet,
  V1ReplicaSetStatus,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { amountOf, checkImmutable, checkIntOrPercent, checkNonNegative } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { checkSelectorAndTemplate } from './template.js';

/** Kubernetes says this of replica sets, too. */
const REPLICATED = { selected: 'deployment', kind: 'ReplicaSet' };

/** apps ValidateDeployment. */
export function checkDeployment(deployment: V1Deployment, errors: Errors): void {
  const { spec } = deployment;
  checkNonNegative(spec?.replicas, 'spec.replicas', errors);
  checkSelectorAndTemplate(spec?.selector, maybe(spec?.template), REPLICATED, errors);
  checkStrategy(spec?.strategy ?? {}, 'spec.strategy', errors);
  checkNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds', errors);
  checkNonNegative(spec?.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  const deadline = spec?.progressDeadlineSeconds;
  checkNonNegative(deadline, 'spec.progressDeadlineSeconds', errors);
  if (deadline !== undefined && deadline <= (spec?.minReadySeconds ?? 0)) {
    const text = 'must be greater than minReadySeconds';
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, text));
  }
}

export function checkDeploymentUpdate(
  deployment: V1Deployment,
  old: V1Deployment,
  errors: Errors,
): void {
  checkDeployment(deployment, errors);
  checkImmutable(deployment.spec?.selector, old.spec?.selector, 'spec.selector', errors);
}

export function checkDeploymentStatus(deployment: V1Deployment, errors: Errors): void {
  const { status = {} } = deployment;
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0, updatedReplicas = 0 } = status;
  checkCounts(status, errors);
  checkNonNegative(status.updatedReplicas, 'status.updatedReplicas', errors);
  checkNonNegative(status.unavailableReplicas, 'status.unavailableReplicas', errors);
  if (updatedReplicas > replicas) errors.push(aboveReplicas('updatedReplicas', updatedReplicas));
  checkOrder(replicas, readyReplicas, availableReplicas, errors);
}

export function checkReplicaSet(replicaSet: V1ReplicaSet, errors: Errors): void {
  const { spec } = replicaSet;
  checkNonNegative(spec?.replicas, 'spec.replicas', errors);
  checkNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds', errors);
  checkSelectorAndTemplate(spec?.selector, spec?.template, REPLICATED, errors);
}

export function checkReplicaSetUpdate(
  replicaSet: V1ReplicaSet,
  old: V1ReplicaSet,
  errors: Errors,
): void {
  checkReplicaSet(replicaSet, errors);
  checkImmutable(replicaSet.spec?.selector, old.spec?.selector, 'spec.selector', errors);
}

/** Of replication controllers, too. */
export function checkReplicaSetStatus(
  replicaSet: Pick<V1ReplicaSet, 'status'>,
  errors: Errors,
): void {
  const status = replicaSet.status ?? { replicas: 0 };
  const { replicas, readyReplicas = 0, availableReplicas = 0, fullyLabeledReplicas = 0 } = status;
  checkCounts(status, errors);
  checkNonNegative(status.fullyLabeledReplicas, 'status.fullyLabeledReplicas', errors);
  if (fullyLabeledReplicas > replicas) {
    errors.push(aboveReplicas('fullyLabeledReplicas', fullyLabeledReplicas));
  }
  checkOrder(replicas, readyReplicas, availableReplicas, errors);
}

function checkCounts(status: Partial<V1ReplicaSetStatus>, errors: Errors): void {
  const counts = ['replicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;
  for (const name of counts) checkNonNegative(status[name], `status.${name}`, errors);
}

function checkOrder(replicas: number, ready: number, available: number, errors: Errors): void {
  if (ready > replicas) errors.push(aboveReplicas('readyReplicas', ready));
  if (available > replicas) errors.push(aboveReplicas('availableReplicas', available));
  if (available > ready) {
    const text = 'cannot be greater than readyReplicas';
    errors.push(invalid('status.availableReplicas', available, text));
  }
}

function aboveReplicas(name: string, count: number): ReturnType<typeof invalid> {
  return invalid(`status.${name}`, count, 'cannot be greater than status.replicas');
}

/** apps ValidateDeploymentStrategy. */
function checkStrategy(strategy: V1DeploymentStrategy, field: string, errors: Errors): void {
  const { type = '', rollingUpdate } = strategy;
  const place = `${field}.rollingUpdate`;
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return;
    errors.push(forbidden(place, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type === 'RollingUpdate') {
    if (rollingUpdate === undefined) {
      errors.push(required(place, 'this should be defaulted and never be nil'));
      return;
    }
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
    checkIntOrPercent(maxUnavailable, `${place}.maxUnavailable`, errors);
    checkIntOrPercent(maxSurge, `${place}.maxSurge`, errors);
    if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0) {
      const text = 'may not be 0 when `maxSurge` is 0';
      errors.push(invalid(`${place}.maxUnavailable`, maxUnavailable, text));
    }
    if (typeof maxUnavailable === 'string' && (amountOf(maxUnavailable) ?? 0) > 100) {
      errors.push(
        invalid(`${place}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'),
      );
    }
  } else errors.push(notSupported(`${field}.type`, type, ['Recreate', 'RollingUpdate']));
}
