import type { Term } from '../base/index.js';
import { describeProgress, hex } from './describe.js';
import { DONE } from './error.js';
import type { StepResult } from './error.js';
import { freeInflights } from './inflights.js';
import { findConflictByTerm, firstIndex, lastIndex } from './log.js';
import type { Message } from './message.js';
import {
  becomeProbe,
  becomeReplicate,
  canBumpCommit,
  maybeDecrease,
  maybeUpdate,
  progressStatus,
} from './progress.js';
import type { Progress } from './progress.js';
import { leaderPropose } from './proposal.js';
import { confirmReads, leaderReadIndex, releasePendingReads } from './read-index.js';
import {
  broadcastAppend,
  broadcastHeartbeat,
  maybeCommit,
  maybeSendAppend,
  sendAppend,
} from './replication.js';
import { becomeFollower } from './role.js';
import { send } from './send.js';
import type { Raft } from './state.js';
import { quorumActive } from './tracker.js';
import { transferLeadership } from './transfer.js';

export function stepLeader(raft: Raft, m: Message): StepResult {
  switch (m.type) {
    case 'MsgBeat':
      broadcastHeartbeat(raft);
      return DONE;
    case 'MsgCheckQuorum':
      checkQuorum(raft);
      return DONE;
    case 'MsgProp':
      return leaderPropose(raft, m.entries);
    case 'MsgReadIndex':
      leaderReadIndex(raft, m);
      return DONE;
    case 'MsgForgetLeader':
      return DONE;
    default:
      break;
  }
  const progress = raft.tracker.progress.get(m.from);
  if (progress === undefined) {
    raft.logger.debug(`${hex(raft.id)} no progress available for ${hex(m.from)}`);
    return DONE;
  }
  stepFromMember(raft, m, progress);
  return DONE;
}

/**
 * A leader that did not hear a majority for an election timeout may long be deposed: it steps down
 * (thesis §6.2).
 */
function checkQuorum(raft: Raft): void {
  if (!quorumActive(raft.tracker)) {
    raft.logger.warn(`${hex(raft.id)} stepped down to follower since quorum is not active`);
    raft.config.trace({ type: 'leader-lost', reason: 'check-quorum', term: raft.term as Term });
    becomeFollower(raft, raft.term, 0);
  }
  for (const [id, progress] of raft.tracker.progress) {
    if (id !== raft.id) progress.recentActive = false;
  }
}

function stepFromMember(raft: Raft, m: Message, progress: Progress): void {
  switch (m.type) {
    case 'MsgAppResp':
      progress.recentActive = true;
      if (m.reject) appendRejected(raft, m, progress);
      else appendAccepted(raft, m, progress);
      break;
    case 'MsgHeartbeatResp':
      progress.recentActive = true;
      progress.msgAppFlowPaused = false;
      // An empty MsgApp at least, where all that was under way may be lost.
      if (progress.match < lastIndex(raft.log) || progress.state === 'StateProbe') {
        sendAppend(raft, m.from);
      }
      confirmReads(raft, m);
      break;
    case 'MsgSnapStatus':
      snapshotReported(raft, m, progress);
      break;
    case 'MsgUnreachable':
      // What was sent ahead is probably lost.
      if (progress.state === 'StateReplicate') becomeProbe(progress);
      raft.logger.debug(
        `${hex(raft.id)} failed to send message to ${hex(m.from)} because it is unreachable [${describe(progress)}]`,
      );
      break;
    case 'MsgTransferLeader':
      transferLeadership(raft, m, progress);
      break;
    default:
      break;
  }
}

/** Goes back to where the logs may agree, a term at a time rather than an entry (Raft §5.3). */
function appendRejected(raft: Raft, m: Message, progress: Progress): void {
  const self = hex(raft.id);
  raft.logger.debug(
    `${self} received MsgAppResp(rejected, hint: (index ${m.rejectHint}, term ${m.logTerm})) ` +
      `from ${hex(m.from)} for index ${m.index}`,
  );
  const hint =
    m.logTerm > 0 ? findConflictByTerm(raft.log, m.rejectHint, m.logTerm).index : m.rejectHint;
  if (!maybeDecrease(progress, m.index, hint)) return;
  raft.logger.debug(`${self} decreased progress of ${hex(m.from)} to [${describe(progress)}]`);
  if (progress.state === 'StateReplicate') becomeProbe(progress);
  sendAppend(raft, m.from);
}

/** A follower, or this node's own disk, has everything up to `m.index`. */
function appendAccepted(raft: Raft, m: Message, progress: Progress): void {
  const probed = progress.match === m.index && progress.state === 'StateProbe';
  if (!maybeUpdate(progress, m.index) && !probed) return;
  resumeReplication(raft, m, progress);
  if (maybeCommit(raft)) {
    releasePendingReads(raft);
    broadcastAppend(raft);
  } else if (raft.id !== m.from && canBumpCommit(progress, raft.log.committed)) {
    sendAppend(raft, m.from);
  }
  if (raft.id !== m.from) {
    let sent = true;
    while (sent) sent = maybeSendAppend(raft, m.from, false);
  }
  if (m.from === raft.leadTransferee && progress.match === lastIndex(raft.log)) {
    raft.logger.info(
      `${hex(raft.id)} sent MsgTimeoutNow to ${hex(m.from)} after received MsgAppResp`,
    );
    send(raft, { type: 'MsgTimeoutNow', to: m.from });
  }
}

function resumeReplication(raft: Raft, m: Message, progress: Progress): void {
  switch (progress.state) {
    case 'StateProbe':
      becomeReplicate(progress);
      break;
    case 'StateSnapshot':
      // Whatever snapshot it took, from whomever: it is enough if the log goes on from there.
      if (progress.match + 1 < firstIndex(raft.log)) break;
      raft.logger.debug(
        `${hex(raft.id)} recovered from needing snapshot, resumed sending replication messages to ` +
          `${hex(m.from)} [${describe(progress)}]`,
      );
      becomeProbe(progress);
      becomeReplicate(progress);
      break;
    case 'StateReplicate':
      freeInflights(progress.inflights, m.index);
      break;
  }
}

function snapshotReported(raft: Raft, m: Message, progress: Progress): void {
  if (progress.state !== 'StateSnapshot') return;
  // After a failure the probe must not start from a snapshot that was never applied.
  if (m.reject) progress.pendingSnapshot = 0;
  becomeProbe(progress);
  raft.logger.debug(
    `${hex(raft.id)} snapshot ${m.reject ? 'failed' : 'succeeded'}, resumed sending replication messages to ` +
      `${hex(m.from)} [${describe(progress)}]`,
  );
  // The next MsgApp waits for the follower's answer, or for a heartbeat's.
  progress.msgAppFlowPaused = true;
}

function describe(progress: Progress): string {
  return describeProgress(progressStatus(progress));
}
