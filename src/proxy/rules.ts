import type { ErrorData, Result } from '../base/index.js';

/** Where traffic to one port of one Service goes. */
export interface ServiceRule {
  /** `shop/web:http`; without a port name `shop/web`. */
  readonly name: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly clusterIPs: readonly string[];
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly port: number;
  readonly nodePort: number | undefined;
  /** Seconds for which a client stays with its backend. */
  readonly affinitySeconds: number | undefined;
  /** For traffic from within the cluster. Empty: refuse it. */
  readonly backends: readonly Backend[];
  /** For traffic from outside (node ports, external addresses). Empty: drop it where the policy is Local, else refuse. */
  readonly externalBackends: readonly Backend[];
  readonly externalPolicy: 'Cluster' | 'Local';
}

export interface Backend {
  readonly ip: string;
  readonly port: number;
  /** On this node. */
  readonly local: boolean;
}

/** The whole table, sorted by name, so that equal tables are equal texts. */
export type RuleTable = readonly ServiceRule[];

/** What makes rules work: userspace, iptables, nftables, IPVS; or nothing but arithmetic. */
export interface RulesPort {
  /** Replaces everything that was applied before. */
  apply(table: RuleTable): Promise<Result<void, ErrorData>>;
  report(): Readonly<Record<string, unknown>>;
}
