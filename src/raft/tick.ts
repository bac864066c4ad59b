import { message } from './message.js';
import type { MessageType } from './message.js';
import { abortLeaderTransfer } from './role.js';
import { promotable } from './state.js';
import type { Raft } from './state.js';
import { step } from './step.js';

/** One tick of the host's clock. */
export function tick(raft: Raft): void {
  if (raft.role === 'StateLeader') tickHeartbeat(raft);
  else tickElection(raft);
}

function tickElection(raft: Raft): void {
  raft.electionElapsed++;
  if (!promotable(raft) || raft.electionElapsed < raft.randomizedElectionTimeout) return;
  raft.electionElapsed = 0;
  stepSelf(raft, 'MsgHup');
}

function tickHeartbeat(raft: Raft): void {
  raft.heartbeatElapsed++;
  raft.electionElapsed++;
  if (raft.electionElapsed >= raft.config.electionTick) {
    raft.electionElapsed = 0;
    if (raft.config.checkQuorum) stepSelf(raft, 'MsgCheckQuorum');
    // A transfer that did not happen within an election timeout is given up.
    if (isLeader(raft)) abortLeaderTransfer(raft);
  }
  if (!isLeader(raft) || raft.heartbeatElapsed < raft.config.heartbeatTick) return;
  raft.heartbeatElapsed = 0;
  stepSelf(raft, 'MsgBeat');
}

/** Asked anew after each step: the check of the quorum may have ended the leadership. */
function isLeader(raft: Raft): boolean {
  return raft.role === 'StateLeader';
}

function stepSelf(raft: Raft, type: MessageType): void {
  step(raft, message({ type, from: raft.id }));
}
