import type { NodeId, Result, Revision } from '../base/index.js';
import type { TxnRequest, TxnResponse } from '../mvcc/index.js';
import type { Alarm, StoreError, WriteSession } from '../protocol/index.js';

/**
 * Names a proposal, so that the replica which made it finds the caller that waits for it when the entry is applied.
 * `life` is drawn anew at each start of a replica: an entry of an earlier life is nobody's.
 */
export interface RequestId {
  readonly replica: NodeId;
  readonly life: number;
  readonly sequence: number;
}

/** What a log entry asks the state machine to do. */
export type Command =
  | {
      readonly type: 'txn';
      readonly request: TxnRequest;
      readonly session?: WriteSession | undefined;
    }
  | { readonly type: 'compact'; readonly revision: number }
  | { readonly type: 'leaseGrant'; readonly id: bigint; readonly ttlSeconds: number }
  | { readonly type: 'leaseRevoke'; readonly id: bigint }
  /** The leader found these expired. Unknown ones are passed over; the keys of each go in one revision. */
  | { readonly type: 'leaseExpire'; readonly ids: readonly bigint[] }
  /** How much of long leases is left, so that a new leader does not give them their whole time again. */
  | { readonly type: 'leaseCheckpoint'; readonly leases: readonly LeaseCheckpoint[] }
  | {
      readonly type: 'alarm';
      readonly action: 'raise' | 'clear';
      readonly alarms: readonly Alarm[];
    };

export interface LeaseCheckpoint {
  readonly id: bigint;
  readonly remainingTtlSeconds: number;
}

/** `revision` is the store's after the command: the one for the reply's header (a repeated write gives its first one). */
export type CommandOutcome = Result<CommandResponse & { readonly revision: Revision }, StoreError>;
export type CommandResponse =
  | { readonly type: 'txn'; readonly response: TxnResponse }
  | { readonly type: 'compact' }
  | { readonly type: 'leaseGrant'; readonly id: bigint; readonly ttlSeconds: number }
  | { readonly type: 'leaseRevoke'; readonly ids: readonly bigint[] }
  | { readonly type: 'leaseCheckpoint' }
  | { readonly type: 'alarm'; readonly alarms: readonly Alarm[] };
