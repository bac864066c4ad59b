import type { Term } from '../base/index.js';
import { hex } from './describe.js';
import { isUpToDate, lastEntryId } from './log.js';
import type { Message } from './message.js';
import { send } from './send.js';
import type { Raft } from './state.js';
import { VoteReason } from './trace.js';

/**
 * Answers a request for a vote, or a pre-vote, of this node's term or a later one (Raft §5.2,
 * §5.4.1). Learners vote too: one may have been promoted without knowing it yet, and its vote be
 * needed.
 */
export function answerVote(raft: Raft, request: Message): void {
  const reason = judge(raft, request);
  const granted = reason === VoteReason.granted;
  logAnswer(raft, request, granted ? 'cast' : 'rejected');
  send(raft, {
    type: request.type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp',
    to: request.from,
    // A granted pre-vote is for the candidate's next term; a rejection tells this node's own.
    term: granted ? request.term : raft.term,
    reject: !granted,
    voteReason: reason,
  });
  if (granted && request.type === 'MsgVote') {
    raft.electionElapsed = 0;
    raft.vote = request.from;
  }
  traceVoteAnswered(raft, request, reason);
}

function judge(raft: Raft, request: Message): VoteReason {
  const futurePreVote = request.type === 'MsgPreVote' && request.term > raft.term;
  const repeated = raft.vote === request.from;
  if (!futurePreVote && !repeated) {
    if (raft.vote !== 0) return VoteReason.alreadyVoted;
    if (raft.lead !== 0) return VoteReason.leaderAlive;
  }
  const upToDate = isUpToDate(raft.log, { term: request.logTerm, index: request.index });
  return upToDate ? VoteReason.granted : VoteReason.logBehind;
}

/**
 * A node that hears a leader ignores a request of a later term, so that a node that was cut off
 * cannot depose it (thesis §4.2.3). True: ignored, and there is no answer.
 */
export function ignoredInLease(raft: Raft, request: Message): boolean {
  const { checkQuorum, electionTick } = raft.config;
  const inLease = checkQuorum && raft.lead !== 0 && raft.electionElapsed < electionTick;
  if (request.force || !inLease) return false;
  const remaining = String(electionTick - raft.electionElapsed);
  logAnswer(raft, request, 'ignored', `: lease is not expired (remaining ticks: ${remaining})`);
  traceVoteAnswered(raft, request, VoteReason.leaderAlive);
  return true;
}

/**
 * A pre-vote of an earlier term: the answer brings the candidate up to date, else a mixed cluster
 * could lock up.
 */
export function rejectOldPreVote(raft: Raft, request: Message): void {
  logAnswer(raft, request, 'rejected');
  const voteReason = VoteReason.lowerTerm;
  send(raft, {
    type: 'MsgPreVoteResp',
    to: request.from,
    term: raft.term,
    reject: true,
    voteReason,
  });
  traceVoteAnswered(raft, request, voteReason);
}

export function traceVoteAnswered(raft: Raft, request: Message, reason: VoteReason): void {
  raft.config.trace({
    type: 'vote-answered',
    phase: request.type === 'MsgVote' ? 'vote' : 'pre-vote',
    candidate: request.from,
    granted: reason === VoteReason.granted,
    reason,
    term: raft.term as Term,
    campaignTerm: request.term,
  });
}

function logAnswer(raft: Raft, request: Message, verb: string, suffix = ''): void {
  const last = lastEntryId(raft.log);
  const preposition = verb === 'cast' ? 'for' : 'from';
  raft.logger.info(
    `${hex(raft.id)} [logterm: ${last.term}, index: ${last.index}, vote: ${hex(raft.vote)}] ` +
      `${verb} ${request.type} ${preposition} ${hex(request.from)} ` +
      `[logterm: ${request.logTerm}, index: ${request.index}] at term ${raft.term}${suffix}`,
  );
}
