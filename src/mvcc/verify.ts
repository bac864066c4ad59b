import { assert } from '../base/index.js';
import { isTombstone, newestVersion } from './key-index.js';
import type { KeyEntry } from './key-index.js';
import { ALL_KEYS } from './key-range.js';
import { liveVersion, recordBytes } from './mvcc-state.js';
import type { MvccState } from './mvcc-state.js';
import type { KeyValue } from './request.js';

/** Asserts every invariant of the store. It walks everything: for tests and simulation. */
export function verifyMvcc(state: MvccState): void {
  assert(state.compactRevision <= state.currentRevision, 'compacted beyond the current revision');
  verifyHistory(state);
  verifyIndex(state);
  verifyLeases(state);
}

function versionsOf({ history }: MvccState): KeyValue[] {
  const versions: KeyValue[] = [];
  history.scan(0, (version) => versions.push(version) > 0);
  assert(versions.length === history.length, 'history has no hole');
  return versions;
}

function verifyHistory(state: MvccState): void {
  let bytes = 0;
  let before = 0;
  let keysOfRevision = new Set<string>();
  for (const version of versionsOf(state)) {
    assert(version.modRevision >= before, 'history is in order');
    if (version.modRevision > before) keysOfRevision = new Set();
    assert(!keysOfRevision.has(version.key), 'a key changes once in a revision');
    keysOfRevision.add(version.key);
    before = version.modRevision;
    bytes += recordBytes(version);
  }
  assert(before <= state.currentRevision, 'history ends at the current revision');
  if (state.sweep !== undefined) return;
  assert(bytes === state.sizeBytes, 'the size is that of the history');
  assert(state.records === state.history.length, 'every version is counted');
}

function verifyIndex(state: MvccState): void {
  const inHistory = new Set(versionsOf(state));
  let indexed = 0;
  let live = 0;
  let keyBefore: string | undefined;
  state.index.scan(ALL_KEYS, (entry) => {
    assert(keyBefore === undefined || keyBefore < entry.key, 'the index is in order of key');
    keyBefore = entry.key;
    verifyEntry(entry, inHistory);
    if (state.sweep === undefined) verifyCompacted(entry, state.compactRevision);
    indexed += entry.versions.length;
    if (liveVersion(state, entry.key) !== undefined) live++;
    return true;
  });
  assert(live === state.liveKeys, 'live keys are counted');
  if (state.sweep === undefined)
    assert(indexed === state.history.length, 'index and history hold the same versions');
}

function verifyEntry(entry: KeyEntry, inHistory: ReadonlySet<KeyValue>): void {
  assert(entry.versions.length > 0, 'an entry has a version');
  let before: KeyValue | undefined;
  for (const version of entry.versions) {
    assert(version.key === entry.key, 'an entry holds versions of its key');
    assert(inHistory.has(version), 'an indexed version is in history');
    if (before !== undefined) verifySuccession(before, version);
    if (!isTombstone(version))
      assert(version.createRevision <= version.modRevision, 'created before modified');
    before = version;
  }
}

function verifyCompacted(entry: KeyEntry, compactRevision: number): void {
  const [first, second] = entry.versions;
  assert(
    second === undefined || second.modRevision > compactRevision,
    'a compaction leaves no superseded version',
  );
  const oldTombstone =
    first !== undefined && isTombstone(first) && first.modRevision < compactRevision;
  assert(!oldTombstone, 'a compaction leaves no tombstone before it');
}

function verifySuccession(before: KeyValue, version: KeyValue): void {
  assert(before.modRevision < version.modRevision, 'versions of a key are in order');
  if (isTombstone(version)) {
    assert(!isTombstone(before), 'what does not exist is not deleted');
    return;
  }
  assert(version.version === before.version + 1, 'versions count the puts since the creation');
  const created = isTombstone(before) ? version.modRevision : before.createRevision;
  assert(version.createRevision === created, 'the create revision stays over a generation');
}

function verifyLeases(state: MvccState): void {
  let attached = 0;
  for (const lease of state.leases.list()) {
    attached += lease.keys.size;
    for (const key of lease.keys) {
      assert(liveVersion(state, key)?.lease === lease.id, 'a lease holds the keys that name it');
    }
    assert(
      lease.remainingTtlSeconds <= lease.ttlSeconds,
      'what is left of a lease is not more than it had',
    );
  }
  let naming = 0;
  state.index.scan(ALL_KEYS, (entry) => {
    if ((newestVersion(entry)?.lease ?? 0n) !== 0n) naming++;
    return true;
  });
  assert(naming === attached, 'each key with a lease is held by it');
}
