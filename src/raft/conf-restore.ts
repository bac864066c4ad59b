import { ok } from '../base/index.js';
import type { NodeId } from '../base/index.js';
import type { ConfChangeSingle, ConfChangeType } from './conf-change.js';
import { enterJoint, simple } from './conf-changer.js';
import type { Changer, ChangeResult } from './conf-changer.js';
import type { ConfState } from './message.js';
import { sortedIds } from './quorum.js';

/**
 * Builds the configuration that a snapshot describes, by the same changes that led to it, so that
 * it is checked like any other. `changer` must be of an empty configuration.
 *
 * Worked example: voters (1 2 3), outgoing (1 2 4 6), learner 5, next learner 4. Adding 1 2 4 6 one
 * by one gives the outgoing half; entering a joint configuration by removing those, adding 1 2 3,
 * and making 5 and 4 learners gives the rest: 5 becomes one at once, 4 is still an outgoing voter
 * and has to wait.
 */
export function restoreConfig(changer: Changer, state: ConfState): ChangeResult {
  const outgoing = changesOf('ConfChangeAddNode', state.votersOutgoing);
  const incoming = [
    ...changesOf('ConfChangeRemoveNode', state.votersOutgoing),
    ...changesOf('ConfChangeAddNode', state.voters),
    ...changesOf('ConfChangeAddLearnerNode', state.learners),
    ...changesOf('ConfChangeAddLearnerNode', state.learnersNext),
  ];
  if (outgoing.length === 0) return oneByOne(changer, incoming);
  const base = oneByOne(changer, outgoing);
  if (!base.ok) return base;
  return enterJoint(
    { ...changer, tracker: { ...changer.tracker, ...base.value } },
    state.autoLeave,
    incoming,
  );
}

function changesOf(type: ConfChangeType, ids: readonly NodeId[]): ConfChangeSingle[] {
  return ids.map((nodeId) => ({ type, nodeId }));
}

function oneByOne(changer: Changer, changes: readonly ConfChangeSingle[]): ChangeResult {
  let changed: ChangeResult = ok({
    config: changer.tracker.config,
    progress: changer.tracker.progress,
  });
  for (const change of changes) {
    changed = simple({ ...changer, tracker: { ...changer.tracker, ...changed.value } }, [change]);
    if (!changed.ok) return changed;
  }
  return changed;
}

/** The same members in the same roles, whatever the order. */
export function confStatesEquivalent(a: ConfState, b: ConfState): boolean {
  return (
    a.autoLeave === b.autoLeave &&
    sameIds(a.voters, b.voters) &&
    sameIds(a.learners, b.learners) &&
    sameIds(a.votersOutgoing, b.votersOutgoing) &&
    sameIds(a.learnersNext, b.learnersNext)
  );
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  const left = sortedIds(a);
  const right = sortedIds(b);
  return left.length === right.length && left.every((id, at) => id === right[at]);
}
