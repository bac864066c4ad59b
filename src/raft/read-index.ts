import { hex } from './describe.js';
import { EMPTY_BYTES } from './message.js';
import type { LogIndex } from '../base/index.js';
import type { Message } from './message.js';
import { termAt } from './log.js';
import { ackReads, addRead, readPosition, takeConfirmedReads } from './read-queue.js';
import { broadcastHeartbeat } from './replication.js';
import { send } from './send.js';
import type { Raft } from './state.js';
import { isSingleton } from './tracker.js';

/**
 * Reads that may wait at a leader at once. Beyond that they are dropped, and the reader's deadline
 * ends them.
 */
const WAITING_READS_MAX = 65_536;

/** A linearizable read asks the leader for the index at which it may be served (thesis §6.4). */
export function leaderReadIndex(raft: Raft, request: Message): void {
  if (isSingleton(raft.tracker.config)) {
    answerRead(raft, request, raft.log.committed);
    return;
  }
  if (raft.pendingReads.length + raft.reads.waiting.length >= WAITING_READS_MAX) {
    raft.logger.warn(`${hex(raft.id)} has too many reads waiting; dropping index reading msg`);
    return;
  }
  // Until something of its own term is committed, its commit index may lag behind the last
  // leader's.
  if (committedInCurrentTerm(raft)) confirmRead(raft, request);
  else raft.pendingReads.push(request);
}

/** The leader has committed in its term: the reads that waited for that go on. */
export function releasePendingReads(raft: Raft): void {
  if (raft.pendingReads.length === 0 || !committedInCurrentTerm(raft)) return;
  const requests = raft.pendingReads;
  raft.pendingReads = [];
  for (const request of requests) confirmRead(raft, request);
}

function committedInCurrentTerm(raft: Raft): boolean {
  return termAt(raft.log, raft.log.committed) === raft.term;
}

function confirmRead(raft: Raft, request: Message): void {
  if (raft.config.readOnlyOption === 'lease-based') {
    answerRead(raft, request, raft.log.committed);
    return;
  }
  addRead(raft.reads, request, raft.log.committed);
  ackReads(raft.reads, raft.id, readPosition(raft.reads));
  broadcastHeartbeat(raft);
}

/**
 * A heartbeat's answer confirms that its sender still follows, and so all reads that came before
 * the heartbeat.
 */
export function confirmReads(raft: Raft, answer: Message): void {
  if (raft.config.readOnlyOption !== 'safe' || answer.readPosition === 0) return;
  ackReads(raft.reads, answer.from, answer.readPosition);
  for (const read of takeConfirmedReads(raft.reads, raft.tracker.config.voters)) {
    answerRead(raft, read.request, read.index);
  }
}

function answerRead(raft: Raft, request: Message, index: number): void {
  if (request.from === 0 || request.from === raft.id) {
    const context = request.entries[0]?.data ?? EMPTY_BYTES;
    raft.readStates.push({ index: index as LogIndex, context });
    return;
  }
  send(raft, { type: 'MsgReadIndexResp', to: request.from, index, entries: request.entries });
}

/** The leader's answer to a read that this follower sent on. */
export function receiveReadIndex(raft: Raft, answer: Message): void {
  const [read] = answer.entries;
  if (read === undefined || answer.entries.length !== 1) {
    raft.logger.error(
      `${hex(raft.id)} invalid format of MsgReadIndexResp from ${hex(answer.from)}, ` +
        `entries count: ${answer.entries.length}`,
    );
    return;
  }
  raft.readStates.push({ index: answer.index, context: read.data });
}
