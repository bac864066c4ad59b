import { SYSTEM_PRIORITIES } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';

/** The two classes of the system: its pods go before all others. */
export const PRIORITY_CLASSES: readonly KubernetesObject[] = [
  systemClass(
    'system-node-critical',
    'For pods that a node cannot do without: they are never driven out.',
  ),
  systemClass(
    'system-cluster-critical',
    'For pods that the cluster cannot do without, though they may move to another node.',
  ),
];

function systemClass(name: string, description: string): KubernetesObject {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value: SYSTEM_PRIORITIES[name],
    description,
  };
}
