import { failed } from '../../src/base/index.js';
import {
  confStateOf,
  describeConfig,
  describeProgressMap,
  enterJoint,
  leaveJoint,
  newTracker,
  progressStatus,
  simple,
} from '../../src/raft/index.js';
import type {
  ChangeResult,
  Changer,
  ConfChangeSingle,
  ProgressTracker,
} from '../../src/raft/index.js';
import { parseConfChanges } from './conf-change-text.js';
import { parseBoolean } from './data-driven.js';
import type { TranscriptCase } from './data-driven.js';

/**
 * Runs `simple`, `enter-joint [autoleave=]` and `leave-joint`, each on the configuration that the
 * last one left.
 */
export function newConfChangeTranscript(): (each: TranscriptCase) => string {
  const tracker = newTracker(10, Infinity);
  let lastIndex = 0;
  return (each) => {
    const output = run({ tracker, lastIndex }, each);
    lastIndex++;
    return output;
  };
}

function run(changer: Changer, each: TranscriptCase): string {
  const changes = parseConfChanges(each.input);
  if (!changes.ok) return changes.error;
  const changed = change(changer, each, changes.value);
  if (changed === null) return 'unknown command';
  if (!changed.ok) return `${changed.error}\n`;
  const { tracker } = changer;
  tracker.config = changed.value.config;
  tracker.progress = changed.value.progress;
  return describeTracker(tracker);
}

function change(
  changer: Changer,
  each: TranscriptCase,
  changes: readonly ConfChangeSingle[],
): ChangeResult | null {
  switch (each.command) {
    case 'simple':
      return simple(changer, changes);
    case 'enter-joint':
      return enterJoint(changer, autoLeave(each), changes);
    case 'leave-joint':
      return changes.length > 0 ? failed('this command takes no input') : leaveJoint(changer);
    default:
      return null;
  }
}

function autoLeave(each: TranscriptCase): boolean {
  const argument = each.args.find(({ key }) => key === 'autoleave');
  return argument !== undefined && parseBoolean(argument.values[0] ?? '');
}

function describeTracker(tracker: ProgressTracker): string {
  const members = new Map([...tracker.progress].map(([id, each]) => [id, progressStatus(each)]));
  return `${describeConfig(confStateOf(tracker.config))}\n${describeProgressMap(members)}`;
}
