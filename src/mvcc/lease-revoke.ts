import { assertDefined, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import { mvccFailed } from './mvcc-error.js';
import { liveVersion } from './mvcc-state.js';
import type { MvccState } from './mvcc-state.js';
import { MvccErrorCode } from './request.js';
import type { MvccError } from './request.js';
import { closeWrite, deleteKey, openWrite } from './txn.js';
import type { Written } from './txn.js';

/** Ends a lease: its keys go in one revision, in order of key, so that all replicas write the same history. */
export function revokeLease(state: MvccState, id: bigint): Result<Written<object>, MvccError> {
  const lease = state.leases.get(id);
  if (lease === undefined) return mvccFailed(MvccErrorCode.leaseNotFound);
  const write = openWrite(state);
  for (const key of [...lease.keys].sort()) {
    deleteKey(write, assertDefined(liveVersion(state, key), 'a key of a lease'));
  }
  state.leases.remove(id);
  return ok({ response: {}, ...closeWrite(write) });
}
