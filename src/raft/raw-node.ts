import { assert } from '../base/index.js';
import type { LogIndex, NodeId } from '../base/index.js';
import type { ConfChange } from './conf-change.js';
import { encodeConfChange, entryTypeOf } from './conf-change-codec.js';
import { checkConfig } from './config.js';
import type { Config } from './config.js';
import { hex } from './describe.js';
import { STEP_LOCAL_MESSAGE, STEP_PEER_NOT_FOUND } from './error.js';
import type { StepResult } from './error.js';
import { appliedTo, lastEntryId, lastIndex } from './log.js';
import {
  draftMessage,
  entry,
  EntryType,
  finishMessage,
  isEmptyHardState,
  isLocalMessage,
  isLocalTarget,
  isResponseMessage,
  message,
  NONE,
} from './message.js';
import type { ConfState, HardState, Message } from './message.js';
import { progressStatus } from './progress.js';
import { jointVoters } from './quorum.js';
import type { Ready } from './ready.js';
import { advance, hasReady, newReadyQueue, takeReady } from './ready-queue.js';
import { applyConfChange, restoreConfiguration } from './reconfiguration.js';
import { peerReachable } from './replication.js';
import { becomeFollower } from './role.js';
import { hardStateOf, newState } from './state.js';
import type { Raft } from './state.js';
import type { BasicStatus, ProgressStatus, Status } from './status.js';
import { step } from './step.js';
import { tick } from './tick.js';
import { confStateOf } from './tracker.js';

export type SnapshotStatus = 'SnapshotFinish' | 'SnapshotFailure';

/**
 * One replica of a Raft group, with no clock, disk or network of its own. Inputs are ticks,
 * proposals and messages; the output is `Ready`. Not for re-entrant use: call nothing from the
 * trace or the log.
 */
export interface RawNode {
  /** The host calls it at a steady pace; all timeouts count these. */
  tick(): void;
  /** Campaigns now, whatever the timeouts say. */
  campaign(): void;
  /**
   * The same where the host knows that the leader is dead: there is nobody to disturb, so it asks for votes without a pre-vote,
   * and a voter that has not heard of the death yet does not refuse for the leader's sake.
   */
  campaignAfterDeath(): void;
  /**
   * `proposal-dropped`: it is nowhere in the log. Success only says that it was taken: it can still
   * be lost.
   */
  propose(data: Uint8Array): StepResult;
  /**
   * Proposes several entries at once, all or none: they go out in one MsgApp to each follower,
   * where as many calls of `propose` would send as many. At least one.
   */
  proposeAll(batch: readonly Uint8Array[]): StepResult;
  proposeConfChange(change: ConfChange): StepResult;
  /**
   * For each committed configuration change, when it is applied (not for one that the host
   * rejects).
   */
  applyConfChange(change: ConfChange): ConfState;
  /**
   * True where a snapshot at or beyond this index has come since: the node is in the snapshot's
   * configuration already. A host that steps messages between `ready` and applying (which pipelined
   * writes do) asks before it applies an entry, and drops what is superseded, acknowledging it all
   * the same: the snapshot is on its way to it.
   */
  superseded(index: LogIndex): boolean;
  /** A message from a peer, or from a storage thread. */
  step(message: Message): StepResult;
  hasReady(): boolean;
  /** Takes the outstanding work: it must be done, and then acknowledged by `advance`. */
  ready(): Ready;
  /** The work of the last `ready()` is done. Not with `asyncStorageWrites`. */
  advance(): void;
  status(): Status;
  basicStatus(): BasicStatus;
  withProgress(visit: (id: NodeId, progress: ProgressStatus) => void): void;
  /** The last send to `id` failed. */
  reportUnreachable(id: NodeId): void;
  /**
   * `id` can be reached again: what it is missing is sent at once, not after the next heartbeat. Beyond
   * etcd's surface, which has no word of connections.
   */
  reportReachable(id: NodeId): void;
  /** What became of the snapshot that was sent to `id`. */
  reportSnapshot(id: NodeId, status: SnapshotStatus): void;
  /** Asks the leader to hand over to `transferee`. */
  transferLeader(transferee: NodeId): void;
  /**
   * A follower that knows its leader is dead forgets it, so that it may vote at once. Refused with
   * lease reads.
   */
  forgetLeader(): void;
  /**
   * Answered by a `ReadState` with the same context, or never: on a change of leader it is lost, so
   * set a deadline.
   */
  readIndex(context: Uint8Array): void;
  /**
   * Overrides the drawn election timeout until the next change of role or term. For tests and
   * scripted elections.
   */
  setRandomizedElectionTimeout(ticks: number): void;
}

/** Starts from what the storage holds. A configuration that breaks a rule throws. */
export function newRawNode(config: Config): RawNode {
  const raft = loadRaft(config);
  const queue = newReadyQueue(raft);
  return {
    tick: () => {
      tick(raft);
    },
    campaign: () => {
      step(raft, message({ type: 'MsgHup' }));
    },
    campaignAfterDeath: () => {
      step(raft, message({ type: 'MsgHup', force: true }));
    },
    propose: (data) => propose(raft, [data]),
    proposeAll: (batch) => propose(raft, batch),
    proposeConfChange: (change) =>
      step(
        raft,
        message({
          type: 'MsgProp',
          entries: [entry(entryTypeOf(change), encodeConfChange(change))],
        }),
      ),
    applyConfChange: (change) => applyConfChange(raft, change),
    superseded: (index) => index <= raft.restoredIndex,
    step: (received) => stepReceived(raft, received),
    hasReady: () => hasReady(queue),
    ready: () => takeReady(queue),
    advance: () => {
      advance(queue);
    },
    status: () => statusOf(raft),
    basicStatus: () => basicStatusOf(raft),
    withProgress: (visit) => {
      for (const [id, progress] of raft.tracker.progress)
        visit(id as NodeId, progressStatus(progress));
    },
    reportUnreachable: (id) => {
      step(raft, message({ type: 'MsgUnreachable', from: id }));
    },
    reportReachable: (id) => {
      peerReachable(raft, id);
    },
    reportSnapshot: (id, status) => {
      step(
        raft,
        message({ type: 'MsgSnapStatus', from: id, reject: status === 'SnapshotFailure' }),
      );
    },
    transferLeader: (transferee) => {
      step(raft, message({ type: 'MsgTransferLeader', from: transferee }));
    },
    forgetLeader: () => {
      step(raft, message({ type: 'MsgForgetLeader' }));
    },
    readIndex: (context) => {
      step(raft, message({ type: 'MsgReadIndex', entries: [entry(EntryType.normal, context)] }));
    },
    setRandomizedElectionTimeout: (ticks) => {
      assert(Number.isSafeInteger(ticks) && ticks > 0, 'an election timeout is at least one tick');
      raft.randomizedElectionTimeout = ticks;
    },
  };
}

function loadRaft(config: Config): Raft {
  const checked = checkConfig(config);
  const raft = newState(checked);
  const { hardState, confState } = checked.storage.initialState();
  restoreConfiguration(raft, confState);
  if (!isEmptyHardState(hardState)) loadHardState(raft, hardState);
  if (checked.applied > 0) appliedTo(raft.log, checked.applied, 0);
  becomeFollower(raft, raft.term, 0);

  const peers = jointVoters(raft.tracker.config.voters).map(hex).join(',');
  const last = lastEntryId(raft.log);
  raft.logger.info(
    `newRaft ${hex(raft.id)} [peers: [${peers}], term: ${raft.term}, commit: ${raft.log.committed}, ` +
      `applied: ${raft.log.applied}, lastindex: ${last.index}, lastterm: ${last.term}]`,
  );
  return raft;
}

function loadHardState(raft: Raft, state: HardState): void {
  assert(state.commit >= raft.log.committed, 'state.commit is before the last snapshot');
  assert(state.commit <= lastIndex(raft.log), 'state.commit is beyond the last index');
  raft.log.committed = state.commit;
  raft.term = state.term;
  raft.vote = state.vote;
}

function propose(raft: Raft, batch: readonly Uint8Array[]): StepResult {
  assert(batch.length > 0, 'nothing is proposed');
  const proposal = draftMessage('MsgProp', NONE, raft.id);
  proposal.entries = batch.map((data) => entry(EntryType.normal, data));
  return step(raft, finishMessage(proposal));
}

function stepReceived(raft: Raft, received: Message): StepResult {
  const fromStorage = isLocalTarget(received.from);
  if (isLocalMessage(received.type) && !fromStorage) return STEP_LOCAL_MESSAGE;
  const known = fromStorage || raft.tracker.progress.has(received.from);
  return isResponseMessage(received.type) && !known ? STEP_PEER_NOT_FOUND : step(raft, received);
}

function basicStatusOf(raft: Raft): BasicStatus {
  return {
    id: raft.id,
    lead: raft.lead as NodeId,
    raftState: raft.role,
    hardState: hardStateOf(raft),
    applied: raft.log.applied as LogIndex,
    leadTransferee: raft.leadTransferee as NodeId,
  };
}

function statusOf(raft: Raft): Status {
  const progress = new Map<NodeId, ProgressStatus>();
  if (raft.role === 'StateLeader') {
    for (const [id, member] of raft.tracker.progress)
      progress.set(id as NodeId, progressStatus(member));
  }
  return { ...basicStatusOf(raft), config: confStateOf(raft.tracker.config), progress };
}
