import type { CoreV1Event } from '../../api/index.js';
import { timestamp } from '../../client/index.js';
import { sentence } from '../../elections/index.js';
import { ElectionCause } from '../../protocol/index.js';
import type { ElectionRecord } from '../../protocol/index.js';

const NAMESPACE = 'kube-system';
const COMPONENT = 'store';
const MESSAGE_LENGTH_MAX = 1_024;
/** An election that its replicas have not explained by then is told as it is. */
const UNEXPLAINED_MS = 10_000;
/** Older ones were told by an earlier life, or are past telling. */
const TOLD_MS = 600_000;

/** What was planned, or is a start: nothing to look into. */
const USUAL: ReadonlySet<ElectionCause> = new Set([
  ElectionCause.clusterStart,
  ElectionCause.leaderStopped,
  ElectionCause.transfer,
]);

/** In how many milliseconds an election is to be told: now if its cause is final or has been waited for long enough. Undefined: never. */
export function tellInMs(
  { complete, electedAt }: ElectionRecord,
  wallMs: number,
): number | undefined {
  const ageMs = wallMs - Date.parse(electedAt);
  if (ageMs > TOLD_MS) return undefined;
  return complete ? 0 : Math.min(UNEXPLAINED_MS, Math.max(0, UNEXPLAINED_MS - ageMs));
}

/** A campaign that failed may go on, and win: that is told too. */
export function eventName({ id, leader }: ElectionRecord): string {
  return `${leader === null ? 'campaign' : 'election'}.${id}`;
}

/** One election as an event. Its name follows from the election, so that no restart tells it twice. */
export function electionEvent(record: ElectionRecord): CoreV1Event {
  const at = timestamp(Date.parse(record.electedAt));
  const elected = record.leader !== null;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(record), namespace: NAMESPACE },
    involvedObject: {
      apiVersion: 'kubactor/v1',
      kind: 'StoreReplica',
      namespace: NAMESPACE,
      name: record.candidate,
    },
    type: elected && USUAL.has(record.cause) ? 'Normal' : 'Warning',
    reason: elected ? 'LeaderElected' : 'CampaignFailed',
    message: sentence(record).slice(0, MESSAGE_LENGTH_MAX),
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: record.candidate,
  };
}
