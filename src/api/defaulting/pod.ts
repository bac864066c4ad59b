import { isUnset, listOf } from '../absent.js';
import type { V1Container, V1Pod, V1PodSpec } from '../generated/types.js';
import { setContainerDefaults } from './container.js';
import {
  setRequestsFromLimits,
  setRequirementsDefaults,
  setResourceListDefaults,
} from './resource-list.js';
import { setVolumeDefaults } from './volume.js';

const GRACE_PERIOD_SECONDS = 30;

/** Of pods, beside those that templates have too. */
export function setPodDefaults(pod: V1Pod): void {
  const { spec } = pod;
  if (spec === undefined) return;
  setPodSpecDefaults(spec);
  for (const container of [...listOf(spec.containers), ...listOf(spec.initContainers)]) {
    setRequestsFromLimits(container.resources);
    if (spec.hostNetwork === true) setHostPorts(container);
  }
  spec.enableServiceLinks ??= true;
}

/** Of pods and of the pod templates of workloads. */
export function setPodSpecDefaults(spec: V1PodSpec): void {
  if (isUnset(spec.dnsPolicy)) spec.dnsPolicy = 'ClusterFirst';
  if (isUnset(spec.restartPolicy)) spec.restartPolicy = 'Always';
  if (isUnset(spec.schedulerName)) spec.schedulerName = 'default-scheduler';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= GRACE_PERIOD_SECONDS;
  setServiceAccountNames(spec);
  for (const container of listOf(spec.containers)) setContainerDefaults(container);
  for (const container of listOf(spec.initContainers)) setContainerDefaults(container);
  for (const container of listOf(spec.ephemeralContainers)) setContainerDefaults(container);
  for (const volume of listOf(spec.volumes)) setVolumeDefaults(volume);
  setResourceListDefaults(spec.overhead);
  setRequirementsDefaults(spec.resources);
}

/** `serviceAccount` is the old name of `serviceAccountName`; both are always shown. */
function setServiceAccountNames(spec: V1PodSpec): void {
  const name = isUnset(spec.serviceAccountName) ? spec.serviceAccount : spec.serviceAccountName;
  if (name === undefined || name === '') return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function setHostPorts(container: V1Container): void {
  for (const port of listOf(container.ports)) {
    if (port.hostPort === undefined || port.hostPort === 0) port.hostPort = port.containerPort;
  }
}
