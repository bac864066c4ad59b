import { payloadsSizeBytes } from './entry-size.js';
import { hex } from './describe.js';
import { append, lastIndex } from './log.js';
import { draftMessage, entry } from './message.js';
import type { Entry } from './message.js';
import { sendDraft } from './send.js';
import type { Raft } from './state.js';

/**
 * Appends proposals to the leader's log, in its term and after its last entry. False, and nothing
 * is appended, where the uncommitted tail would grow beyond its limit. The leader acknowledges its
 * own entries like a follower, once they are durable.
 */
export function appendEntries(raft: Raft, proposals: readonly Entry[]): boolean {
  if (!growUncommitted(raft, payloadsSizeBytes(proposals))) {
    raft.logger.warn(
      `${hex(raft.id)} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`,
    );
    return false;
  }
  const last = lastIndex(raft.log);
  append(
    raft.log,
    proposals.map(({ type, data }, at) => entry(type, data, raft.term, last + 1 + at)),
  );
  const ack = draftMessage('MsgAppResp', raft.id);
  ack.index = last + proposals.length;
  sendDraft(raft, ack);
  return true;
}

/**
 * An empty tail takes a proposal of any size, and empty payloads are never refused: the no-op and
 * auto-leave are.
 */
function growUncommitted(raft: Raft, bytes: number): boolean {
  const total = raft.uncommittedBytes + bytes;
  const limited = raft.uncommittedBytes > 0 && bytes > 0;
  if (limited && total > raft.config.maxUncommittedEntriesSize) return false;
  raft.uncommittedBytes = total;
  return true;
}

/** Entries with so many payload bytes were applied: they are no longer uncommitted. */
export function shrinkUncommitted(raft: Raft, bytes: number): void {
  raft.uncommittedBytes = Math.max(0, raft.uncommittedBytes - bytes);
}
