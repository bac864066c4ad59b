import type { ActorId } from '../base/index.js';

/** What the API server is told at its start; frozen, and the same over all its lives. */
export interface ApiServerConfig {
  /** The actors of the store, in the order of their ids. */
  readonly replicas: readonly ActorId[];
  /** Where clusterIPs come from: `10.96.0.0/12`. */
  readonly serviceCidr: string;
  /** Where clients reach the gateway; the endpoint of the Service `default/kubernetes`. */
  readonly kubernetesServiceEndpoint: { readonly ip: string; readonly port: number };
  /** Who the actors are: an actor id, or a prefix of ids that ends in `-` (see `ComponentIdentity`). */
  readonly componentIdentities: Readonly<Record<string, ComponentIdentity>>;
  /** The one actor that may speak for clients: it sends `http` and states their certificates. */
  readonly gateway: ActorId;
  readonly eventTtlSeconds: number;
  /** How long one request to the store may take, retries included. */
  readonly storeRequestTimeoutMs: number;
  /** After this a request that is not a watch is answered with 504. At most 10 s. */
  readonly requestTimeoutMs: number;
  readonly maxRequestsInFlight: number;
  readonly maxMutatingRequestsInFlight: number;
  readonly maxWatches: number;
  readonly compactionIntervalMs: number;
  /** Revisions that the store keeps at most, but for those of a thirtieth of the interval. */
  readonly historyRevisionsMax: number;
  /** Events of each resource that are kept to resume watches from. */
  readonly watchHistoryEvents: number;
}

/**
 * A user and its groups. For a prefix of ids, `*` in `user` stands for the rest of the id: `kubelet-` with
 * `system:node:*` makes `kubelet-node-1` the user `system:node:node-1`.
 */
export interface ComponentIdentity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** The identities that Kubernetes' components have by convention. `system:authenticated` is added to each. */
export const COMPONENT_IDENTITIES: Readonly<Record<string, ComponentIdentity>> = {
  scheduler: { user: 'system:kube-scheduler', groups: [] },
  'controller-manager': { user: 'system:kube-controller-manager', groups: [] },
  'kubelet-': { user: 'system:node:*', groups: ['system:nodes'] },
  'kube-proxy-': { user: 'system:kube-proxy', groups: [] },
};

/** All settings but the ones that only the daemon knows. */
export const API_SERVER_DEFAULTS = {
  serviceCidr: '10.96.0.0/12',
  componentIdentities: COMPONENT_IDENTITIES,
  eventTtlSeconds: 3600,
  storeRequestTimeoutMs: 8_000,
  requestTimeoutMs: 10_000,
  maxRequestsInFlight: 400,
  maxMutatingRequestsInFlight: 200,
  maxWatches: 10_000,
  compactionIntervalMs: 300_000,
  historyRevisionsMax: 10_000,
  watchHistoryEvents: 2_000,
} as const;
