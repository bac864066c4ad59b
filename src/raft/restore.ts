import { describeConfState, hex } from './describe.js';
import { commitTo, lastEntryId, lastIndex, matchTerm, restoreLog } from './log.js';
import { EMPTY_SNAPSHOT } from './message.js';
import type { ConfState, Message, Snapshot } from './message.js';
import { restoreConfiguration } from './reconfiguration.js';
import { becomeFollower } from './role.js';
import { send } from './send.js';
import type { Raft } from './state.js';

/**
 * InstallSnapshot (Raft §7): answers with where its log stands now, whether it took the snapshot or
 * not.
 */
export function receiveSnapshot(raft: Raft, m: Message): void {
  const snapshot = m.snapshot ?? EMPTY_SNAPSHOT;
  const { index, term } = snapshot.metadata;
  const restored = restore(raft, snapshot);
  raft.logger.info(
    `${hex(raft.id)} [commit: ${raft.log.committed}] ${restored ? 'restored' : 'ignored'} snapshot ` +
      `[index: ${index}, term: ${term}]`,
  );
  const acked = restored ? lastIndex(raft.log) : raft.log.committed;
  send(raft, { type: 'MsgAppResp', to: m.from, index: acked });
}

/** False: it is not newer than what is committed here, or not for this node. */
function restore(raft: Raft, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  if (index <= raft.log.committed) return false;
  if (raft.role !== 'StateFollower') {
    raft.logger.warn(
      `${hex(raft.id)} attempted to restore snapshot as leader; should never happen`,
    );
    becomeFollower(raft, raft.term + 1, 0);
    return false;
  }
  if (!isMember(confState, raft.id)) {
    raft.logger.warn(
      `${hex(raft.id)} attempted to restore snapshot but it is not in the ConfState ` +
        `${describeConfState(confState)}; should never happen`,
    );
    return false;
  }
  if (matchTerm(raft.log, { term, index })) {
    logRestore(raft, 'fast-forwarded commit to', snapshot);
    commitTo(raft.log, index);
    return false;
  }
  restoreLog(raft.log, snapshot);
  raft.restoredIndex = index;
  restoreConfiguration(raft, confState);
  logRestore(raft, 'restored', snapshot);
  return true;
}

function isMember(state: ConfState, id: Raft['id']): boolean {
  // Those in `learnersNext` are in `votersOutgoing` too.
  return [state.voters, state.learners, state.votersOutgoing].some((ids) => ids.includes(id));
}

function logRestore(raft: Raft, verb: string, snapshot: Snapshot): void {
  const last = lastEntryId(raft.log);
  const { index, term } = snapshot.metadata;
  raft.logger.info(
    `${hex(raft.id)} [commit: ${raft.log.committed}, lastindex: ${last.index}, ` +
      `lastterm: ${last.term}] ${verb} snapshot ` +
      `[index: ${index}, term: ${term}]`,
  );
}
