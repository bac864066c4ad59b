import { assert, ok, revision } from '../base/index.js';
import type { Result } from '../base/index.js';
import { isTombstone, versionIndexAt } from './key-index.js';
import type { KeyEntry } from './key-index.js';
import { mvccFailed } from './mvcc-error.js';
import { historyIndexFrom, recordBytes } from './mvcc-state.js';
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

/** Forbids reads before `compactRevision` at once; `sweep` then takes the old versions away. */
export function compact(state: MvccState, at: number): Result<object, MvccError> {
  if (at <= state.compactRevision) return mvccFailed(MvccErrorCode.compacted);
  if (at > state.currentRevision) return mvccFailed(MvccErrorCode.futureRevision);
  sweep(state, Number.MAX_SAFE_INTEGER);
  state.compactRevision = revision(at);
  startSweep(state);
  return ok({});
}

export function startSweep(state: MvccState): void {
  assert(state.sweep === undefined, 'one sweep at a time');
  const end = historyIndexFrom(state.history, state.compactRevision + 1);
  if (end > 0) state.sweep = { compactRevision: state.compactRevision, end, at: 0, kept: [] };
}

/** Looks at no more than `recordsMax` records for the compaction under way. True: there is more to do. */
export function sweep(state: MvccState, recordsMax: number): boolean {
  const current = state.sweep;
  if (current === undefined) return false;
  const stop = Math.min(current.end, current.at + recordsMax);
  for (; current.at < stop; current.at++)
    sweepRecord(state, current, state.history[current.at] as KeyValue);
  if (current.at < current.end) return true;
  state.history = current.kept.concat(state.history.slice(current.end));
  state.sweep = undefined;
  return false;
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
