import { assert } from '../base/index.js';
import { appendEntries } from './append-entries.js';
import { asV2 } from './conf-change.js';
import type { ConfChange, ConfChangeV2 } from './conf-change.js';
import { decodeConfChange } from './conf-change-codec.js';
import { describeConfChange, describeConfig, hex } from './describe.js';
import { DONE, PROPOSAL_DROPPED } from './error.js';
import type { StepResult } from './error.js';
import { lastIndex } from './log.js';
import { EMPTY_BYTES, entry, EntryType } from './message.js';
import type { Entry } from './message.js';
import { broadcastAppend } from './replication.js';
import type { Raft } from './state.js';
import { confStateOf, isJoint } from './tracker.js';

/** The leader takes proposals into its log and sends them out (Raft §5.3), or drops all of them. */
export function leaderPropose(raft: Raft, entries: readonly Entry[]): StepResult {
  assert(entries.length > 0, 'stepped empty MsgProp');
  // It was removed from the group while it led.
  if (!raft.tracker.progress.has(raft.id)) return PROPOSAL_DROPPED;
  if (raft.leadTransferee !== 0) {
    raft.logger.debug(
      `${hex(raft.id)} [term ${raft.term}] transfer leadership to ${hex(raft.leadTransferee)} ` +
        'is in progress; dropping proposal',
    );
    return PROPOSAL_DROPPED;
  }
  const last = lastIndex(raft.log);
  const checked = entries.map((each, at) => checkConfChange(raft, each, last + 1 + at));
  if (!appendEntries(raft, checked)) return PROPOSAL_DROPPED;
  broadcastAppend(raft);
  return DONE;
}

/**
 * A configuration change that may not be made now becomes an empty entry: its proposer sees it
 * committed, as nothing.
 */
function checkConfChange(raft: Raft, proposed: Entry, index: number): Entry {
  const change = decodeConfChange(proposed);
  if (change === null) return proposed;
  const refusal = refusalOf(raft, asV2(change));
  if (refusal === null || raft.config.disableConfChangeValidation) {
    raft.pendingConfIndex = index;
    return proposed;
  }
  logRefusal(raft, change, refusal);
  return entry(EntryType.normal, EMPTY_BYTES);
}

function refusalOf(raft: Raft, change: ConfChangeV2): string | null {
  if (raft.pendingConfIndex > raft.log.applied) {
    return (
      `possible unapplied conf change at index ${raft.pendingConfIndex} ` +
      `(applied to ${raft.log.applied})`
    );
  }
  const joint = isJoint(raft.tracker.config);
  const leaves = change.changes.length === 0;
  if (joint && !leaves) return 'must transition out of joint config first';
  return !joint && leaves ? 'not in joint state; refusing empty conf change' : null;
}

function logRefusal(raft: Raft, change: ConfChange, refusal: string): void {
  const config = describeConfig(confStateOf(raft.tracker.config));
  raft.logger.info(
    `${hex(raft.id)} ignoring conf change ${describeConfChange(change)} at config ${config}: ${refusal}`,
  );
}

/**
 * Leaves a joint configuration by itself, where it was entered so, once the change that entered it
 * is applied. The empty entry can never be refused for its size; a leadership transfer can delay
 * it, and then the next applied entry retries.
 */
export function maybeAutoLeave(raft: Raft): void {
  const { config } = raft.tracker;
  if (!config.autoLeave || raft.role !== 'StateLeader') return;
  if (raft.log.applied < raft.pendingConfIndex) return;
  const result = leaderPropose(raft, [entry(EntryType.confChangeV2, EMPTY_BYTES)]);
  const joint = describeConfig(confStateOf(config));
  if (result.ok) {
    raft.logger.info(`initiating automatic transition out of joint configuration ${joint}`);
  } else {
    raft.logger.debug(
      `not initiating automatic transition out of joint configuration ${joint}: ${result.error.message}`,
    );
  }
}
