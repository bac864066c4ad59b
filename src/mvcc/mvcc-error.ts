import { failed } from '../base/index.js';
import type { Failed } from '../base/index.js';
import { MvccErrorCode } from './request.js';
import type { MvccError } from './request.js';

/** etcd's own words for each code (etcd `api/v3rpc/rpctypes/error.go`), which clients compare. */
const MESSAGES: Readonly<Record<MvccErrorCode, string>> = {
  [MvccErrorCode.compacted]: 'etcdserver: mvcc: required revision has been compacted',
  [MvccErrorCode.futureRevision]: 'etcdserver: mvcc: required revision is a future revision',
  [MvccErrorCode.keyNotFound]: 'etcdserver: key not found',
  [MvccErrorCode.emptyKey]: 'etcdserver: key is not provided',
  [MvccErrorCode.tooManyOps]: 'etcdserver: too many operations in txn request',
  [MvccErrorCode.duplicateKey]: 'etcdserver: duplicate key given in txn request',
  [MvccErrorCode.valueProvided]: 'etcdserver: value is provided',
  [MvccErrorCode.leaseProvided]: 'etcdserver: lease is provided',
  [MvccErrorCode.leaseNotFound]: 'etcdserver: requested lease not found',
  [MvccErrorCode.leaseExists]: 'etcdserver: lease already exists',
  [MvccErrorCode.leaseTtlTooLarge]: 'etcdserver: too large lease TTL',
  [MvccErrorCode.invalidSort]: 'etcdserver: invalid sort option',
  [MvccErrorCode.emptyWatchRange]: 'mvcc: watcher range is empty',
};

export function mvccError(code: MvccErrorCode): MvccError {
  return { code, message: MESSAGES[code] };
}

export function mvccFailed(code: MvccErrorCode): Failed<MvccError> {
  return failed(mvccError(code));
}
