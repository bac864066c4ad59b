import type { Term } from '../base/index.js';
import { hex } from './describe.js';
import { lastEntryId, scan } from './log.js';
import { EntryType } from './message.js';
import type { Message, MessageType } from './message.js';
import { jointVoters } from './quorum.js';
import { becomeCandidate, becomePreCandidate } from './role.js';
import { send } from './send.js';
import { promotable } from './state.js';
import type { Raft } from './state.js';
import { recordVote, tallyVotes } from './tracker.js';
import type { CampaignReason, VotePhase } from './trace.js';
import type { VoteResult } from './quorum.js';

/**
 * Starts an election, where this node may: a pre-vote first if so configured, except in a transfer
 * (thesis §9.6, §3.10) and where the leader is known to be dead.
 */
export function hup(raft: Raft, reason: CampaignReason): void {
  const self = hex(raft.id);
  if (raft.role === 'StateLeader') {
    raft.logger.debug(`${self} ignoring MsgHup because already leader`);
    return;
  }
  if (!promotable(raft)) {
    raft.logger.warn(`${self} is unpromotable and can not campaign`);
    return;
  }
  if (hasUnappliedConfChanges(raft)) {
    raft.logger.warn(
      `${self} cannot campaign at term ${raft.term} since there are still pending configuration changes to apply`,
    );
    return;
  }
  raft.logger.info(`${self} is starting a new election at term ${raft.term}`);
  raft.campaignReason = reason;
  campaign(raft, raft.config.preVote && !asksAtOnce(reason) ? 'pre-vote' : 'vote');
}

/** There is no leader whose lease would have to be minded. */
function asksAtOnce(reason: CampaignReason): boolean {
  return reason === 'transfer' || reason === 'leader-dead';
}

/**
 * A committed change that is not applied may already have made another majority the one that
 * counts.
 */
function hasUnappliedConfChanges(raft: Raft): boolean {
  const { applied, committed, maxApplyingBytes } = raft.log;
  return scan(raft.log, applied + 1, committed + 1, maxApplyingBytes, (entries) =>
    entries.some(({ type }) => type !== EntryType.normal),
  );
}

/** Asks all voters for their votes (Raft §5.2). Its own vote counts once it is durable. */
export function campaign(raft: Raft, phase: VotePhase): void {
  if (phase === 'pre-vote') becomePreCandidate(raft);
  else becomeCandidate(raft);
  const campaignTerm = phase === 'pre-vote' ? raft.term + 1 : raft.term;
  const reason = raft.campaignReason;
  raft.config.trace({
    type: 'campaign-started',
    phase,
    reason,
    term: raft.term as Term,
    campaignTerm: campaignTerm as Term,
  });
  const type: MessageType = phase === 'pre-vote' ? 'MsgPreVote' : 'MsgVote';
  const response: MessageType = phase === 'pre-vote' ? 'MsgPreVoteResp' : 'MsgVoteResp';
  const last = lastEntryId(raft.log);
  for (const id of jointVoters(raft.tracker.config.voters)) {
    if (id === raft.id) {
      send(raft, { type: response, to: id, term: campaignTerm, voteReason: 'granted' });
      continue;
    }
    raft.logger.info(
      `${hex(raft.id)} [logterm: ${last.term}, index: ${last.index}] ` +
        `sent ${type} request to ${hex(id)} at term ${raft.term}`,
    );
    send(raft, {
      type,
      to: id,
      term: campaignTerm,
      index: last.index,
      logTerm: last.term,
      force: asksAtOnce(reason),
    });
  }
}

/** Counts an answer, and says how the election stands. */
export function poll(raft: Raft, answer: Message): VoteResult {
  const self = hex(raft.id);
  const rejection = answer.reject ? ' rejection' : '';
  raft.logger.info(
    `${self} received ${answer.type}${rejection} from ${hex(answer.from)} at term ${raft.term}`,
  );
  recordVote(raft.tracker, answer.from, !answer.reject);
  const { granted, rejected, result } = tallyVotes(raft.tracker);
  raft.logger.info(
    `${self} has received ${granted} ${answer.type} votes and ${rejected} vote rejections`,
  );
  return result;
}

/** Reports an answer to this node's campaign, late ones too. */
export function traceVoteReceived(raft: Raft, answer: Message): void {
  const phase = answer.type === 'MsgPreVoteResp' ? 'pre-vote' : 'vote';
  if (!(phase === 'vote' ? isOwnVote(raft, answer) : isOwnPreVote(raft, answer))) return;
  raft.config.trace({
    type: 'vote-received',
    phase,
    voter: answer.from,
    granted: !answer.reject,
    reason: answer.voteReason ?? (answer.reject ? 'already-voted' : 'granted'),
    term: raft.term as Term,
  });
}

function isOwnVote(raft: Raft, answer: Message): boolean {
  return answer.term === raft.term && raft.vote === raft.id;
}

function isOwnPreVote(raft: Raft, answer: Message): boolean {
  if (raft.role === 'StateFollower') return false;
  if (raft.role === 'StatePreCandidate') return answer.reject || answer.term === raft.term + 1;
  return !answer.reject && answer.term === raft.term;
}
