import type { ActorContext } from '../actor/index.js';
import type { ActorId } from '../base/index.js';
import type { ContainerRuntime } from '../protocol/index.js';

export interface KubeletConfig {
  /** The API server's actor. */
  readonly server: ActorId;
  readonly nodeName: string;
  /** The node's share of the pod network. */
  readonly podCidr: string;
  readonly internalIp: string;
  /** Quantities: cpu, memory, pods, ephemeral-storage. */
  readonly capacity: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** As in `kubectl get nodes`: `v1.36.0+kubactor`. */
  readonly kubernetesVersion: string;
  readonly architecture: string;
  readonly leaseDurationSeconds: number;
  readonly leaseRenewMs: number;
  /** The node's status is written this often even where nothing changed. */
  readonly nodeStatusMs: number;
}

export const KUBELET_DEFAULTS = {
  labels: {},
  architecture: 'amd64',
  leaseDurationSeconds: 40,
  leaseRenewMs: 10_000,
  nodeStatusMs: 300_000,
} as const;

/** What a kubelet needs of its host. */
export interface KubeletPorts {
  readonly runtime: (context: ActorContext, config: KubeletConfig) => ContainerRuntime;
}
