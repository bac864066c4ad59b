import { isUnset } from '../absent.js';
import type {
  V1Deployment,
  V1DeploymentStrategy,
  V1PodTemplateSpec,
  V1ReplicaSet,
} from '../generated/types.js';
import { setPodSpecDefaults } from './pod.js';

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
