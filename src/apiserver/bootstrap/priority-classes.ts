import type { KubernetesObject } from '../../api/index.js';

/** The two classes of the system: its pods go before all others. */
export const PRIORITY_CLASSES: readonly KubernetesObject[] = [
  systemClass(
    'system-node-critical',
    2_000_001_000,
    'For pods that a node cannot do without: they are never driven out.',
  ),
  systemClass(
    'system-cluster-critical',
    2_000_000_000,
    'For pods that the cluster cannot do without, though they may move to another node.',
  ),
];

function systemClass(name: string, value: number, description: string): KubernetesObject {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
  };
}
