import { assert, ok, revision } from '../base/index.js';
import type { Result } from '../base/index.js';
import { isTombstone, versionIndexAt } from './key-index.js';
import type { KeyEntry } from './key-index.js';
import { mvccFailed } from './mvcc-error.js';
import { createHistory } from './history.js';
import { recordBytes } from './mvcc-state.js';
import type { MvccState, Sweep } from './mvcc-state.js';
import { MvccErrorCode } from './request.js';
import type { KeyValue, MvccError } from './request.js';

/**
 * What a compaction at revision C keeps of a key: everything from C on (a tombstone at C itself too, so that a watch
 * from C is whole; etcd #19404), and the newest version before C unless that is a tombstone. Returns the index of the first version that is kept.
 */
export function firstRetained(entry: KeyEntry, compactRevision: number): number {
  const at = versionIndexAt(entry, compactRevision);
  if (at < 0) return 0;
  const base = entry.versions[at] as KeyValue;
  return isTombstone(base) && base.modRevision < compactRevision ? at + 1 : at;
}

/**
 * Forbids reads before `at` from now on; `sweep` then takes the old versions away. A sweep that is under way is not waited for: the next
 * one takes what this compaction adds.
 */
export function compact(state: MvccState, at: number): Result<object, MvccError> {
  if (at <= state.compactRevision) return mvccFailed(MvccErrorCode.compacted);
  if (at > state.currentRevision) return mvccFailed(MvccErrorCode.futureRevision);
  state.compactRevision = revision(at);
  if (state.sweep === undefined) startSweep(state);
  return ok({});
}

export function startSweep(state: MvccState): void {
  assert(state.sweep === undefined, 'one sweep at a time');
  const { compactRevision } = state;
  const end = state.history.indexFrom(compactRevision + 1);
  if (end > 0) state.sweep = { compactRevision, end, at: 0, kept: createHistory() };
}

/** What was written since is only moved over: so many of these cost as much as one that is looked at. */
const MOVED_PER_RECORD = 16;

/** Looks at no more than `recordsMax` records for the compactions so far. True: there is more to do. */
export function sweep(state: MvccState, recordsMax: number): boolean {
  let left = recordsMax;
  while (state.sweep !== undefined && left > 0) left = sweepOn(state, state.sweep, left);
  return state.sweep !== undefined;
}

/** Returns what is left of the records that it may look at, which is none unless this sweep is over. */
function sweepOn(state: MvccState, current: Sweep, recordsMax: number): number {
  const { history } = state;
  let left = recordsMax;
  for (; current.at < current.end && left > 0; current.at++, left--)
    sweepRecord(state, current, history.at(current.at) as KeyValue);
  for (let moved = 0; current.at < history.length && left > 0; current.at++) {
    current.kept.push(history.at(current.at) as KeyValue);
    if (++moved % MOVED_PER_RECORD === 0) left--;
  }
  if (current.at < history.length) return 0;
  state.history = current.kept;
  state.sweep = undefined;
  if (state.compactRevision > current.compactRevision) startSweep(state);
  return left;
}

function sweepRecord(state: MvccState, current: Sweep, version: KeyValue): void {
  const entry = state.index.get(version.key);
  if (entry !== undefined) trim(state, entry, current.compactRevision);
  const oldest = entry?.versions[0];
  if (oldest !== undefined && version.modRevision >= oldest.modRevision) current.kept.push(version);
  else {
    state.sizeBytes -= recordBytes(version);
    state.records--;
  }
}

function trim(state: MvccState, entry: KeyEntry, compactRevision: number): void {
  const first = firstRetained(entry, compactRevision);
  if (first === 0) return;
  entry.versions.splice(0, first);
  if (entry.versions.length === 0) state.index.remove(entry.key);
}
