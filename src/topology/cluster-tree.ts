import { actorId, type ActorId } from '../base/index.js';
import type { ChildSpec, SupervisorSpec } from '../actor/index.js';

/** The kinds of actors; each has one entry of the same name in `actors/`. */
export type Component =
  | 'store'
  | 'gateway'
  | 'api-server'
  | 'scheduler'
  | 'controller-manager'
  | 'kubelet'
  | 'kube-proxy';

export interface ClusterShape {
  readonly replicas: readonly ActorId[];
  readonly nodeNames: readonly string[];
  readonly intensity: number;
  readonly periodMs: number;
  readonly stallMs: number;
  readonly heapMbMax: number;
  readonly buffersMbMax: number;
  /** Of the store: what its replicas hold in buffers may be all of it. */
  readonly quotaBytes: number;
  /** Spare threads for the store and as many for the API server: what everything else waits for. */
  readonly warmSpares: number;
  /** The configuration of one actor: plain data. */
  readonly configOf: (component: Component, id: ActorId, nodeName: string | undefined) => unknown;
}

const START_TIMEOUT_MS = 60_000;
const SHUTDOWN_MS = 5_000;
/**
 * The survivors elect a leader first: on two cores a cold start meanwhile doubles the gap. With a spare it is the recovery
 * of the replica that competes: without a delay the median gap was longer in each of three pairs of runs.
 */
const REPLICA_RESTART_DELAY_MS = 150;

/** Hundreds of requests are in flight there: with the default, two fifths to half of the processor's time went to collections. */
const BUSY_YOUNG_MB = 24;

/** The root of the tree. */
export const CLUSTER = actorId('cluster');
/** There only while it asks the store something for main. */
export const MEMBER_ADMIN = actorId('member-admin');
export const API_SERVER = actorId('api-server');
export const GATEWAY = actorId('gateway');
export const CONTROLLER_MANAGER = actorId('controller-manager');

export function kubeletId(nodeName: string): ActorId {
  return actorId(`kubelet-${nodeName}`);
}

/**
 * A cluster as a supervision tree: one supervisor, one_for_one, since the components depend on each other only through
 * messages and each can be reborn alone. Children stop in reverse: clients first, the store last.
 */
export function clusterTree(shape: ClusterShape): SupervisorSpec {
  const { replicas } = shape;
  const kubelets = shape.nodeNames.map(kubeletId);
  const proxies = shape.nodeNames.map((name) => actorId(`kube-proxy-${name}`));
  const clients = [actorId('scheduler'), CONTROLLER_MANAGER, ...kubelets, ...proxies];

  const child = childOf(shape);
  return {
    id: CLUSTER,
    strategy: 'one_for_one',
    intensity: shape.intensity,
    periodMs: shape.periodMs,
    backoff: { minMs: 50, maxMs: 10_000, factor: 2, jitter: 0.2 },
    startOrder: 'parallel',
    children: [
      ...replicas.map((id) => replicaSpec(shape, id)),
      child('api-server', API_SERVER, [...replicas, GATEWAY, ...clients]),
      child('scheduler', actorId('scheduler'), [API_SERVER]),
      child('controller-manager', CONTROLLER_MANAGER, [API_SERVER, ...replicas]),
      ...shape.nodeNames.map((name) =>
        child('kubelet', kubeletId(name), [API_SERVER, GATEWAY], name),
      ),
      ...shape.nodeNames.map((name) =>
        child('kube-proxy', actorId(`kube-proxy-${name}`), [API_SERVER], name),
      ),
      child('gateway', GATEWAY, [API_SERVER, ...kubelets]),
    ],
  };
}

/** A replica as a child of the cluster: one of `shape.replicas`, or one that is added to them. */
export function replicaSpec(shape: ClusterShape, id: ActorId): ChildSpec {
  return childOf(shape)('store', id, [...shape.replicas, API_SERVER, CONTROLLER_MANAGER]);
}

type MakeChild = (
  component: Component,
  id: ActorId,
  links: readonly ActorId[],
  nodeName?: string,
) => ChildSpec;

function childOf(shape: ClusterShape): MakeChild {
  return (component, id, links, nodeName) => ({
    id,
    component,
    entry: component,
    config: shape.configOf(component, id, nodeName),
    links: links.filter((peer) => peer !== id),
    restart: 'permanent',
    kind: component === 'gateway' ? 'edge' : 'worker',
    shutdownMs: SHUTDOWN_MS,
    startTimeoutMs: START_TIMEOUT_MS,
    stallMs: shape.stallMs,
    heapMbMax: shape.heapMbMax,
    buffersMbMax: shape.buffersMbMax,
    ...(component === 'store'
      ? { restartDelayMs: REPLICA_RESTART_DELAY_MS, buffersMbMax: replicaBuffersMb(shape) }
      : {}),
    ...(component === 'store' || component === 'api-server'
      ? { warmSpares: shape.warmSpares, youngMb: BUSY_YOUNG_MB }
      : {}),
    ...(component === 'gateway' ? { youngMb: BUSY_YOUNG_MB } : {}),
  });
}

/** The log since the last snapshot, what is on its way, and what is garbage but not collected yet. */
const BESIDE_STATE_MB = 512;

/** Values are in buffers, and a replica that is brought up by a snapshot holds the old ones until the new ones are whole. */
function replicaBuffersMb({ buffersMbMax, quotaBytes }: ClusterShape): number {
  return Math.max(buffersMbMax, Math.ceil((2 * quotaBytes) / 2 ** 20) + BESIDE_STATE_MB);
}

/** Time for a store of gigabytes on a slow disk. */
const SNAPSHOT_MAX_MS = 30 * 60_000;
const SNAPSHOT_STALL_MS = 60_000;
const SNAPSHOT_HEAP_MB = 512;

/** An actor that saves the store's state to a file: it is ready when that is done, and is never restarted. */
export function snapshotSpec(id: ActorId, replicas: readonly ActorId[], file: string): ChildSpec {
  return {
    id,
    component: 'snapshot',
    entry: 'snapshot',
    config: { replicas, file },
    links: replicas,
    restart: 'temporary',
    kind: 'worker',
    shutdownMs: SHUTDOWN_MS,
    startTimeoutMs: SNAPSHOT_MAX_MS,
    stallMs: SNAPSHOT_STALL_MS,
    heapMbMax: SNAPSHOT_HEAP_MB,
  };
}
