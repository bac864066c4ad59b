import { assert, assertDefined } from '../base/index.js';
import { describeProgress, hex } from './describe.js';
import { payloadsSizeBytes } from './entry-size.js';
import { inflightsFull } from './inflights.js';
import { entriesFrom, firstIndex, maybeCommitTo, termAt } from './log.js';
import { draftMessage } from './message.js';
import { becomeProbe, becomeSnapshot, isPaused, progressStatus, sentEntries } from './progress.js';
import type { Progress } from './progress.js';
import { readPosition } from './read-queue.js';
import { send, sendDraft } from './send.js';
import type { Raft } from './state.js';
import { quorumIndex } from './tracker.js';

/** Probes a follower that is back at once. Nothing happens at who does not lead. */
export function peerReachable(raft: Raft, id: number): void {
  const progress = raft.role === 'StateLeader' ? raft.tracker.progress.get(id) : undefined;
  if (progress === undefined || id === raft.id) return;
  if (progress.state === 'StateReplicate') becomeProbe(progress);
  progress.msgAppFlowPaused = false;
  sendAppend(raft, id);
}

/**
 * Sends what a follower is missing, or an empty MsgApp, which tells it the commit index; nothing
 * where it is paused.
 */
export function sendAppend(raft: Raft, to: number): void {
  maybeSendAppend(raft, to, true);
}

/**
 * Sends one MsgApp, or the snapshot where entries are gone. False: nothing was sent, and nothing is
 * left to send now.
 */
export function maybeSendAppend(raft: Raft, to: number, sendIfEmpty: boolean): boolean {
  const progress = assertDefined(raft.tracker.progress.get(to), 'the progress of a follower');
  if (isPaused(progress)) return false;
  const index = progress.next - 1;
  const logTerm = termAt(raft.log, index);
  if (logTerm === undefined) return maybeSendSnapshot(raft, to, progress);

  // Where all that may be under way is, it may also all be lost: an empty MsgApp finds out.
  const full = progress.state === 'StateReplicate' && inflightsFull(progress.inflights);
  const entries = full ? [] : entriesFrom(raft.log, progress.next, raft.config.maxSizePerMsg);
  if (entries === null) return sendIfEmpty && maybeSendSnapshot(raft, to, progress);
  if (entries.length === 0 && !sendIfEmpty) return false;
  const draft = draftMessage('MsgApp', to);
  draft.index = index;
  draft.logTerm = logTerm;
  draft.entries = entries;
  draft.commit = raft.log.committed;
  sendDraft(raft, draft);
  sentEntries(progress, entries.length, payloadsSizeBytes(entries));
  progress.sentCommit = raft.log.committed;
  return true;
}

/**
 * Only to a follower that was heard lately, and only once storage has a snapshot to give (Raft §7).
 */
function maybeSendSnapshot(raft: Raft, to: number, progress: Progress): boolean {
  const self = hex(raft.id);
  if (!progress.recentActive) {
    raft.logger.debug(`ignore sending snapshot to ${hex(to)} since it is not recently active`);
    return false;
  }
  const stored = raft.log.unstable.snapshot ?? storedSnapshot(raft);
  if (stored === null) {
    raft.logger.debug(
      `${self} failed to send snapshot to ${hex(to)} because snapshot is temporarily unavailable`,
    );
    return false;
  }
  const { index, term } = stored.metadata;
  assert(index > 0, 'need non-empty snapshot');
  raft.logger.debug(
    `${self} [firstindex: ${firstIndex(raft.log)}, commit: ${raft.log.committed}] ` +
      `sent snapshot[index: ${index}, term: ${term}] to ${hex(to)} [${describe(progress)}]`,
  );
  becomeSnapshot(progress, index);
  raft.logger.debug(
    `${self} paused sending replication messages to ${hex(to)} [${describe(progress)}]`,
  );
  send(raft, { type: 'MsgSnap', to, snapshot: stored });
  return true;
}

function storedSnapshot(raft: Raft) {
  const stored = raft.config.storage.snapshot();
  if (stored.ok) return stored.value;
  assert(
    stored.error.code === 'snapshot-temporarily-unavailable',
    'storage has no snapshot to send',
  );
  return null;
}

function describe(progress: Progress): string {
  return describeProgress(progressStatus(progress));
}

/** Sends to all others what they are missing, or at least the commit index. */
export function broadcastAppend(raft: Raft): void {
  for (const id of raft.tracker.progress.keys()) {
    if (id !== raft.id) sendAppend(raft, id);
  }
}

/** Keeps the leadership, and asks for the confirmation of the reads that wait. */
export function broadcastHeartbeat(raft: Raft): void {
  const position = readPosition(raft.reads);
  for (const [id, progress] of raft.tracker.progress) {
    if (id === raft.id) continue;
    // Never beyond what it is known to have: its log may end in entries that differ.
    const commit = Math.min(progress.match, raft.log.committed);
    const draft = draftMessage('MsgHeartbeat', id);
    draft.commit = commit;
    draft.readPosition = position;
    sendDraft(raft, draft);
    progress.sentCommit = commit;
  }
}

/**
 * Commits what a quorum has, if it is of this leader's term (Raft §5.3, §5.4.2). True where that is
 * progress.
 */
export function maybeCommit(raft: Raft): boolean {
  return maybeCommitTo(raft.log, { term: raft.term, index: quorumIndex(raft.tracker) });
}
