import { hex } from './describe.js';
import { lastIndex } from './log.js';
import type { Message } from './message.js';
import type { Progress } from './progress.js';
import { sendAppend } from './replication.js';
import { abortLeaderTransfer } from './role.js';
import { send } from './send.js';
import type { Raft } from './state.js';

/**
 * Hands leadership to the sender of the message (thesis §3.10): proposals are dropped from now on,
 * and once the transferee has the whole log it is told to campaign at once. Given up after an
 * election timeout.
 */
export function transferLeadership(raft: Raft, m: Message, progress: Progress): void {
  const self = hex(raft.id);
  const target = hex(m.from);
  const prefix = `${self} [term ${raft.term}]`;
  if (progress.isLearner) {
    raft.logger.debug(`${self} is learner. Ignored transferring leadership`);
    return;
  }
  const previous = raft.leadTransferee;
  if (previous === m.from) {
    raft.logger.info(
      `${prefix} transfer leadership to ${target} is in progress, ignores request to same node ${target}`,
    );
    return;
  }
  if (previous !== 0) {
    abortLeaderTransfer(raft);
    raft.logger.info(`${prefix} abort previous transferring leadership to ${hex(previous)}`);
  }
  if (m.from === raft.id) {
    raft.logger.debug(`${self} is already leader. Ignored transferring leadership to self`);
    return;
  }
  raft.logger.info(`${prefix} starts to transfer leadership to ${target}`);
  raft.electionElapsed = 0;
  raft.leadTransferee = m.from;
  if (progress.match === lastIndex(raft.log)) {
    send(raft, { type: 'MsgTimeoutNow', to: m.from });
    raft.logger.info(
      `${self} sends MsgTimeoutNow to ${target} immediately as ${target} already has up-to-date log`,
    );
  } else {
    sendAppend(raft, m.from);
  }
}
