import type { Clock, Random } from '../../../base/index.js';
import { randomBelow } from '../../../base/index.js';
import type { KubernetesObject } from '../../../api/index.js';
import type { Reservation } from './strategy.js';

export interface ServicePort {
  port?: number;
  protocol?: string;
  nodePort?: number;
}
export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[] | undefined;
  ipFamilyPolicy?: string | undefined;
  allocateLoadBalancerNodePorts?: boolean;
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  loadBalancerClass?: string;
  healthCheckNodePort?: number;
  ports?: ServicePort[];
}
export interface Service extends KubernetesObject {
  spec?: ServiceSpec;
}

export const NODE_PORT_MIN = 30_000;
export const NODE_PORT_MAX = 32_767;
/** After so long a write whose outcome nobody knows is over: the Services show whether it happened. */
const CLAIM_MS = 60_000;

/** `30080/TCP`: two protocols may share a number. */
export function nodePortToken(port: number, protocol: string): string {
  return `${String(port)}/${protocol}`;
}

export interface ServiceClaim extends Reservation {
  isUsed(token: string): boolean;
  /** False: somebody else has it. */
  take(token: string): boolean;
  /** Takes a free port; undefined: there is none. */
  drawNodePort(random: Random, protocol: string): number | undefined;
}

/** All Services as of a revision. */
export interface ServiceState {
  services(): Iterable<KubernetesObject>;
  revision(): number;
}

interface Pending {
  readonly owner: string;
  readonly untilMs: number;
  /** The write that made it real; from then on the Service itself shows it. */
  revision: number;
}

/**
 * Who has which address and port: the Services that are there, and those that are just being written. Derived from
 * the Services at each use, so that nothing can get lost or stay behind.
 */
export class ServiceClaims {
  readonly #clock: Clock;
  readonly #state: ServiceState;
  readonly #pending = new Map<string, Pending>();

  constructor(clock: Clock, state: ServiceState) {
    this.#clock = clock;
    this.#state = state;
  }

  /** Claims for the Service `owner` (`namespace/name`). What it has already is free to it. */
  begin(owner: string): ServiceClaim {
    const used = this.#usedByOthers(owner);
    const taken: string[] = [];
    const take = (token: string): boolean => {
      if (used.has(token)) return false;
      const untilMs = this.#clock.monotonicMs() + CLAIM_MS;
      this.#pending.set(token, { owner, untilMs, revision: Number.POSITIVE_INFINITY });
      taken.push(token);
      return true;
    };
    return {
      isUsed: (token) => used.has(token),
      take,
      drawNodePort: (random, protocol) => {
        const isUsed = (token: string): boolean => used.has(token) || taken.includes(token);
        const port = drawPort(random, (each) => isUsed(nodePortToken(each, protocol)));
        return port !== undefined && take(nodePortToken(port, protocol)) ? port : undefined;
      },
      settle: (written) => {
        for (const token of taken) this.#settle(token, written);
      },
    };
  }

  #settle(token: string, written: number | 'not-written' | 'unknown'): void {
    const pending = this.#pending.get(token);
    if (pending === undefined || written === 'unknown') return;
    if (written === 'not-written') this.#pending.delete(token);
    else pending.revision = written;
  }

  #usedByOthers(owner: string): Set<string> {
    const used = new Set<string>();
    for (const service of this.#state.services() as Iterable<Service>) {
      const { namespace = '', name = '' } = service.metadata ?? {};
      if (`${namespace}/${name}` === owner) continue;
      for (const token of tokensOf(service)) used.add(token);
    }
    const now = this.#clock.monotonicMs();
    const seen = this.#state.revision();
    for (const [token, claim] of this.#pending) {
      if (claim.untilMs <= now || claim.revision <= seen) this.#pending.delete(token);
      else if (claim.owner !== owner) used.add(token);
    }
    return used;
  }
}

function tokensOf(service: Service): string[] {
  const { clusterIP = '', ports = [] } = service.spec ?? {};
  const tokens = clusterIP === '' || clusterIP === 'None' ? [] : [clusterIP];
  for (const { nodePort, protocol } of ports) {
    if (nodePort !== undefined) tokens.push(nodePortToken(nodePort, protocol ?? 'TCP'));
  }
  return tokens;
}

function drawPort(random: Random, isUsed: (port: number) => boolean): number | undefined {
  const count = NODE_PORT_MAX - NODE_PORT_MIN + 1;
  const start = randomBelow(random, count);
  for (let step = 0; step < count; step++) {
    const port = NODE_PORT_MIN + ((start + step) % count);
    if (!isUsed(port)) return port;
  }
  return undefined;
}
