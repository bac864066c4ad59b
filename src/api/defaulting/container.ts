import { isUnset, listOf } from '../absent.js';
import type {
  V1Container,
  V1HTTPGetAction,
  V1LifecycleHandler,
  V1Probe,
} from '../generated/types.js';
import { defaultImagePullPolicy } from './image-pull-policy.js';
import { setRequirementsDefaults } from './resource-list.js';

/** Of containers, init containers and ephemeral containers alike (SetDefaults_Container and what it holds). */
export function setContainerDefaults(container: V1Container): void {
  if (isUnset(container.imagePullPolicy)) {
    container.imagePullPolicy = defaultImagePullPolicy(container.image ?? '');
  }
  if (isUnset(container.terminationMessagePath)) {
    container.terminationMessagePath = '/dev/termination-log';
  }
  if (isUnset(container.terminationMessagePolicy)) container.terminationMessagePolicy = 'File';
  for (const port of listOf(container.ports)) {
    if (isUnset(port.protocol)) port.protocol = 'TCP';
  }
  container.resources ??= {};
  setRequirementsDefaults(container.resources);
  setEnvDefaults(container);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) setProbeDefaults(probe);
  }
  setHandlerDefaults(container.lifecycle?.postStart);
  setHandlerDefaults(container.lifecycle?.preStop);
}

function setEnvDefaults(container: V1Container): void {
  for (const { valueFrom } of listOf(container.env)) {
    if (valueFrom === undefined) continue;
    if (valueFrom.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= 'v1';
    if (valueFrom.resourceFieldRef !== undefined) valueFrom.resourceFieldRef.divisor ??= '0';
    if (valueFrom.fileKeyRef !== undefined) valueFrom.fileKeyRef.optional ??= false;
  }
}

function setProbeDefaults(probe: V1Probe): void {
  setPositive(probe, 'timeoutSeconds', 1);
  setPositive(probe, 'periodSeconds', 10);
  setPositive(probe, 'successThreshold', 1);
  setPositive(probe, 'failureThreshold', 3);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
  setHttpGetDefaults(probe.httpGet);
}

type ProbeCount = 'timeoutSeconds' | 'periodSeconds' | 'successThreshold' | 'failureThreshold';

/** Zero is absent. */
function setPositive(probe: V1Probe, field: ProbeCount, value: number): void {
  if (probe[field] === undefined || probe[field] === 0) probe[field] = value;
}

function setHandlerDefaults(handler: V1LifecycleHandler | undefined): void {
  setHttpGetDefaults(handler?.httpGet);
}

function setHttpGetDefaults(action: V1HTTPGetAction | undefined): void {
  if (action === undefined) return;
  if (isUnset(action.path)) action.path = '/';
  if (isUnset(action.scheme)) action.scheme = 'HTTP';
}
