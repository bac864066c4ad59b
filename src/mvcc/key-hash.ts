import { ok, revision } from '../base/index.js';
import type { Result, Revision } from '../base/index.js';
import { ALL_KEYS } from './key-range.js';
import { mvccFailed } from './mvcc-error.js';
import type { MvccState } from './mvcc-state.js';
import { checkRevision } from './range.js';
import type { Key, MvccError } from './request.js';
import { createHasher, hashEntry } from './state-hash.js';

/**
 * A digest of all that can be read at a revision or was written since the last compaction up to it (etcd's HashKV): equal on
 * all replicas that have the same compact revision. It is made in slices, key by key; writes may go on meanwhile, since
 * what is newer than the revision is passed over.
 */
export interface KeyHash {
  readonly revision: Revision;
  readonly compactRevision: Revision;
  /** Hashes about `bytesMax` more bytes. `overtaken`: a compaction has taken away what was still to be hashed. */
  step(bytesMax: number): 'more' | 'done' | 'overtaken';
  /** 16 hexadecimal digits, once it is done. */
  digest(): string;
}

/** `at` 0: the current revision. */
export function beginKeyHash(state: MvccState, at: number): Result<KeyHash, MvccError> {
  const code = checkRevision(state, at);
  if (code !== undefined) return mvccFailed(code);
  const upTo = revision(at > 0 ? at : state.currentRevision);
  const { compactRevision } = state;
  const hasher = createHasher();
  hasher.number(upTo);
  hasher.number(compactRevision);
  let next: Key | undefined = ALL_KEYS.low;
  /** Returns where to go on, if there is more. */
  const hashFrom = (low: Key, bytesMax: number): Key | undefined => {
    const stopped: { at?: Key } = {};
    let left = bytesMax;
    state.index.scan({ low, high: undefined }, (entry) => {
      if (left > 0) left -= hashEntry(entry, compactRevision, upTo, hasher);
      else stopped.at = entry.key;
      return stopped.at === undefined;
    });
    return stopped.at;
  };
  return ok({
    revision: upTo,
    compactRevision,
    step(bytesMax) {
      if (next === undefined) return 'done';
      if (state.compactRevision !== compactRevision) return 'overtaken';
      next = hashFrom(next, bytesMax);
      return next === undefined ? 'done' : 'more';
    },
    digest: () => hasher.digest(),
  });
}
