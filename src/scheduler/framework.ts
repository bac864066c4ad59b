import type { V1Pod } from '../api/index.js';
import type { NodeInfo } from './node-info.js';

/** Why a pod does not fit a node. */
export interface Misfit {
  /** Kubernetes' words, each counted over the nodes: `Insufficient cpu`. */
  readonly reasons: readonly string[];
  /** False: removing pods from the node could not help. */
  readonly resolvable: boolean;
}

/** What may make a pod fit that did not. */
export type ClusterEvent = 'node-added' | 'node-changed' | 'pod-removed' | 'pod-added';

/** One rule of scheduling, pure. */
export interface Plugin {
  readonly name: string;
  /** Undefined: it fits. */
  readonly fits?: (pod: V1Pod, node: NodeInfo) => Misfit | undefined;
  /** After which events a pod that this plugin turned away may fit. */
  readonly mayHelp?: readonly ClusterEvent[];
  /** Higher is better. Scores are scaled to 0..100 over the nodes that fit, and then weighted. */
  readonly score?: (pod: V1Pod, node: NodeInfo) => number;
  readonly weight?: number;
}
