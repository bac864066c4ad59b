import { assertNever, failed, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import type { ConfChangeSingle } from './conf-change.js';
import { newProgress } from './progress.js';
import type { Progress } from './progress.js';
import { jointVoters, sortedIds } from './quorum.js';
import { isJoint } from './tracker.js';
import type { ProgressMap, ProgressTracker, TrackerConfig } from './tracker.js';

/** What a change is applied to: nothing here is changed by it. */
export interface Changer {
  readonly tracker: ProgressTracker;
  /** New members are probed from here. */
  readonly lastIndex: number;
}

export interface ChangedConfig {
  readonly config: TrackerConfig;
  readonly progress: ProgressMap;
}

/**
 * The error is a sentence: a change that is invalid was let into the log, and the caller crashes
 * with it.
 */
export type ChangeResult = Result<ChangedConfig, string>;

interface Draft {
  readonly incoming: Set<number>;
  readonly outgoing: Set<number>;
  readonly learners: Set<number>;
  readonly learnersNext: Set<number>;
  autoLeave: boolean;
  readonly progress: Map<number, Progress>;
}

/**
 * Changes at most one voter, without a joint configuration (thesis §4.1): old and new majorities
 * then overlap. Errors where more than one voter would change, where none would be left, and in a
 * joint configuration.
 */
export function simple(changer: Changer, changes: readonly ConfChangeSingle[]): ChangeResult {
  const draft = draftOf(changer);
  if (draft.outgoing.size > 0) return failed("can't apply simple config change in joint config");
  const error = applyChanges(changer, draft, changes);
  if (error !== null) return failed(error);
  if (differenceSize(changer.tracker.config.voters.incoming, draft.incoming) > 1) {
    return failed('more than one voter changed without entering joint config');
  }
  return finish(draft);
}

/** From (1 2 3) to, say, (1 4 5)&&(1 2 3): the changes apply to the incoming half (thesis §4.3). */
export function enterJoint(
  changer: Changer,
  autoLeave: boolean,
  changes: readonly ConfChangeSingle[],
): ChangeResult {
  const draft = draftOf(changer);
  if (draft.outgoing.size > 0) return failed('config is already joint');
  if (draft.incoming.size === 0) return failed("can't make a zero-voter config joint");
  for (const id of draft.incoming) draft.outgoing.add(id);
  const error = applyChanges(changer, draft, changes);
  if (error !== null) return failed(error);
  draft.autoLeave = autoLeave;
  return finish(draft);
}

/** The incoming half decides alone from now on, and voters that were to become learners do. */
export function leaveJoint(changer: Changer): ChangeResult {
  const draft = draftOf(changer);
  if (draft.outgoing.size === 0) return failed("can't leave a non-joint config");
  for (const id of draft.learnersNext) {
    draft.learners.add(id);
    const progress = draft.progress.get(id);
    if (progress !== undefined) progress.isLearner = true;
  }
  draft.learnersNext.clear();
  for (const id of draft.outgoing) {
    if (!draft.incoming.has(id) && !draft.learners.has(id)) draft.progress.delete(id);
  }
  draft.outgoing.clear();
  draft.autoLeave = false;
  return finish(draft);
}

function draftOf(changer: Changer): Draft {
  const { config, progress } = changer.tracker;
  const copies = new Map<number, Progress>();
  for (const [id, member] of progress) copies.set(id, { ...member });
  return {
    incoming: new Set(config.voters.incoming),
    outgoing: new Set(config.voters.outgoing),
    learners: new Set(config.learners),
    learnersNext: new Set(config.learnersNext),
    autoLeave: config.autoLeave,
    progress: copies,
  };
}

function applyChanges(
  changer: Changer,
  draft: Draft,
  changes: readonly ConfChangeSingle[],
): string | null {
  for (const change of changes) {
    const id: number = change.nodeId;
    if (id === 0) continue;
    switch (change.type) {
      case 'ConfChangeAddNode':
        makeVoter(changer, draft, id);
        break;
      case 'ConfChangeAddLearnerNode':
        makeLearner(changer, draft, id);
        break;
      case 'ConfChangeRemoveNode':
        remove(draft, id);
        break;
      case 'ConfChangeUpdateNode':
        break;
      default:
        assertNever(change.type, 'configuration change');
    }
  }
  return draft.incoming.size === 0 ? 'removed all voters' : null;
}

function makeVoter(changer: Changer, draft: Draft, id: number): void {
  const progress = draft.progress.get(id);
  if (progress === undefined) {
    addMember(changer, draft, id, false);
    return;
  }
  progress.isLearner = false;
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  draft.incoming.add(id);
}

function makeLearner(changer: Changer, draft: Draft, id: number): void {
  const progress = draft.progress.get(id);
  if (progress === undefined) {
    addMember(changer, draft, id, true);
    return;
  }
  if (progress.isLearner) return;
  remove(draft, id);
  draft.progress.set(id, progress);
  if (draft.outgoing.has(id)) {
    // It still votes in the outgoing half, and a voter cannot be a learner at the same time.
    draft.learnersNext.add(id);
  } else {
    progress.isLearner = true;
    draft.learners.add(id);
  }
}

function remove(draft: Draft, id: number): void {
  if (!draft.progress.has(id)) return;
  draft.incoming.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  if (!draft.outgoing.has(id)) draft.progress.delete(id);
}

function addMember(changer: Changer, draft: Draft, id: number, isLearner: boolean): void {
  (isLearner ? draft.learners : draft.incoming).add(id);
  const progress = newProgress({
    next: Math.max(changer.lastIndex, 1),
    isLearner,
    // Else check-quorum could depose the leader before the new member had a chance to answer.
    recentActive: true,
    maxInflightMsgs: changer.tracker.maxInflightMsgs,
    maxInflightBytes: changer.tracker.maxInflightBytes,
  });
  draft.progress.set(id, progress);
}

function finish(draft: Draft): ChangeResult {
  const progress = new Map<number, Progress>();
  for (const id of sortedIds(draft.progress.keys())) {
    const member = draft.progress.get(id);
    if (member !== undefined) progress.set(id, member);
  }
  const config: TrackerConfig = {
    voters: { incoming: draft.incoming, outgoing: draft.outgoing },
    learners: draft.learners,
    learnersNext: draft.learnersNext,
    autoLeave: draft.autoLeave,
  };
  const broken = brokenInvariant(config, progress);
  return broken === null ? ok({ config, progress }) : failed(broken);
}

/**
 * What is wrong with a configuration, or null. Configurations and progress are only ever changed
 * together.
 */
export function brokenInvariant(config: TrackerConfig, progress: ProgressMap): string | null {
  const { incoming, outgoing } = config.voters;
  for (const id of [...jointVoters(config.voters), ...config.learners, ...config.learnersNext]) {
    if (!progress.has(id)) return `no progress for ${id}`;
  }
  for (const id of config.learnersNext) {
    if (!outgoing.has(id)) return `${id} is in LearnersNext, but not Voters[1]`;
    if (progress.get(id)?.isLearner === true) {
      return `${id} is in LearnersNext, but is already marked as learner`;
    }
  }
  for (const id of config.learners) {
    if (outgoing.has(id)) return `${id} is in Learners and Voters[1]`;
    if (incoming.has(id)) return `${id} is in Learners and Voters[0]`;
    if (progress.get(id)?.isLearner !== true) {
      return `${id} is in Learners, but is not marked as learner`;
    }
  }
  if (isJoint(config)) return null;
  if (config.learnersNext.size > 0) return 'cfg.LearnersNext must be nil when not joint';
  return config.autoLeave ? 'AutoLeave must be false when not joint' : null;
}

function differenceSize(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let count = 0;
  for (const id of a) if (!b.has(id)) count++;
  for (const id of b) if (!a.has(id)) count++;
  return count;
}
