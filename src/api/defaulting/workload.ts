import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1DeploymentStrategy,
  V1Job,
  V1PodTemplate,
  V1PodTemplateSpec,
  V1ReplicaSet,
  V1ReplicationController,
  V1StatefulSet,
} from '../generated/types.js';
import type { ObjectMeta } from '../object.js';
import { setPodSpecDefaults } from './pod.js';
import { setClaimDefaults } from './volumes.js';

const INT32_MAX = 2 ** 31 - 1;

export function setDeploymentDefaults(deployment: V1Deployment): void {
  const { spec } = deployment;
  if (spec === undefined) return;
  setTemplateDefaults(spec.template);
  spec.replicas ??= 1;
  spec.strategy ??= {};
  setStrategyDefaults(spec.strategy);
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

export function setReplicaSetDefaults(replicaSet: V1ReplicaSet): void {
  const { spec } = replicaSet;
  if (spec === undefined) return;
  if (spec.template !== undefined) setTemplateDefaults(spec.template);
  spec.replicas ??= 1;
}

/** Its selector and its own labels are those of its template, unless it says so. */
export function setReplicationControllerDefaults(controller: V1ReplicationController): void {
  const { spec } = controller;
  if (spec === undefined) return;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    setLabels(controller, labels);
  }
  setTemplateDefaults(spec.template);
  spec.replicas ??= 1;
}

export function setDaemonSetDefaults(daemonSet: V1DaemonSet): void {
  const { spec } = daemonSet;
  if (spec === undefined) return;
  setTemplateDefaults(spec.template);
  spec.updateStrategy ??= {};
  if (isUnset(spec.updateStrategy.type)) spec.updateStrategy.type = 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
}

export function setStatefulSetDefaults(statefulSet: V1StatefulSet): void {
  const { spec } = statefulSet;
  if (spec === undefined) return;
  setTemplateDefaults(spec.template);
  if (isUnset(spec.podManagementPolicy)) spec.podManagementPolicy = 'OrderedReady';
  spec.updateStrategy ??= {};
  if (isUnset(spec.updateStrategy.type)) {
    spec.updateStrategy.type = 'RollingUpdate';
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  if (spec.updateStrategy.rollingUpdate !== undefined)
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  if (isUnset(retention.whenDeleted)) retention.whenDeleted = 'Retain';
  if (isUnset(retention.whenScaled)) retention.whenScaled = 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of listOf(spec.volumeClaimTemplates)) {
    claim.kind = 'PersistentVolumeClaim';
    claim.apiVersion = 'v1';
    setClaimDefaults(claim);
  }
}

export function setPodTemplateDefaults(podTemplate: V1PodTemplate): void {
  setTemplateDefaults(podTemplate.template);
}

export function setJobDefaults(job: V1Job): void {
  const { spec } = job;
  if (spec === undefined) return;
  setTemplateDefaults(spec.template);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : INT32_MAX;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??=
    spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  for (const rule of listOf(spec.podFailurePolicy?.rules)) {
    for (const pattern of listOf(rule.onPodConditions)) {
      if (isUnset(pattern.status)) pattern.status = 'True';
    }
  }
  const labels = maybe(spec.template)?.metadata?.labels;
  if (labels !== undefined) setLabels(job, labels);
}

/** What its jobs leave open is set when they are made. */
export function setCronJobDefaults(cronJob: V1CronJob): void {
  const spec = maybe(cronJob.spec);
  if (spec === undefined) return;
  setTemplateDefaults(maybe(spec.jobTemplate)?.spec?.template);
  if (isUnset(spec.concurrencyPolicy)) spec.concurrencyPolicy = 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
}

function setStrategyDefaults(strategy: V1DeploymentStrategy): void {
  if (isUnset(strategy.type)) strategy.type = 'RollingUpdate';
  if (strategy.type !== 'RollingUpdate') return;
  strategy.rollingUpdate ??= {};
  strategy.rollingUpdate.maxUnavailable ??= '25%';
  strategy.rollingUpdate.maxSurge ??= '25%';
}

function setTemplateDefaults(template: V1PodTemplateSpec | undefined): void {
  if (template?.spec !== undefined) setPodSpecDefaults(template.spec);
}

function setLabels(
  object: { metadata?: ObjectMeta },
  labels: Readonly<Record<string, string>>,
): void {
  if (Object.keys(object.metadata?.labels ?? {}).length > 0) return;
  object.metadata = { ...object.metadata, labels: { ...labels } };
}
