import { AggregatorRegistry, type Registry } from 'prom-client';
import type { HistogramCounts, ReplicaFigures } from '../protocol/index.js';
import type { MetricJson, MetricValue } from './metric-json.js';

interface StoreFamily {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly values: (replica: ReplicaFigures, name: string) => readonly MetricValue[];
}

const plain =
  (value: (replica: ReplicaFigures) => number) =>
  (replica: ReplicaFigures): MetricValue[] => [{ value: value(replica), labels: {} }];

const by =
  (label: string, counts: (replica: ReplicaFigures) => Readonly<Record<string, number>>) =>
  (replica: ReplicaFigures): MetricValue[] =>
    Object.entries(counts(replica)).map(([name, value]) => ({ value, labels: { [label]: name } }));

const histogram =
  (counts: (replica: ReplicaFigures) => HistogramCounts) =>
  (replica: ReplicaFigures, name: string): MetricValue[] =>
    bucketValues(counts(replica), name);

/** Of one life of each replica: totals begin anew with its restart, as counters may. etcd's names, where the figure is the same. */
const FAMILIES: readonly StoreFamily[] = [
  {
    name: 'etcd_server_has_leader',
    type: 'gauge',
    help: 'Whether the replica knows a leader.',
    values: plain(({ hasLeader }) => Number(hasLeader)),
  },
  {
    name: 'etcd_server_is_leader',
    type: 'gauge',
    help: 'Whether the replica is the leader.',
    values: plain(({ isLeader }) => Number(isLeader)),
  },
  {
    name: 'etcd_server_leader_changes_seen_total',
    type: 'counter',
    help: 'Changes of the leader that the replica has seen.',
    values: plain(({ leaderChanges }) => leaderChanges),
  },
  {
    name: 'etcd_server_proposals_committed_total',
    type: 'gauge',
    help: 'The index up to which the log is committed.',
    values: plain(({ commitIndex }) => commitIndex),
  },
  {
    name: 'etcd_server_proposals_applied_total',
    type: 'gauge',
    help: 'The index up to which the log is applied.',
    values: plain(({ appliedIndex }) => appliedIndex),
  },
  {
    name: 'etcd_server_proposals_pending',
    type: 'gauge',
    help: 'Writes of clients that are proposed and not applied.',
    values: plain(({ proposalsPending }) => proposalsPending),
  },
  {
    name: 'etcd_server_proposals_failed_total',
    type: 'counter',
    help: 'Writes of clients that were proposed and ended with an error.',
    values: plain(({ proposalsFailed }) => proposalsFailed),
  },
  {
    name: 'etcd_server_slow_apply_total',
    type: 'counter',
    help: 'How often applying entries took half a tick or longer.',
    values: plain(({ holdups }) => holdups.apply),
  },
  {
    name: 'etcd_disk_wal_fsync_duration_seconds',
    type: 'histogram',
    help: 'Time that syncs of the write-ahead log took.',
    values: histogram(({ walSyncs }) => walSyncs),
  },
  {
    name: 'etcd_snap_fsync_duration_seconds',
    type: 'histogram',
    help: 'Time that syncs of snapshots took.',
    values: histogram(({ snapshotSyncs }) => snapshotSyncs),
  },
  {
    name: 'etcd_mvcc_db_total_size_in_bytes',
    type: 'gauge',
    help: 'Size of the state: keys, values and what they cost.',
    values: plain(({ dbSizeBytes }) => dbSizeBytes),
  },
  {
    name: 'etcd_debugging_mvcc_keys_total',
    type: 'gauge',
    help: 'Keys that are there now.',
    values: plain(({ keys }) => keys),
  },
  {
    name: 'kubactor_store_holdups_total',
    type: 'counter',
    help: 'How often the replica was held up for half a tick or longer, and by what.',
    values: by('by', ({ holdups }) => holdups),
  },
  {
    name: 'kubactor_elections_total',
    type: 'counter',
    help: 'Elections that the replica won, by their causes.',
    values: by('cause', ({ elections }) => elections.byCause),
  },
  {
    name: 'kubactor_campaigns_failed_total',
    type: 'counter',
    help: 'Campaigns of the replica that it did not win, by how they ended.',
    values: by('outcome', ({ elections }) => elections.failedByOutcome),
  },
  {
    name: 'kubactor_election_split_votes_total',
    type: 'counter',
    help: 'Campaigns of the replica that failed because the votes were split.',
    values: plain(({ elections }) => elections.splitVotes),
  },
  {
    name: 'kubactor_election_vote_rejections_total',
    type: 'counter',
    help: 'Votes that the replica asked for in vain, by the reason.',
    values: by('reason', ({ elections }) => elections.rejectionsByReason),
  },
  {
    name: 'kubactor_election_duration_seconds',
    type: 'histogram',
    help: 'From the first question for votes to the first commit of the new leader.',
    values: histogram(({ elections }) => elections.duration),
  },
  {
    name: 'kubactor_election_write_gap_seconds',
    type: 'histogram',
    help: "From the old leader's last sign of life to the first commit of the new one.",
    values: histogram(({ elections }) => elections.writeGap),
  },
];

/** The figures of those replicas that told them. */
export function storeMetrics(replicas: readonly ReplicaFigures[]): Registry {
  return AggregatorRegistry.aggregate([FAMILIES.map((family) => familyOf(family, replicas))]);
}

function familyOf(
  { name, type, help, values }: StoreFamily,
  replicas: readonly ReplicaFigures[],
): MetricJson {
  const all = replicas.flatMap((replica) =>
    values(replica, name).map((value) => ({
      ...value,
      labels: { replica: replica.id, ...value.labels },
    })),
  );
  return { name, type, help, aggregator: 'sum', values: all };
}

function bucketValues({ boundsMs, counts, sumMs }: HistogramCounts, name: string): MetricValue[] {
  let total = 0;
  const buckets = counts.map((count, at): MetricValue => {
    total += count;
    const boundMs = boundsMs[at];
    const le = boundMs === undefined ? '+Inf' : String(boundMs / 1000);
    return { value: total, labels: { le }, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { value: sumMs / 1000, labels: {}, metricName: `${name}_sum` },
    { value: total, labels: {}, metricName: `${name}_count` },
  ];
}
