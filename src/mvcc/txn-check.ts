import { assertNever } from '../base/index.js';
import { boundsOf, withinBounds } from './key-range.js';
import type { KeyBounds } from './key-range.js';
import { checkRange } from './range.js';
import { MvccErrorCode } from './request.js';
import type {
  Compare,
  DeleteRangeRequest,
  Key,
  Operation,
  PutRequest,
  TxnRequest,
} from './request.js';

/** etcd's default for `--max-txn-ops`. */
export const TXN_OPERATIONS_MAX = 128;

/** What is wrong with a transaction by itself, whatever the state: the checks of etcd's `v3rpc/key.go`. */
export function checkTxn(txn: TxnRequest): MvccErrorCode | undefined {
  const shape = checkTxnShape(txn, TXN_OPERATIONS_MAX);
  if (shape !== undefined) return shape;
  for (const branch of [txn.success, txn.failure]) {
    if (mayCollide(branch) && writesOf(branch) === undefined) return MvccErrorCode.duplicateKey;
  }
  return undefined;
}

/** Most branches are of one operation, which has nothing to collide with. */
function mayCollide(branch: readonly Operation[]): boolean {
  return branch.length > 1 || branch[0]?.type === 'txn';
}

function checkTxnShape(txn: TxnRequest, operationsMax: number): MvccErrorCode | undefined {
  const operations = Math.max(txn.compare.length, txn.success.length, txn.failure.length);
  if (operations > operationsMax) return MvccErrorCode.tooManyOps;
  for (const compare of txn.compare) {
    if (!comparable(compare)) return MvccErrorCode.emptyKey;
  }
  for (const branch of [txn.success, txn.failure]) {
    for (const operation of branch) {
      const code = checkOperation(operation, operationsMax - operations);
      if (code !== undefined) return code;
    }
  }
  return undefined;
}

function comparable(compare: Compare): boolean {
  return compare.key !== '';
}

function checkOperation(operation: Operation, operationsMax: number): MvccErrorCode | undefined {
  switch (operation.type) {
    case 'range':
      return checkRange(operation);
    case 'put':
      return checkPut(operation);
    case 'deleteRange':
      return checkDeleteRange(operation);
    case 'txn':
      return checkTxnShape(operation, operationsMax);
    default:
      return assertNever(operation, 'operation');
  }
}

function checkPut(request: PutRequest): MvccErrorCode | undefined {
  if (request.key === '') return MvccErrorCode.emptyKey;
  if (request.ignoreValue === true && request.value.length > 0) return MvccErrorCode.valueProvided;
  if (request.ignoreLease === true && (request.lease ?? 0n) !== 0n)
    return MvccErrorCode.leaseProvided;
  return undefined;
}

function checkDeleteRange(request: DeleteRangeRequest): MvccErrorCode | undefined {
  return request.key === '' ? MvccErrorCode.emptyKey : undefined;
}

/** What one branch may write. */
interface Writes {
  readonly puts: ReadonlySet<Key>;
  readonly deletes: readonly KeyBounds[];
}

/**
 * The writes of a branch and of the transactions within it; undefined where a key is put twice, or put and deleted. Two
 * branches of one nested transaction exclude each other and may write the same keys.
 *
 * etcd lets two such cases by (`v3rpc/key.go`, `checkIntervals`): a key that one nested transaction puts and a later one
 * deletes, and a deletion to the end of the key space. Both would give a key two events in one revision, which a watch
 * could not be resumed between; here they are refused like the others.
 */
function writesOf(branch: readonly Operation[]): Writes | undefined {
  const puts = new Set<Key>();
  const deletes: KeyBounds[] = [];
  for (const operation of branch) {
    const writes = writesOfOperation(operation);
    if (writes === undefined) return undefined;
    for (const key of writes.puts) {
      if (puts.has(key) || deletes.some((bounds) => withinBounds(bounds, key))) return undefined;
    }
    for (const bounds of writes.deletes) {
      for (const key of puts) if (withinBounds(bounds, key)) return undefined;
    }
    for (const key of writes.puts) puts.add(key);
    deletes.push(...writes.deletes);
  }
  return { puts, deletes };
}

function writesOfOperation(operation: Operation): Writes | undefined {
  switch (operation.type) {
    case 'range':
      return { puts: new Set(), deletes: [] };
    case 'put':
      return { puts: new Set([operation.key]), deletes: [] };
    case 'deleteRange':
      return { puts: new Set(), deletes: [boundsOf(operation)] };
    case 'txn': {
      const success = writesOf(operation.success);
      const failure = writesOf(operation.failure);
      if (success === undefined || failure === undefined) return undefined;
      return {
        puts: new Set([...success.puts, ...failure.puts]),
        deletes: [...success.deletes, ...failure.deletes],
      };
    }
    default:
      return assertNever(operation, 'operation');
  }
}
