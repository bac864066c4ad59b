import type { ActorFigures, SystemFigures } from '../actor/index.js';
import type { Clock } from '../base/index.js';
import type { ReplicaFigures } from '../protocol/index.js';
import { inTime } from './deadline.js';
import type { RaftProgress } from './raft-progress.js';
import type { RegistryPorts } from './registry/ports.js';

const STORE_CHECK_MS = 2_000;
/** Actors that are there for one errand only, and the API server, which answers. */
const NO_CHECK: readonly string[] = ['snapshot', 'member-admin', 'api-server'];

/** Kubernetes' three health endpoints: `livez` asks whether a restart would help, `readyz` whether to send requests. */
export type HealthEndpoint = 'livez' | 'readyz' | 'healthz';

export interface Check {
  readonly name: string;
  /** Undefined: it passes. */
  readonly failure: () => string | undefined | Promise<string | undefined>;
}

export interface HealthState {
  readonly clock: Clock;
  readonly ports: Pick<RegistryPorts, 'store' | 'feed'>;
  /** The bootstrap roles are there. */
  readonly bootstrapped: () => boolean;
  readonly stopping: () => boolean;
  /** Of all actors, by main. Absent: nobody supervises this one. */
  readonly actors: (() => Promise<SystemFigures>) | undefined;
  readonly replicas: () => Promise<readonly ReplicaFigures[]>;
  readonly progress: RaftProgress;
}

/** In the order in which they are printed. */
export async function checksOf(state: HealthState, endpoint: HealthEndpoint): Promise<Check[]> {
  const { ports, bootstrapped, stopping } = state;
  const ping: Check = { name: 'ping', failure: () => undefined };
  const log: Check = { name: 'log', failure: () => undefined };
  const roles: Check = {
    name: 'poststarthook/rbac/bootstrap-roles',
    failure: () => (bootstrapped() ? undefined : 'the bootstrap roles are not there yet'),
  };
  // A restart of the API server does not bring back a store without a leader, so that livez does not ask for it.
  if (endpoint === 'livez') return [ping, log];
  const answer = storeFailure(ports);
  const store: Check = { name: 'etcd', failure: () => answer };
  if (endpoint === 'healthz') return [ping, log, store, roles];
  const readiness: Check = { name: 'etcd-readiness', failure: store.failure };
  const caches: Check = {
    name: 'informer-sync',
    failure: () => (ports.feed.revision > 0 ? undefined : 'the watch cache is not filled yet'),
  };
  const shutdown: Check = {
    name: 'shutdown',
    failure: () => (stopping() ? 'process is shutting down' : undefined),
  };
  const own = [ping, log, store, readiness, caches, roles, shutdown];
  return [...own, ...(await clusterChecks(state))];
}

/** Beyond Kubernetes: whether the log of the store goes on, and each actor of the cluster by its id. */
async function clusterChecks({
  clock,
  actors,
  replicas,
  progress,
}: HealthState): Promise<readonly Check[]> {
  if (actors === undefined) return [];
  const [figures, told] = await Promise.all([inTime(clock, actors()), inTime(clock, replicas())]);
  const raft = progress.failure(told ?? []);
  const checks: Check[] = [{ name: 'raft', failure: () => raft }];
  if (figures === undefined)
    return [...checks, { name: 'supervisor', failure: () => 'the supervisor does not answer' }];
  const ofActors = figures.actors
    .filter(({ component }) => !NO_CHECK.includes(component))
    .map((actor) => ({ name: actor.id, failure: () => actorFailure(actor, told ?? []) }));
  return [...checks, ...ofActors];
}

function actorFailure(
  actor: ActorFigures,
  replicas: readonly ReplicaFigures[],
): string | undefined {
  const { id, component, state, counts } = actor;
  if (state !== 'running') return `${id} is ${state}`;
  if (counts === null) return `${id} does not answer`;
  if (component !== 'store') return undefined;
  const replica = replicas.find((each) => each.id === id);
  if (replica === undefined) return `${id} takes no part in the store`;
  return replica.hasLeader ? undefined : `${id} knows no leader`;
}

/** A linearizable read: it needs a leader with a quorum behind it. */
async function storeFailure({ store }: HealthState['ports']): Promise<string | undefined> {
  const answer = await store.range(
    { key: 'health', countOnly: true },
    { timeoutMs: STORE_CHECK_MS },
  );
  return answer.ok ? undefined : `the store does not answer: ${answer.error.message}`;
}
