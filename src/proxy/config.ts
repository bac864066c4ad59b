import type { ActorId } from '../base/index.js';
import type { RulesPort } from './rules.js';

export interface KubeProxyConfig {
  /** The API server's actor. */
  readonly server: ActorId;
  readonly nodeName: string;
  /** How rules are made to work; `auto` computes them only, on this floor. */
  readonly mode: string;
  readonly clusterCidr: string;
}

export interface KubeProxyPorts {
  readonly rules: RulesPort;
}
