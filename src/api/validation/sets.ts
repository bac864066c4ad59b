import { isUnset, maybe } from '../absent.js';
import type {
  V1DaemonSet,
  V1DaemonSetUpdateStrategy,
  V1ReplicationController,
  V1StatefulSet,
  V1StatefulSetUpdateStrategy,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { amountOf, checkImmutable, checkIntOrPercent, checkNonNegative } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import {
  checkRunsForever,
  checkSelectorAndTemplate,
  checkTemplate,
  notSelected,
} from './template.js';

/** apps ValidateDaemonSet. */
export function checkDaemonSet(daemonSet: V1DaemonSet, errors: Errors): void {
  const { spec } = daemonSet;
  const words = { selected: 'daemonset', kind: 'DaemonSet' };
  checkSelectorAndTemplate(spec?.selector, maybe(spec?.template), words, errors);
  checkNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds', errors);
  checkDaemonSetStrategy(spec?.updateStrategy ?? {}, 'spec.updateStrategy', errors);
  checkNonNegative(spec?.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
}

export function checkDaemonSetUpdate(
  daemonSet: V1DaemonSet,
  old: V1DaemonSet,
  errors: Errors,
): void {
  checkDaemonSet(daemonSet, errors);
  checkImmutable(daemonSet.spec?.selector, old.spec?.selector, 'spec.selector', errors);
}

const DAEMON_SET_COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
  'observedGeneration',
] as const;

export function checkDaemonSetStatus(daemonSet: V1DaemonSet, errors: Errors): void {
  for (const name of DAEMON_SET_COUNTS)
    checkNonNegative(daemonSet.status?.[name], `status.${name}`, errors);
}

function checkDaemonSetStrategy(
  { type = '', rollingUpdate }: V1DaemonSetUpdateStrategy,
  field: string,
  errors: Errors,
): void {
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    errors.push(notSupported(`${field}.type`, type, ['RollingUpdate', 'OnDelete']));
    return;
  }
  const place = `${field}.rollingUpdate`;
  if (rollingUpdate === undefined) {
    errors.push(required(place));
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  checkPercent(maxUnavailable, `${place}.maxUnavailable`, errors);
  checkPercent(maxSurge, `${place}.maxSurge`, errors);
  const [away, more] = [amountOf(maxUnavailable) ?? 0, amountOf(maxSurge) ?? 0];
  if (away !== 0 && more !== 0) {
    const text = 'may not be set when maxUnavailable is non-zero';
    errors.push(invalid(`${place}.maxSurge`, maxSurge, text));
  }
  if (away === 0 && more === 0)
    errors.push(required(`${place}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
}

function checkPercent(value: number | string, field: string, errors: Errors): void {
  checkIntOrPercent(value, field, errors);
  if (typeof value === 'string' && (amountOf(value) ?? 0) > 100)
    errors.push(invalid(field, value, 'must not be greater than 100%'));
}

const POD_MANAGEMENT = ['OrderedReady', 'Parallel'];
const RETENTION = ['Delete', 'Retain'];

/** apps ValidateStatefulSet. */
export function checkStatefulSet(statefulSet: V1StatefulSet, errors: Errors): void {
  const { spec } = statefulSet;
  const management = spec?.podManagementPolicy;
  if (isUnset(management)) errors.push(required('spec.podManagementPolicy'));
  else if (!POD_MANAGEMENT.includes(management ?? ''))
    errors.push(
      invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"),
    );
  checkStatefulSetStrategy(spec?.updateStrategy ?? {}, errors);
  const retention = spec?.persistentVolumeClaimRetentionPolicy ?? {};
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const policy = retention[name] ?? '';
    if (RETENTION.includes(policy)) continue;
    const field = `spec.persistentVolumeClaimRetentionPolicy.${name}`;
    errors.push(notSupported(field, policy, RETENTION));
  }
  checkNonNegative(spec?.replicas, 'spec.replicas', errors);
  checkNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds', errors);
  checkNonNegative(maybe(spec?.ordinals?.start), 'spec.ordinals.start', errors);
  checkNonNegative(spec?.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  const words = { selected: 'statefulset', kind: 'StatefulSet' };
  checkSelectorAndTemplate(spec?.selector, maybe(spec?.template), words, errors);
}

function checkStatefulSetStrategy(strategy: V1StatefulSetUpdateStrategy, errors: Errors): void {
  const field = 'spec.updateStrategy';
  const { type = '', rollingUpdate } = strategy;
  if (type === '') errors.push(required(field));
  else if (type === 'OnDelete') {
    if (rollingUpdate === undefined) return;
    const text = "only allowed for updateStrategy 'RollingUpdate'";
    errors.push(invalid(`${field}.rollingUpdate`, rollingUpdate, text));
  } else if (type === 'RollingUpdate') {
    checkNonNegative(rollingUpdate?.partition, `${field}.rollingUpdate.partition`, errors);
    const away = rollingUpdate?.maxUnavailable;
    if (away === undefined) return;
    const place = `${field}.rollingUpdate.maxUnavailable`;
    checkPercent(away, place, errors);
    if (amountOf(away) === 0) errors.push(invalid(place, away, 'cannot be 0'));
  } else errors.push(invalid(field, strategy, "must be 'RollingUpdate' or 'OnDelete'"));
}

const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;
const IMMUTABLE_TEXT =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
  "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and " +
  "'minReadySeconds' are forbidden";

export function checkStatefulSetUpdate(
  statefulSet: V1StatefulSet,
  old: V1StatefulSet,
  errors: Errors,
): void {
  checkStatefulSet(statefulSet, errors);
  const rest = (spec: V1StatefulSet['spec']): object => {
    const left = { ...spec };
    for (const name of MUTABLE) Reflect.deleteProperty(left, name);
    return left;
  };
  if (!semanticEqual(rest(statefulSet.spec), rest(old.spec)))
    errors.push(forbidden('spec', IMMUTABLE_TEXT));
}

const STATEFUL_SET_COUNTS = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
] as const;

export function checkStatefulSetStatus(statefulSet: V1StatefulSet, errors: Errors): void {
  const { status } = statefulSet;
  for (const name of STATEFUL_SET_COUNTS)
    checkNonNegative(status?.[name], `status.${name}`, errors);
  const all = maybe(status?.replicas) ?? 0;
  for (const name of ['readyReplicas', 'currentReplicas', 'updatedReplicas'] as const) {
    const some = status?.[name] ?? 0;
    if (some > all)
      errors.push(invalid(`status.${name}`, some, 'cannot be greater than status.replicas'));
  }
}

/** core ValidateReplicationController. */
export function checkReplicationController(
  controller: V1ReplicationController,
  errors: Errors,
): void {
  const { spec } = controller;
  checkNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds', errors);
  const selector = Object.entries(spec?.selector ?? {});
  if (selector.length === 0) errors.push(required('spec.selector'));
  checkNonNegative(spec?.replicas, 'spec.replicas', errors);
  const template = spec?.template;
  if (template === undefined) {
    errors.push(required('spec.template'));
    return;
  }
  const labels = template.metadata?.labels ?? {};
  if (selector.some(([key, value]) => labels[key] !== value)) errors.push(notSelected(labels));
  checkTemplate(template, 'spec.template', errors);
  checkRunsForever(template, 'ReplicationController', errors);
}
