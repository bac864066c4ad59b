import { appliedEntries, appliedSnapshot } from './applied.js';
import { hup, traceVoteReceived } from './campaign.js';
import { stepCandidate } from './candidate.js';
import { hex } from './describe.js';
import { DONE } from './error.js';
import type { StepResult } from './error.js';
import { stepFollower } from './follower.js';
import { stepLeader } from './leader.js';
import type { Message } from './message.js';
import { becomeFollower } from './role.js';
import { send } from './send.js';
import type { Raft } from './state.js';
import { VoteReason } from './trace.js';
import type { CampaignReason } from './trace.js';
import { stableTo } from './unstable.js';
import { answerVote, ignoredInLease, rejectOldPreVote, traceVoteAnswered } from './vote.js';

/**
 * The one way in: every message, of peers, of storage, and of this node to itself. Terms come first
 * (Raft §5.1).
 */
export function step(raft: Raft, m: Message): StepResult {
  if (m.type === 'MsgVoteResp' || m.type === 'MsgPreVoteResp') traceVoteReceived(raft, m);
  if (m.term > raft.term) {
    if (!enterHigherTerm(raft, m)) return DONE;
  } else if (m.term !== 0 && m.term < raft.term) {
    receiveFromLowerTerm(raft, m);
    return DONE;
  }
  switch (m.type) {
    case 'MsgHup':
      hup(raft, reasonOf(raft, m));
      return DONE;
    case 'MsgStorageAppendResp':
      if (m.index !== 0) stableTo(raft.log.unstable, { term: m.logTerm, index: m.index });
      if (m.snapshot !== null) appliedSnapshot(raft, m.snapshot);
      return DONE;
    case 'MsgStorageApplyResp':
      appliedEntries(raft, m.entries);
      return DONE;
    case 'MsgVote':
    case 'MsgPreVote':
      answerVote(raft, m);
      return DONE;
    default:
      return stepRole(raft, m);
  }
}

function stepRole(raft: Raft, m: Message): StepResult {
  switch (raft.role) {
    case 'StateFollower':
      return stepFollower(raft, m);
    case 'StatePreCandidate':
    case 'StateCandidate':
      return stepCandidate(raft, m);
    case 'StateLeader':
      return stepLeader(raft, m);
  }
}

/** Follows into a higher term. False: the message is to be ignored, since a leader is alive. */
function enterHigherTerm(raft: Raft, m: Message): boolean {
  const asksVote = m.type === 'MsgVote' || m.type === 'MsgPreVote';
  if (asksVote && ignoredInLease(raft, m)) return false;
  // A pre-vote changes no terms: neither its request nor a vote that was granted.
  if (m.type === 'MsgPreVote' || (m.type === 'MsgPreVoteResp' && !m.reject)) return true;
  raft.logger.info(
    `${hex(raft.id)} [term: ${raft.term}] received a ${m.type} message with higher term from ` +
      `${hex(m.from)} [term: ${m.term}]`,
  );
  raft.config.trace({
    type: 'higher-term',
    from: m.from,
    message: m.type,
    term: m.term,
    led: raft.role === 'StateLeader',
  });
  const fromLeader = m.type === 'MsgApp' || m.type === 'MsgHeartbeat' || m.type === 'MsgSnap';
  becomeFollower(raft, m.term, fromLeader ? m.from : 0);
  return true;
}

function receiveFromLowerTerm(raft: Raft, m: Message): void {
  const { checkQuorum, preVote } = raft.config;
  if ((checkQuorum || preVote) && (m.type === 'MsgHeartbeat' || m.type === 'MsgApp')) {
    // Its votes may be ignored, so that this answer is the way to tell the sender of the higher
    // term.
    send(raft, { type: 'MsgAppResp', to: m.from });
  } else if (m.type === 'MsgPreVote') {
    rejectOldPreVote(raft, m);
  } else if (m.type === 'MsgStorageAppendResp') {
    receiveOldAppend(raft, m);
  } else {
    if (m.type === 'MsgVote') traceVoteAnswered(raft, m, VoteReason.lowerTerm);
    raft.logger.info(
      `${hex(raft.id)} [term: ${raft.term}] ignored a ${m.type} message with lower term from ` +
        `${hex(m.from)} [term: ${m.term}]`,
    );
  }
}

/**
 * A write of an earlier term is done. Its entries may be overwritten by a write that is still under
 * way, so that they do not count as stable; a snapshot is committed state whatever the term.
 */
function receiveOldAppend(raft: Raft, m: Message): void {
  if (m.index !== 0) {
    raft.logger.info(
      `${hex(raft.id)} [term: ${raft.term}] ignored entry appends from a ${m.type} message with lower term ` +
        `[term: ${m.term}]`,
    );
  }
  if (m.snapshot !== null) appliedSnapshot(raft, m.snapshot);
}

function reasonOf(raft: Raft, { from, force }: Message): CampaignReason {
  if (from === raft.id) return 'election-timeout';
  return force ? 'leader-dead' : 'forced';
}
