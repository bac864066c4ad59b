import { assert, assertDefined } from '../base/index.js';
import type { ActorId, NodeId } from '../base/index.js';
import type { ConfState } from '../raft/index.js';
import type { ReplicaConfig } from './replica-protocol.js';

/** The configuration with its defaults, and what follows from it. */
export type ReplicaSettings = {
  readonly [Name in keyof ReplicaConfig]-?: Exclude<ReplicaConfig[Name], undefined>;
} & {
  readonly nodeId: NodeId;
  readonly confState: ConfState;
  actorOf(id: NodeId): ActorId;
  nodeOf(id: ActorId): NodeId | undefined;
};

const MIB = 1024 * 1024;

/** A configuration that cannot work is a mistake of the one who made it: it throws. */
export function replicaSettings(config: ReplicaConfig): ReplicaSettings {
  const actors = new Map(config.peers.map((peer) => [peer.nodeId, peer.id]));
  const nodes = new Map(config.peers.map((peer) => [peer.id, peer.nodeId]));
  assert(
    actors.size === config.peers.length && nodes.size === config.peers.length,
    'every replica has ids of its own',
  );
  const voters = [...actors.keys()].sort((a, b) => a - b);
  return {
    id: config.id,
    peers: config.peers,
    folder: config.folder,
    clusterId: config.clusterId,
    tickMs: config.tickMs ?? 100,
    electionTicks: config.electionTicks ?? 10,
    heartbeatTicks: config.heartbeatTicks ?? 1,
    snapshotEntries: config.snapshotEntries ?? 100_000,
    snapshotBytes: config.snapshotBytes ?? 64 * MIB,
    keptEntries: config.keptEntries ?? 5000,
    keptBytes: config.keptBytes ?? 16 * MIB,
    segmentBytes: config.segmentBytes ?? 16 * MIB,
    requestTimeoutMs: config.requestTimeoutMs ?? 5000,
    pendingRequestsMax: config.pendingRequestsMax ?? 10_000,
    requestBytesMax: config.requestBytesMax ?? 1.5 * MIB,
    quotaBytes: config.quotaBytes ?? 2048 * MIB,
    autoCompaction: config.autoCompaction ?? { mode: 'off' },
    hashCheckMs: config.hashCheckMs ?? 300_000,
    leaseCheckpointMs: config.leaseCheckpointMs ?? 300_000,
    nodeId: assertDefined(nodes.get(config.id), `${config.id} among its peers`),
    confState: { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
    actorOf: (id) => assertDefined(actors.get(id), `the actor of node ${String(id)}`),
    nodeOf: (id) => nodes.get(id),
  };
}
