import type { ThreadActorStatus, ThreadActorSystem } from '../io/thread/index.js';
import type { ReplicaStatus } from '../protocol/index.js';
import { API_SERVER, GATEWAY, MEMBER_ADMIN } from '../topology/index.js';
import type { ActorLine, ClusterStatus, ReplicaLine } from './control/index.js';

/** Actors that are there for one errand only: no part of what has to be up. */
const PASSING: readonly string[] = [MEMBER_ADMIN, 'snapshot'];

/** An actor that does not answer within this time is shown as it was seen from outside. */
const REPORT_TIMEOUT_MS = 1000;

/** What a store replica reports to the control plane. */
interface ReplicaReport {
  readonly status?: ReplicaStatus;
}

/** What the controller manager counts from its informers. */
interface CountsReport {
  readonly nodes?: { readonly total: number; readonly ready: number };
  readonly pods?: { readonly total: number; readonly ready: number };
}

export interface StatusFacts {
  readonly system: ThreadActorSystem;
  readonly url: string;
  readonly kubeconfig: string;
  readonly version: string;
  readonly startedMs: number;
  readonly isReady: () => boolean;
  readonly backups: () => ClusterStatus['backups'];
  /** Of what the daemon lives on. */
  readonly problems: () => readonly string[];
}

export async function clusterStatus(facts: StatusFacts): Promise<ClusterStatus> {
  const { system } = facts;
  const actors = system.actors();
  const replicas = actors.filter((actor) => actor.component === 'store');
  const [lines, counts] = await Promise.all([
    Promise.all(replicas.map((replica) => replicaStatus(system, replica))),
    reportOf<CountsReport>(system, 'controller-manager'),
  ]);
  const store = storeSummary(replicas, lines);
  const { user, system: kernel } = process.cpuUsage();
  return {
    ready: facts.isReady() && serves(store, actors),
    degraded: degradations(store, actors, facts.problems()),
    version: facts.version,
    pid: process.pid,
    apiServer: { url: facts.url },
    kubeconfig: facts.kubeconfig,
    store,
    actors: actors.map(actorLine),
    nodes: counts?.nodes ?? { total: 0, ready: 0 },
    pods: counts?.pods ?? { total: 0, ready: 0 },
    backups: facts.backups(),
    process: {
      rssBytes: process.memoryUsage.rss(),
      cpuMs: (user + kernel) / 1000,
      uptimeMs: performance.now() - facts.startedMs,
    },
  };
}

/** Requests are answered: the way to the store is there, and a majority of its replicas. */
function serves(store: ClusterStatus['store'], actors: readonly ThreadActorStatus[]): boolean {
  const { leader, replicas } = store;
  const up = replicas.filter(({ role }) => role !== null && role !== 'learner');
  const way = actors.filter(({ id }) => id === API_SERVER || id === GATEWAY);
  return (
    leader !== null &&
    2 * up.length > replicas.filter(({ role }) => role !== 'learner').length &&
    way.every(({ state }) => state === 'running')
  );
}

/** What is not as it should be, whether the cluster serves or not. */
function degradations(
  { leader, replicas }: ClusterStatus['store'],
  actors: readonly ThreadActorStatus[],
  problems: readonly string[],
): string[] {
  const down = actors.filter(
    ({ state, component }) => state !== 'running' && !PASSING.includes(component),
  );
  const absent = replicas.filter(
    ({ id, state }) => state !== 'running' && !down.some((actor) => actor.id === id),
  );
  return [
    ...(leader === null ? ['the store has no leader'] : []),
    ...[...down, ...absent].map(({ id, state }) => `${id} is ${state}`),
    ...problems,
  ];
}

/** The leader of the highest term that a replica of that term claims to be. */
export async function storeLeader(system: ThreadActorSystem): Promise<string | null> {
  const replicas = system.actors().filter((actor) => actor.component === 'store');
  return storeSummary(
    replicas,
    await Promise.all(replicas.map((replica) => replicaStatus(system, replica))),
  ).leader;
}

async function replicaStatus(
  system: ThreadActorSystem,
  replica: ThreadActorStatus,
): Promise<ReplicaStatus | undefined> {
  if (replica.state !== 'running' && replica.state !== 'starting') return undefined;
  return (await reportOf<ReplicaReport>(system, replica.id))?.status;
}

async function reportOf<T>(system: ThreadActorSystem, id: string): Promise<T | undefined> {
  const report = await system.report(id, REPORT_TIMEOUT_MS);
  return report.ok ? (report.value as T) : undefined;
}

function storeSummary(
  replicas: readonly ThreadActorStatus[],
  statuses: readonly (ReplicaStatus | undefined)[],
): ClusterStatus['store'] {
  const known = statuses.filter((status) => status !== undefined);
  const leaders = known
    .filter((status) => status.role === 'leader')
    .sort((a, b) => b.term - a.term);
  return {
    leader: leaders[0]?.id ?? null,
    term: Math.max(0, ...known.map((status) => status.term)),
    commitIndex: Math.max(0, ...known.map((status) => status.commitIndex)),
    replicas: replicas.map((replica, i) => replicaLine(replica, statuses[i])),
  };
}

function replicaLine(replica: ThreadActorStatus, status: ReplicaStatus | undefined): ReplicaLine {
  return {
    id: replica.id,
    role: status?.role ?? null,
    state: status?.state ?? replica.state,
    term: status?.term ?? 0,
    lastIndex: status?.lastIndex ?? 0,
    appliedIndex: status?.appliedIndex ?? 0,
    etcdEndpoint: null,
    problem: status?.problem ?? null,
  };
}

export function actorLine(actor: ThreadActorStatus): ActorLine {
  const {
    id,
    component,
    state,
    incarnation,
    restarts,
    mailboxMessages,
    heapUsedBytes,
    uptimeMs,
    lastCrash,
  } = actor;
  return {
    id,
    component,
    state,
    incarnation,
    restarts,
    mailboxMessages,
    heapUsedBytes,
    uptimeMs,
    lastCrash: lastCrash === null ? null : { reason: lastCrash.reason, at: lastCrash.at },
  };
}
