import { isUnset, listOf } from '../absent.js';
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../generated/types.js';

/** Three hours. */
const CLIENT_IP_AFFINITY_SECONDS = 10_800;

/** Addresses, node ports and IP families are allocated, not defaulted. */
export function setServiceDefaults(service: V1Service): void {
  const { spec } = service;
  if (spec === undefined) return;
  setAffinityDefaults(spec);
  if (isUnset(spec.type)) spec.type = 'ClusterIP';
  for (const port of listOf(spec.ports)) setPortDefaults(port);
  if (isExternallyAccessible(spec) && isUnset(spec.externalTrafficPolicy)) {
    spec.externalTrafficPolicy = 'Cluster';
  }
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'LoadBalancer') return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const ingress of listOf(service.status?.loadBalancer?.ingress)) {
    if (!isUnset(ingress.ip)) ingress.ipMode ??= 'VIP';
  }
}

function setAffinityDefaults(spec: V1ServiceSpec): void {
  if (isUnset(spec.sessionAffinity)) spec.sessionAffinity = 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity !== 'ClientIP') return;
  const timeoutSeconds =
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? CLIENT_IP_AFFINITY_SECONDS;
  spec.sessionAffinityConfig = { clientIP: { timeoutSeconds } };
}

function setPortDefaults(port: V1ServicePort): void {
  if (isUnset(port.protocol)) port.protocol = 'TCP';
  const { targetPort } = port;
  if (targetPort === undefined || targetPort === 0 || targetPort === '')
    port.targetPort = port.port;
}

function isExternallyAccessible(spec: V1ServiceSpec): boolean {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') return true;
  return spec.type === 'ClusterIP' && listOf(spec.externalIPs).length > 0;
}
