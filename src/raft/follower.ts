import { hup } from './campaign.js';
import { hex } from './describe.js';
import { DONE, PROPOSAL_DROPPED } from './error.js';
import type { StepResult } from './error.js';
import { commitTo, findConflictByTerm, lastIndex, maybeAppend, termAt } from './log.js';
import { draftMessage } from './message.js';
import type { Message } from './message.js';
import { receiveReadIndex } from './read-index.js';
import { receiveSnapshot } from './restore.js';
import { send, sendDraft } from './send.js';
import type { Raft } from './state.js';

export function stepFollower(raft: Raft, m: Message): StepResult {
  switch (m.type) {
    case 'MsgProp':
      return forwardProposal(raft, m);
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      raft.electionElapsed = 0;
      raft.lead = m.from;
      hearLeader(raft, m);
      return DONE;
    case 'MsgTransferLeader':
      forwardToLeader(raft, m, 'leader transfer msg');
      return DONE;
    case 'MsgReadIndex':
      forwardToLeader(raft, m, 'index reading msg');
      return DONE;
    case 'MsgForgetLeader':
      forgetLeader(raft);
      return DONE;
    case 'MsgTimeoutNow':
      raft.logger.info(
        `${hex(raft.id)} [term ${raft.term}] received MsgTimeoutNow from ${hex(m.from)} ` +
          'and starts an election to get leadership.',
      );
      hup(raft, 'transfer');
      return DONE;
    case 'MsgReadIndexResp':
      receiveReadIndex(raft, m);
      return DONE;
    default:
      return DONE;
  }
}

function forwardProposal(raft: Raft, m: Message): StepResult {
  const term = String(raft.term);
  if (raft.lead === 0) {
    raft.logger.info(`${hex(raft.id)} no leader at term ${term}; dropping proposal`);
    return PROPOSAL_DROPPED;
  }
  if (raft.config.disableProposalForwarding) {
    raft.logger.info(
      `${hex(raft.id)} not forwarding to leader ${hex(raft.lead)} at term ${term}; dropping proposal`,
    );
    return PROPOSAL_DROPPED;
  }
  send(raft, { ...m, to: raft.lead });
  return DONE;
}

function forwardToLeader(raft: Raft, m: Message, what: string): void {
  if (raft.lead === 0) {
    raft.logger.info(`${hex(raft.id)} no leader at term ${raft.term}; dropping ${what}`);
    return;
  }
  send(raft, { ...m, to: raft.lead });
}

function forgetLeader(raft: Raft): void {
  if (raft.config.readOnlyOption === 'lease-based') {
    // The leader may be serving reads in the belief that nobody else can be elected.
    raft.logger.error('ignoring MsgForgetLeader due to ReadOnlyLeaseBased');
    return;
  }
  if (raft.lead === 0) return;
  raft.logger.info(`${hex(raft.id)} forgetting leader ${hex(raft.lead)} at term ${raft.term}`);
  raft.lead = 0;
}

/** A message of this term's leader, to a node that follows it. */
export function hearLeader(raft: Raft, m: Message): void {
  switch (m.type) {
    case 'MsgApp':
      receiveEntries(raft, m);
      break;
    case 'MsgHeartbeat':
      answerHeartbeat(raft, m);
      break;
    case 'MsgSnap':
      receiveSnapshot(raft, m);
      break;
    default:
      break;
  }
}

function answerHeartbeat(raft: Raft, m: Message): void {
  commitTo(raft.log, m.commit);
  const answer = draftMessage('MsgHeartbeatResp', m.from);
  answer.readPosition = m.readPosition;
  sendDraft(raft, answer);
}

function acknowledge(raft: Raft, leader: number, index: number): void {
  const ack = draftMessage('MsgAppResp', leader);
  ack.index = index;
  sendDraft(raft, ack);
}

/**
 * AppendEntries (Raft §5.3): acknowledges the last new index, or refuses with a hint where the logs
 * may agree.
 */
function receiveEntries(raft: Raft, m: Message): void {
  if (m.index < raft.log.committed) {
    acknowledge(raft, m.from, raft.log.committed);
    return;
  }
  const slice = { prev: { term: m.logTerm, index: m.index }, entries: m.entries };
  const last = maybeAppend(raft.log, slice, m.commit);
  if (last !== null) {
    acknowledge(raft, m.from, last);
    return;
  }
  const at = String(m.index);
  raft.logger.debug(
    `${hex(raft.id)} [logterm: ${termAt(raft.log, m.index) ?? 0}, index: ${at}] rejected MsgApp ` +
      `[logterm: ${m.logTerm}, index: ${at}] from ${hex(m.from)}`,
  );
  const hint = findConflictByTerm(raft.log, Math.min(m.index, lastIndex(raft.log)), m.logTerm);
  send(raft, {
    type: 'MsgAppResp',
    to: m.from,
    index: m.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}
