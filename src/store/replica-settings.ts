import { assert, assertDefined } from '../base/index.js';
import type { NodeId } from '../base/index.js';
import { AddressBook } from './address-book.js';
import { foundingMembers } from './member-table.js';
import type { MemberImage } from './member-table.js';
import type { ReplicaConfig } from './replica-protocol.js';

/** The configuration with its defaults, and what follows from it. */
export type ReplicaSettings = {
  readonly [Name in keyof ReplicaConfig]-?: Exclude<ReplicaConfig[Name], undefined>;
} & {
  readonly nodeId: NodeId;
  readonly founding: MemberImage;
} & Pick<AddressBook, 'actorOf' | 'nodeOf' | 'learn'>;

const MIB = 1024 * 1024;

/** A configuration that cannot work is a mistake of the one who made it: it throws. */
export function replicaSettings(config: ReplicaConfig): ReplicaSettings {
  const { peers, known = [] } = config;
  const ids = new Set(peers.flatMap(({ id, nodeId }) => [id, nodeId]));
  assert(ids.size === 2 * peers.length, 'every replica has ids of its own');
  const founder = peers.find(({ id }) => id === config.id)?.nodeId;
  const nodeId = assertDefined(config.nodeId ?? founder, `the node id of ${config.id}`);
  const book = new AddressBook([...peers, ...known, { id: config.id, nodeId }]);
  return {
    id: config.id,
    peers,
    known,
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
    reserveBytes: config.reserveBytes ?? 32 * MIB,
    quotaBytes: config.quotaBytes ?? 2048 * MIB,
    autoCompaction: config.autoCompaction ?? { mode: 'off' },
    hashCheckMs: config.hashCheckMs ?? 300_000,
    leaseCheckpointMs: config.leaseCheckpointMs ?? 300_000,
    nodeId,
    founding: foundingMembers(peers),
    actorOf: (id) => book.actorOf(id),
    nodeOf: (id) => book.nodeOf(id),
    learn: (actor, id) => {
      book.learn(actor, id);
    },
  };
}
