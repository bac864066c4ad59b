import { RECORD_OVERHEAD_BYTES } from './mvcc-state.js';
import type { Operation, TxnRequest } from './request.js';

/**
 * Bytes that a transaction may add to the store: those of the puts of its larger branch (etcd `quota.go`, `costTxn`). 0: it
 * puts nothing, so that a full store may run it. Deletions count as nothing: they lead out of a full store.
 */
export function txnCostBytes(request: TxnRequest): number {
  return Math.max(branchCostBytes(request.success), branchCostBytes(request.failure));
}

function branchCostBytes(operations: readonly Operation[]): number {
  let bytes = 0;
  for (const operation of operations) {
    if (operation.type === 'txn') bytes += txnCostBytes(operation);
    else if (operation.type === 'put')
      bytes += operation.key.length + operation.value.length + RECORD_OVERHEAD_BYTES;
  }
  return bytes;
}
