import type { V1Node, V1NodeCondition } from '../api/index.js';
import type { RuntimeVersion } from '../protocol/index.js';
import type { KubeletConfig } from './config.js';

/** A kubelet's conditions with its reasons and messages; all is well in a node that is an actor. */
const HEALTHY = [
  [
    'MemoryPressure',
    'False',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
  ],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

/** The Node that a kubelet registers. Pure. */
export function newNode(
  config: KubeletConfig,
  runtime: RuntimeVersion,
  bootId: string,
  now: string,
): V1Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: config.nodeName, labels: nodeLabels(config) },
    spec: { podCIDR: config.podCidr, podCIDRs: [config.podCidr] },
    status: nodeStatus(config, runtime, bootId, undefined, now),
  };
}

export function nodeLabels(config: KubeletConfig): Record<string, string> {
  return {
    'kubernetes.io/hostname': config.nodeName,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': config.architecture,
    ...config.labels,
  };
}

/**
 * The status as it should be now; conditions that did not turn keep their transition times. What others have written beside
 * it stays: their conditions, and capacities of resources that this kubelet does not know.
 */
export function nodeStatus(
  config: KubeletConfig,
  { name, version }: RuntimeVersion,
  bootId: string,
  old: V1Node['status'],
  now: string,
): NonNullable<V1Node['status']> {
  const capacity = { ...old?.capacity, ...config.capacity };
  const conditions = old?.conditions ?? [];
  const others = conditions.filter(({ type }) => HEALTHY.every(([own]) => own !== type));
  return {
    ...old,
    capacity,
    allocatable: { ...capacity },
    addresses: [
      { type: 'InternalIP', address: config.internalIp },
      { type: 'Hostname', address: config.nodeName },
    ],
    conditions: [...HEALTHY.map((row) => nodeCondition(row, conditions, now)), ...others],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      machineID: config.nodeName,
      systemUUID: config.nodeName,
      bootID: bootId,
      kernelVersion: 'kubactor',
      osImage: 'kubactor',
      containerRuntimeVersion: `${name}://${version}`,
      kubeletVersion: config.kubernetesVersion,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: config.architecture,
    },
  };
}

/** Another has written a condition that this kubelet does not see. */
export function hasDrifted({ status }: V1Node): boolean {
  return HEALTHY.some(
    ([type, wanted]) =>
      status?.conditions?.find((condition) => condition.type === type)?.status !== wanted,
  );
}

function nodeCondition(
  [type, status, reason, message]: (typeof HEALTHY)[number],
  old: readonly V1NodeCondition[],
  now: string,
): V1NodeCondition {
  const known = old.find((condition) => condition.type === type);
  const turned = known?.status !== status;
  return {
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: (turned ? now : known.lastTransitionTime) ?? now,
  };
}
