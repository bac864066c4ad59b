import type { LogIndex, NodeId, Term } from '../base/index.js';
import { message } from '../raft/index.js';
import type { Message, Storage } from '../raft/index.js';
import { logReaches } from './wal-payload.js';
import type { LogEnd } from './wal-payload.js';

const BYTES_MAX = 1024 * 1024;

/**
 * What mends the damaged log of a follower. Raft itself never looks back behind what a follower once acknowledged in
 * this leader's term, and rightly so; these are the leader's own MsgApp and MsgSnap, only for entries that the follower
 * says it has lost. `commit` is the follower's commit index: up to there all logs agree. Undefined: nothing to send.
 */
export function repairMessage(
  storage: Storage,
  place: { readonly from: NodeId; readonly to: NodeId; readonly term: Term },
  followerCommit: LogIndex,
  leaderCommit: LogIndex,
): Message | undefined {
  const first = (followerCommit + 1) as LogIndex;
  if (first < storage.firstIndex()) {
    const snapshot = storage.snapshot();
    if (!snapshot.ok || snapshot.value.metadata.index < first) return undefined;
    return message({ type: 'MsgSnap', ...place, snapshot: snapshot.value });
  }
  const end = (storage.lastIndex() + 1) as LogIndex;
  if (first >= end) return undefined;
  const entries = storage.entries(first, end, BYTES_MAX);
  const logTerm = storage.term(followerCommit);
  if (!entries.ok || !logTerm.ok) return undefined;
  const last = entries.value.at(-1)?.index ?? followerCommit;
  return message({
    type: 'MsgApp',
    ...place,
    index: followerCommit,
    logTerm: logTerm.value,
    entries: entries.value,
    commit: Math.min(leaderCommit, last),
  });
}

/**
 * Whether a replica under repair lets a message go by without an answer. It campaigns for nobody, and votes only for a
 * candidate whose log reaches as far as its own once did (Raft §5.4.1, with the log as it was before the damage). So a
 * whole log can be elected, and mend the others, even where a majority is damaged.
 */
export function withholds(received: Message, promised: LogEnd): boolean {
  if (received.type === 'MsgTimeoutNow') return true;
  if (received.type !== 'MsgVote' && received.type !== 'MsgPreVote') return false;
  return !logReaches({ lastIndex: received.index, lastTerm: received.logTerm }, promised);
}

/**
 * A heartbeat's commit index counts on the log as it was: what is left may hold entries that others had taken the place of, in what
 * is damaged. So it commits nothing; only entries that come anew say which ones are committed.
 */
export function withoutCommit(received: Message): Message {
  return received.type === 'MsgHeartbeat' ? { ...received, commit: 0 as LogIndex } : received;
}

/**
 * Entries behind what is lost, which a replica under repair lets go by too: its rejection would change nothing for a leader
 * that never looks back behind what was acknowledged. It would send the same again at once, and again, as fast as the link
 * is, and where frames are duplicated ever more of them.
 */
export function beyondLog(received: Message, lastIndex: LogIndex): boolean {
  return received.type === 'MsgApp' && received.index > lastIndex;
}
