import type { ActorId } from '../base/index.js';

export interface ControllerManagerConfig {
  /** The API server's actor. */
  readonly server: ActorId;
  /** The store's replicas, whose elections are told as events. Default none. */
  readonly replicas?: readonly ActorId[];
  /** The certificate of the cluster's CA, for the ConfigMap `kube-root-ca.crt` of each namespace. */
  readonly caPem: string;
  /** How long a node may go without a heartbeat. Default 40 s, as --node-monitor-grace-period. */
  readonly nodeMonitorGraceMs?: number;
  /** For pods that say nothing about a lost node. Default 300 s. */
  readonly defaultTolerationSeconds?: number;
}
