import { campaign, poll } from './campaign.js';
import { hex } from './describe.js';
import { DONE, PROPOSAL_DROPPED } from './error.js';
import type { StepResult } from './error.js';
import { hearLeader } from './follower.js';
import type { Message } from './message.js';
import { broadcastAppend } from './replication.js';
import { becomeFollower, becomeLeader } from './role.js';
import type { Raft } from './state.js';

/**
 * A candidate or pre-candidate, which answers only to its own kind of votes (Raft §5.2, thesis
 * §9.6).
 */
export function stepCandidate(raft: Raft, m: Message): StepResult {
  switch (m.type) {
    case 'MsgProp':
      raft.logger.info(`${hex(raft.id)} no leader at term ${raft.term}; dropping proposal`);
      return PROPOSAL_DROPPED;
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      // Another node has won this term.
      becomeFollower(raft, m.term, m.from);
      hearLeader(raft, m);
      return DONE;
    case 'MsgVoteResp':
      if (raft.role === 'StateCandidate') receiveVote(raft, m);
      return DONE;
    case 'MsgPreVoteResp':
      if (raft.role === 'StatePreCandidate') receiveVote(raft, m);
      return DONE;
    case 'MsgTimeoutNow':
      raft.logger.debug(
        `${hex(raft.id)} [term ${raft.term} state ${raft.role}] ignored MsgTimeoutNow from ${hex(m.from)}`,
      );
      return DONE;
    default:
      return DONE;
  }
}

function receiveVote(raft: Raft, m: Message): void {
  switch (poll(raft, m)) {
    case 'VoteWon':
      if (raft.role === 'StatePreCandidate') {
        campaign(raft, 'vote');
      } else {
        becomeLeader(raft);
        broadcastAppend(raft);
      }
      break;
    case 'VoteLost':
      // The answer to a pre-vote has the term that it was for: the node's own stays.
      becomeFollower(raft, raft.term, 0);
      break;
    case 'VotePending':
      break;
  }
}
