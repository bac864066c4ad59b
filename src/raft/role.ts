import { assert, assertDefined } from '../base/index.js';
import type { NodeId, Term } from '../base/index.js';
import { appendEntries } from './append-entries.js';
import { hex } from './describe.js';
import { lastIndex } from './log.js';
import { EMPTY_BYTES, entry, EntryType } from './message.js';
import { becomeReplicate } from './progress.js';
import { newReadQueue } from './read-queue.js';
import { drawElectionTimeout } from './state.js';
import type { Raft } from './state.js';
import { resetProgress } from './tracker.js';
import type { RoleName } from './trace.js';

/** Enters a term: what belonged to the old one, or to the old role, is forgotten. */
function reset(raft: Raft, term: number): void {
  if (raft.term !== term) {
    raft.term = term;
    raft.vote = 0;
  }
  raft.lead = 0;
  raft.electionElapsed = 0;
  raft.heartbeatElapsed = 0;
  drawElectionTimeout(raft);
  abortLeaderTransfer(raft);
  raft.tracker.votes.clear();
  resetProgress(raft.tracker, raft.id, lastIndex(raft.log));
  raft.pendingConfIndex = 0;
  raft.uncommittedBytes = 0;
  raft.reads = newReadQueue();
  raft.pendingReads = [];
}

export function becomeFollower(raft: Raft, term: number, lead: number): void {
  reset(raft, term);
  raft.lead = lead;
  raft.role = 'StateFollower';
  raft.logger.info(`${hex(raft.id)} became follower at term ${raft.term}`);
  traceRole(raft, 'follower');
}

/** Votes for itself in the next term (Raft §5.2). */
export function becomeCandidate(raft: Raft): void {
  assert(raft.role !== 'StateLeader', 'invalid transition [leader -> candidate]');
  reset(raft, raft.term + 1);
  raft.vote = raft.id;
  raft.role = 'StateCandidate';
  raft.logger.info(`${hex(raft.id)} became candidate at term ${raft.term}`);
  traceRole(raft, 'candidate');
}

/** Asks whether it could win, with term and vote as they are (thesis §9.6). */
export function becomePreCandidate(raft: Raft): void {
  assert(raft.role !== 'StateLeader', 'invalid transition [leader -> pre-candidate]');
  raft.tracker.votes.clear();
  raft.lead = 0;
  raft.role = 'StatePreCandidate';
  raft.logger.info(`${hex(raft.id)} became pre-candidate at term ${raft.term}`);
  traceRole(raft, 'pre-candidate');
}

/** Opens its term with a no-op, whose commit commits what earlier terms left (Raft §5.4.2, §8). */
export function becomeLeader(raft: Raft): void {
  assert(raft.role !== 'StateFollower', 'invalid transition [follower -> leader]');
  reset(raft, raft.term);
  raft.lead = raft.id;
  raft.role = 'StateLeader';
  const own = assertDefined(raft.tracker.progress.get(raft.id), 'the progress of the leader');
  becomeReplicate(own);
  own.recentActive = true;
  // There may be an unapplied configuration change in the tail: the next one waits for all of it.
  raft.pendingConfIndex = lastIndex(raft.log);
  const taken = appendEntries(raft, [entry(EntryType.normal, EMPTY_BYTES)]);
  assert(taken, 'empty entry was dropped');
  raft.logger.info(`${hex(raft.id)} became leader at term ${raft.term}`);
  traceRole(raft, 'leader');
}

export function abortLeaderTransfer(raft: Raft): void {
  raft.leadTransferee = 0;
}

function traceRole(raft: Raft, role: RoleName): void {
  raft.config.trace({
    type: 'role-changed',
    role,
    term: raft.term as Term,
    leader: raft.lead as NodeId,
  });
}
