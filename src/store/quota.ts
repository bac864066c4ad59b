import { assertNever } from '../base/index.js';
import { txnCostBytes } from '../mvcc/index.js';
import type { Command } from './command.js';

/**
 * The alarm ends by itself once the store is so far below its quota. Between the two marks it stays as it is, so that it does
 * not come and go with every write.
 */
export const QUOTA_HEALED_SHARE = 0.9;
/** About what a lease weighs, with its places in the tables. */
const LEASE_BYTES = 512;

/** Bytes that a command may add to the store. 0: it adds nothing, and a full store takes it. */
export function costBytes(command: Command): number {
  switch (command.type) {
    case 'txn':
      return txnCostBytes(command.request);
    case 'leaseGrant':
      return LEASE_BYTES;
    case 'compact':
    case 'leaseRevoke':
    case 'leaseExpire':
    case 'leaseCheckpoint':
    case 'alarm':
      return 0;
    default:
      return assertNever(command, 'command');
  }
}

/** What the leader is to propose about the NOSPACE alarm, seeing the size of its own store. */
export function quotaVerdict(
  sizeBytes: number,
  quotaBytes: number,
  raised: boolean,
): 'raise' | 'clear' | undefined {
  if (!raised && sizeBytes > quotaBytes) return 'raise';
  if (raised && sizeBytes <= quotaBytes * QUOTA_HEALED_SHARE) return 'clear';
  return undefined;
}
