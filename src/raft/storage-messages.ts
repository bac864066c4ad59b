import { lastEntryId } from './log.js';
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, message } from './message.js';
import type { Entry, Message } from './message.js';
import type { Ready } from './ready.js';
import type { Raft } from './state.js';

/**
 * The messages between a node and its two storage threads. Without asynchronous writes, `advance`
 * steps the answers.
 */

/**
 * What the append thread has to write, and what it has to deliver when that, and all before it, is
 * durable.
 */
export function storageAppend(raft: Raft, ready: Ready): Message {
  const { hardState, snapshot } = ready;
  const responses = [...raft.messagesAfterAppend];
  // Last, so that this node's own acknowledgement finds the entries still in the unstable log.
  if (needsAppendResponse(raft, ready)) responses.push(storageAppendResponse(raft, ready));
  return message({
    type: 'MsgStorageAppend',
    to: LOCAL_APPEND_THREAD,
    from: raft.id,
    entries: ready.entries,
    term: hardState?.term ?? 0,
    vote: hardState?.vote ?? 0,
    commit: hardState?.commit ?? 0,
    snapshot: snapshot ?? null,
    responses,
  });
}

export function needsAppend(raft: Raft, ready: Ready): boolean {
  return (
    ready.entries.length > 0 ||
    ready.hardState !== undefined ||
    ready.snapshot !== undefined ||
    raft.messagesAfterAppend.length > 0
  );
}

export function needsAppendResponse(raft: Raft, ready: Ready): boolean {
  return raft.log.unstable.entries.length > 0 || ready.snapshot !== undefined;
}

/**
 * Tells the node that the log up to its present end is durable, if the node's term is still the
 * same then. In a later term a write may be under way that overwrites those entries with others and
 * then with the same again, so that index and term alone would prove too much. That is also why the
 * answer to a mere change of term vouches for the whole unstable log: entries whose own answer came
 * too late are then acknowledged by it.
 */
export function storageAppendResponse(raft: Raft, ready: Ready): Message {
  const unstable = raft.log.unstable.entries.length > 0;
  const last = unstable ? lastEntryId(raft.log) : { index: 0, term: 0 };
  return message({
    type: 'MsgStorageAppendResp',
    to: raft.id,
    from: LOCAL_APPEND_THREAD,
    term: raft.term,
    index: last.index,
    logTerm: last.term,
    snapshot: ready.snapshot ?? null,
  });
}

/** What the apply thread has to apply. It need not be durable. */
export function storageApply(raft: Raft, entries: readonly Entry[]): Message {
  return message({
    type: 'MsgStorageApply',
    to: LOCAL_APPLY_THREAD,
    from: raft.id,
    entries,
    responses: [storageApplyResponse(raft, entries)],
  });
}

export function storageApplyResponse(raft: Raft, entries: readonly Entry[]): Message {
  return message({ type: 'MsgStorageApplyResp', to: raft.id, from: LOCAL_APPLY_THREAD, entries });
}
