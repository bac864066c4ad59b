import { assert } from '../base/index.js';
import { asV2, confChangeKind } from './conf-change.js';
import type { ConfChange, ConfChangeV2 } from './conf-change.js';
import { enterJoint, leaveJoint, simple } from './conf-changer.js';
import type { ChangedConfig, Changer, ChangeResult } from './conf-changer.js';
import { confStatesEquivalent, restoreConfig } from './conf-restore.js';
import { describeConfig, hex } from './describe.js';
import { lastIndex } from './log.js';
import type { ConfState } from './message.js';
import { broadcastAppend, maybeCommit, maybeSendAppend } from './replication.js';
import { abortLeaderTransfer, becomeFollower } from './role.js';
import type { Raft } from './state.js';
import { confStateOf, newTracker } from './tracker.js';

/**
 * Puts a committed change into effect. Changes count from the moment when they are applied, not
 * appended (this differs from Raft §6, as in etcd). One that does not fit the configuration should
 * never have been committed: it throws.
 */
export function applyConfChange(raft: Raft, change: ConfChange): ConfState {
  const changer: Changer = { tracker: raft.tracker, lastIndex: lastIndex(raft.log) };
  const changed = changedBy(changer, asV2(change));
  assert(changed.ok, changed.ok ? '' : changed.error);
  return switchToConfig(raft, changed.value);
}

function changedBy(changer: Changer, change: ConfChangeV2): ChangeResult {
  switch (confChangeKind(change)) {
    case 'leave-joint':
      return leaveJoint(changer);
    case 'enter-joint':
      return enterJoint(changer, false, change.changes);
    case 'enter-joint-auto-leave':
      return enterJoint(changer, true, change.changes);
    case 'simple':
      return simple(changer, change.changes);
  }
}

/** Takes over the configuration of a snapshot, or of storage at start. */
export function restoreConfiguration(raft: Raft, state: ConfState): void {
  const { maxInflightMsgs, maxInflightBytes } = raft.config;
  raft.tracker = newTracker(maxInflightMsgs, maxInflightBytes);
  const restored = restoreConfig({ tracker: raft.tracker, lastIndex: lastIndex(raft.log) }, state);
  assert(restored.ok, restored.ok ? '' : `unable to restore config: ${restored.error}`);
  const restoredState = switchToConfig(raft, restored.value);
  assert(confStatesEquivalent(state, restoredState), 'ConfStates not equivalent after sorting');
}

/**
 * From now on these members count; a leader commits what they already have, and contacts the new
 * ones.
 */
function switchToConfig(raft: Raft, changed: ChangedConfig): ConfState {
  raft.tracker.config = changed.config;
  raft.tracker.progress = changed.progress;
  const state = confStateOf(changed.config);
  raft.logger.info(`${hex(raft.id)} switched to configuration ${describeConfig(state)}`);
  const own = changed.progress.get(raft.id);
  raft.isLearner = own?.isLearner ?? false;
  if (raft.role !== 'StateLeader') return state;

  if (own === undefined || own.isLearner) {
    // Without the step down it goes on to lead until the change is known to all (thesis §4.2.2).
    if (raft.config.stepDownOnRemoval) becomeFollower(raft, raft.term, 0);
    return state;
  }
  if (state.voters.length === 0) return state;
  if (maybeCommit(raft)) {
    broadcastAppend(raft);
  } else {
    for (const id of changed.progress.keys()) {
      if (id !== raft.id) maybeSendAppend(raft, id, false);
    }
  }
  const { incoming, outgoing } = changed.config.voters;
  const transferee = raft.leadTransferee;
  if (!incoming.has(transferee) && !outgoing.has(transferee)) abortLeaderTransfer(raft);
  return state;
}
