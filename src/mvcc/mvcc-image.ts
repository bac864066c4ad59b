import { assert, revision } from '../base/index.js';
import type { Revision } from '../base/index.js';
import { startSweep } from './compaction.js';
import type { History } from './history.js';
import { isTombstone } from './key-index.js';
import { createMvccState, liveVersion, recordVersion } from './mvcc-state.js';
import type { MvccState } from './mvcc-state.js';
import type { KeyValue } from './request.js';

/**
 * The whole store at one revision. `history` goes on growing behind `historyLength` while the image is read; what is
 * before never changes, also not by a compaction, which makes a new one.
 */
export interface MvccImage {
  readonly revision: Revision;
  readonly compactRevision: Revision;
  readonly leases: readonly LeaseImage[];
  readonly history: Pick<History, 'at'>;
  readonly historyLength: number;
}

export interface LeaseImage {
  readonly id: bigint;
  readonly ttlSeconds: number;
  readonly remainingTtlSeconds: number;
}

export function imageOf(state: MvccState): MvccImage {
  return {
    revision: state.currentRevision,
    compactRevision: state.compactRevision,
    leases: Array.from(state.leases.all(), ({ id, ttlSeconds, remainingTtlSeconds }) => ({
      id,
      ttlSeconds,
      remainingTtlSeconds,
    })),
    history: state.history,
    historyLength: state.history.length,
  };
}

/**
 * The same keys in a store whose revision is `bump` higher and that is compacted up to there: the versions keep the revisions
 * at which they were written, and only the newest of each key is left.
 */
export function rebaseImage(image: MvccImage, bump: number): MvccImage {
  if (bump === 0) return image;
  const at = revision(image.revision + bump);
  return { ...image, revision: at, compactRevision: at };
}

/** Builds a store from an image, version by version in the order of its history. */
export interface MvccLoader {
  append(version: KeyValue): void;
  /** The store, with what its compaction no longer keeps still to be swept. */
  finish(): MvccState;
}

export function createMvccLoader(header: Omit<MvccImage, 'history' | 'historyLength'>): MvccLoader {
  const state = createMvccState();
  for (const { id, ttlSeconds, remainingTtlSeconds } of header.leases) {
    assert(
      state.leases.grant(id, ttlSeconds, remainingTtlSeconds).ok,
      'an image names a lease once',
    );
  }
  return {
    append(version) {
      replaceLive(state, liveVersion(state, version.key), version);
      recordVersion(state, version);
    },
    finish() {
      assert(
        (state.history.at(state.history.length - 1)?.modRevision ?? 0) <= header.revision,
        'an image ends at its revision',
      );
      state.currentRevision = header.revision;
      state.compactRevision = header.compactRevision;
      startSweep(state);
      return state;
    },
  };
}

/** Only the newest version of a key counts, and is held by its lease. An older one may name a lease that has ended. */
function replaceLive(state: MvccState, before: KeyValue | undefined, version: KeyValue): void {
  const exists = !isTombstone(version);
  if (before !== undefined && state.leases.get(before.lease) !== undefined)
    state.leases.detach(before.lease, before.key);
  if (exists && state.leases.get(version.lease) !== undefined)
    state.leases.attach(version.lease, version.key);
  state.liveKeys += Number(exists) - Number(before !== undefined);
}
